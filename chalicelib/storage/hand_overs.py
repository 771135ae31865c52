"""Hand-overs of one tenant, and the messages that pass between tenants."""

from chalicelib.domain.hand_over import HandOver, InboxMessage, OutboxMessage, SubjectHome
from chalicelib.domain.record import timestamp
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.repository import Page, Placement, Position, Repository


class HandOvers(Repository[HandOver]):
    """Index 1: waiting ones and those that ended, each newest last."""

    model = HandOver

    def placement(self, tenant: TenantId, record: HandOver) -> Placement:
        partition = keys.listing(tenant, "hand_over", "waiting" if record.is_waiting else "ended")
        return Placement(index1=(partition, f"{timestamp(record.offered_at)}#{record.id}"))

    def listed(
        self, tenant: TenantId, *, is_waiting: bool, after: Position | None = None, limit: int = 25
    ) -> Page[HandOver]:
        """One page, newest first."""
        partition = keys.listing(tenant, "hand_over", "waiting" if is_waiting else "ended")
        return self.page(1, partition, after=after, limit=limit, is_descending=True)


class InboxMessages(Repository[InboxMessage]):
    """The only partitions of a tenant that the courier may write."""

    model = InboxMessage


class OutboxMessages(Repository[OutboxMessage]):
    model = OutboxMessage


class SubjectHomes(Repository[SubjectHome]):
    """In tenant `platform` only."""

    model = SubjectHome
