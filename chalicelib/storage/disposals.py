"""Disposals and their orders: of a subject, of the tenant by what is due, and those whose clock ran out unseen."""

from datetime import datetime

from chalicelib.domain.disposal import Disposal
from chalicelib.domain.disposal_order import DisposalOrder
from chalicelib.domain.record import timestamp
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.repository import Page, Placement, Position, Repository

_NOT_DUE = "9999"


class Disposals(Repository[Disposal]):
    """Index 1: a subject's, newest last. Index 2: the tenant's open ones by what is due next, closed ones by their
    end. Index 3: open ones with a clock whose end nobody was told of yet, by that end."""

    model = Disposal

    def placement(self, tenant: TenantId, record: Disposal) -> Placement:
        due, untold = record.next_due_at, record.next_untold_at
        ended = record.closed_at or record.opened_at
        sort = (timestamp(due) if due else _NOT_DUE) if record.is_open else timestamp(ended)
        return Placement(
            index1=(keys.listing(tenant, "disposal", record.subject_id), record.id),
            index2=(keys.listing(tenant, "disposal_by_due", record.state), f"{sort}#{record.id}"),
            index3=(keys.listing(tenant, "disposal_clock"), f"{timestamp(untold)}#{record.id}")
            if record.is_open and untold
            else None,
        )

    def of_subject(self, tenant: TenantId, subject_id: str) -> list[Disposal]:
        """Newest first, 50 at most: one query."""
        return self.page(1, keys.listing(tenant, "disposal", subject_id), limit=50, is_descending=True).records

    def in_state(
        self, tenant: TenantId, state: str, *, after: Position | None = None, limit: int = 25
    ) -> Page[Disposal]:
        """Open ones, what is due first at the head; closed ones, the newest at the head: one query."""
        partition = keys.listing(tenant, "disposal_by_due", state)
        return self.page(2, partition, after=after, limit=limit, is_descending=state != "open")

    def run_out(self, tenant: TenantId, now: datetime, limit: int = 50) -> list[Disposal]:
        """Open ones with a clock that ran out by now and of which nobody was told, the oldest first: one query."""
        head = self.page(3, keys.listing(tenant, "disposal_clock"), limit=limit).records
        return [one for one in head if one.next_untold_at is not None and one.next_untold_at < now]


class DisposalOrders(Repository[DisposalOrder]):
    """Index 1: of a disposal, oldest first. Index 2: what a subject was served, newest last."""

    model = DisposalOrder

    def placement(self, tenant: TenantId, record: DisposalOrder) -> Placement:
        served = (keys.listing(tenant, "order_served", record.subject_id), record.id)
        return Placement(
            index1=(keys.listing(tenant, "order", record.disposal_id), record.id),
            index2=served if record.is_shown_to_subject else None,
        )

    def of_disposal(self, tenant: TenantId, disposal_id: str) -> list[DisposalOrder]:
        return list(self.all(1, keys.listing(tenant, "order", disposal_id)))

    def served_on(self, tenant: TenantId, subject_id: str) -> list[DisposalOrder]:
        """Newest first, 50 at most: one query."""
        return self.page(2, keys.listing(tenant, "order_served", subject_id), limit=50, is_descending=True).records
