"""Bring the figures up to one record: called for each event that may have moved it, as often as it is delivered."""

from chalicelib.domain.metric_entry import MetricEntry, entry_id, entry_of
from chalicelib.domain.record import Ref
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.try_again import try_again
from chalicelib.storage.store import Store


def count_record(store: Store, tenant: TenantId, ref: Ref) -> MetricEntry:
    """The record's entry after it was counted; nothing is written when it is as before.

    The stored entry is read before the record, so that whoever writes last has read the newer record. Raises
    ConflictError when others kept writing the same entry: the stream delivers again.
    """
    return try_again(lambda: _count(store, tenant, ref))


def _count(store: Store, tenant: TenantId, ref: Ref) -> MetricEntry:
    before = store.metric_entries.find(tenant, entry_id(ref))
    after = entry_of(store.read(tenant, ref))
    after.version = before.version if before else 0
    if before != after:
        store.metrics.count(tenant, store.metric_entries.item(tenant, after), before, after)
        after.version += 1
    return after
