"""Many new records in as few transactions as hold them, with the small items that lead to them."""

from collections.abc import Iterator, Sequence

from chalicelib.domain.record import Record
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage.store import Store

ROOM = 90
"""Items of one transaction, which takes a hundred with its event, its marker and what the caller adds."""


def in_parts(store: Store, tenant: TenantId, records: Sequence[Record], room: int = ROOM) -> Iterator[list[Record]]:
    """The records in their order; the same records make the same parts."""
    part: list[Record] = []
    left = room
    for record in records:
        weight = store.weight(tenant, record)
        if part and weight > left:
            yield part
            part, left = [], room
        part.append(record)
        left -= weight
    if part:
        yield part
