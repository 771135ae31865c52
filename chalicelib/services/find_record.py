"""The record that an event is about, whatever its kind."""

from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.record import Record, Ref
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage.store import Store


def find_record(store: Store, tenant: TenantId, ref: Ref) -> Record | None:
    """The record of an event; None for one that is no record of the store (a queue) or is gone."""
    try:
        return store.read(tenant, ref)
    except (KeyError, RecordNotFoundError):
        return None
