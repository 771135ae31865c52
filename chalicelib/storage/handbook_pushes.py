"""Pushes of handbooks and the receipt of each subject."""

from collections.abc import Iterator

from chalicelib.domain.handbook_push import HandbookPush, HandbookReceipt
from chalicelib.domain.record import Ref, timestamp
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.repository import Page, Placement, Position, Repository

OPENED = "handbook_opened"
"""The counter of subjects that opened a push."""


class HandbookPushes(Repository[HandbookPush]):
    """Index 1: all, newest first."""

    model = HandbookPush

    def placement(self, tenant: TenantId, record: HandbookPush) -> Placement:
        return Placement(index1=(keys.listing(tenant, "handbook_push"), f"{timestamp(record.pushed_at)}#{record.id}"))

    def recent(self, tenant: TenantId, after: Position | None = None, limit: int = 25) -> Page[HandbookPush]:
        return self.page(1, keys.listing(tenant, "handbook_push"), after=after, limit=limit, is_descending=True)


class HandbookReceipts(Repository[HandbookReceipt]):
    """Index 1: of a push, those that opened it apart from those that did not, by county. Index 2: of a subject, newest
    first."""

    model = HandbookReceipt

    def placement(self, tenant: TenantId, record: HandbookReceipt) -> Placement:
        return Placement(
            index1=(_listing(tenant, record.push_id, is_opened=bool(record.openings)), f"{record.county}#{record.id}"),
            index2=(
                keys.listing(tenant, "handbook_receipt_of", record.id),
                f"{timestamp(record.sent_at)}#{record.push_id}",
            ),
        )

    def of_push(
        self,
        tenant: TenantId,
        push_id: str,
        *,
        is_opened: bool,
        county: str = "",
        after: Position | None = None,
        limit: int = 50,
    ) -> Page[HandbookReceipt]:
        """One page by county; `county` limits to one county's 12-digit code."""
        partition = _listing(tenant, push_id, is_opened=is_opened)
        return self.page(1, partition, prefix=f"{county}#" if county else "", after=after, limit=limit)

    def each_of_push(
        self, tenant: TenantId, push_id: str, *, is_opened: bool, county: str = ""
    ) -> Iterator[HandbookReceipt]:
        """Every one, page by page: for jobs and files."""
        prefix = f"{county}#" if county else ""
        return self.all(1, _listing(tenant, push_id, is_opened=is_opened), prefix=prefix)

    def of_subject(self, tenant: TenantId, subject_id: str, limit: int = 20) -> list[HandbookReceipt]:
        """The newest of one subject: one query."""
        partition = keys.listing(tenant, "handbook_receipt_of", subject_id)
        return self.page(2, partition, limit=limit, is_descending=True).records

    def find_of(self, tenant: TenantId, push_id: str, subject_id: str) -> HandbookReceipt | None:
        return self.find_child(tenant, Ref(kind=HandbookPush.KIND, id=push_id), subject_id)


def opened_counter(tenant: TenantId, push_id: str) -> keys.Key:
    return keys.counter(tenant, OPENED, push_id)


def _listing(tenant: TenantId, push_id: str, *, is_opened: bool) -> str:
    return keys.listing(tenant, "handbook_receipt", push_id, "opened" if is_opened else "unread")
