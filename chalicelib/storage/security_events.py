"""The security log: the tenant's events of its kinds, by month and day, newest first."""

from datetime import date

from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.event import Event
from chalicelib.domain.record import timestamp
from chalicelib.domain.security_event import SecurityKind, security_kind
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.errors import translated
from chalicelib.storage.repository import Position
from chalicelib.storage.table import EventItem, Item


def security_entry(tenant: TenantId, item: EventItem, event: Event) -> EventItem:
    """The item with its places in the log: index 1 holds all of a month, index 2 those of one kind."""
    kind = security_kind(event)
    if kind is not None:
        day = shanghai_date(event.at)
        month, sort = f"{day:%Y-%m}", f"{day}#{timestamp(event.at)}#{event.id}"
        item.index1_pk, item.index1_sk = keys.listing(tenant, "security", month), sort
        item.index2_pk, item.index2_sk = keys.listing(tenant, "security", kind.value, month), sort
    return item


class SecurityEvents:
    """Reads only: the entries are written with the events themselves."""

    def page(
        self,
        tenant: TenantId,
        month: date,
        *,
        day: date | None = None,
        kind: SecurityKind | None = None,
        after: Position | None = None,
        limit: int = 25,
    ) -> tuple[list[Event], Position | None]:
        """Entries of the month (any day of it), or of one day, and where to go on: one query."""
        named = f"{day or month:%Y-%m}"
        index, parents = (Item.index2, (kind.value, named)) if kind else (Item.index1, (named,))
        sort = getattr(type(index), "index2_sk" if kind else "index1_sk")
        condition = sort.startswith(f"{day}#") if day else None
        with translated():
            found = index.query(
                keys.listing(tenant, "security", *parents),
                condition,
                scan_index_forward=False,
                last_evaluated_key=after,
                limit=limit,
                page_size=limit,
            )
            events = [Event.model_validate_json(item.body) for item in found]
            return events, found.last_evaluated_key
