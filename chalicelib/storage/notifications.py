"""Notifications of a person, the messages that carry them out, and what people and tenants chose about them."""

from collections.abc import Iterable
from datetime import datetime

from pynamodb.exceptions import PutError, UpdateError

from chalicelib.domain.notification import Notification
from chalicelib.domain.notification_message import NotificationMessage
from chalicelib.domain.notification_preference import NotificationPreference, NotificationSetting
from chalicelib.domain.receipt_key import ReceiptKey
from chalicelib.domain.record import Ref, timestamp
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.errors import translated
from chalicelib.storage.repository import Page, Placement, Position, R, Repository
from chalicelib.storage.table import CounterItem, Item, PointerItem, RecordItem

MOST_UNREAD = 100


def due_page(repository: Repository[R], partition: str, now: datetime, limit: int) -> list[R]:
    """Records of an index-3 partition whose sort key begins with a time up to `now`, the longest due first."""
    with translated():
        found = Item.index3.query(partition, Item.index3_sk <= f"{timestamp(now)}~", limit=limit, page_size=limit)
        return [repository.load(item) for item in found]


class Notifications(Repository[Notification]):
    """Index 1: a person's, newest first. Index 2: those of them that are unread."""

    model = Notification

    def placement(self, tenant: TenantId, record: Notification) -> Placement:
        sort = f"{timestamp(record.created_at)}#{record.id}"
        unread = (keys.listing(tenant, "unread", record.person_id), sort)
        return Placement(
            index1=(keys.listing(tenant, "notification", record.person_id), sort),
            index2=None if record.read_at else unread,
            expires_at=int(record.expires_at.timestamp()),
        )

    def of_person(
        self,
        tenant: TenantId,
        person_id: str,
        *,
        is_unread: bool = False,
        after: Position | None = None,
        limit: int = 25,
    ) -> Page[Notification]:
        partition = keys.listing(tenant, "unread" if is_unread else "notification", person_id)
        return self.page(2 if is_unread else 1, partition, after=after, limit=limit, is_descending=True)

    def unread_count(self, tenant: TenantId, person_id: str) -> int:
        """At most MOST_UNREAD are counted: one query."""
        with translated():
            partition, most = keys.listing(tenant, "unread", person_id), MOST_UNREAD
            return sum(
                1 for _ in Item.index2.query(partition, limit=most, page_size=most, attributes_to_get=["pk", "shape"])
            )

    def those(self, tenant: TenantId, ids: Iterable[str]) -> dict[str, Notification]:
        """Those of these identifiers that are there (100 a call)."""
        wanted = [tuple(keys.record(tenant, Ref(kind=Notification.KIND, id=id))) for id in dict.fromkeys(ids)]
        with translated():
            found = list(RecordItem.batch_get(wanted, consistent_read=True)) if wanted else []
        return {one.id: one for one in map(self.load, found)}


class NotificationMessages(Repository[NotificationMessage]):
    """Index 1: all, newest first. Index 2: those of one state. Index 3: those that wait, by the time they are due."""

    model = NotificationMessage

    def placement(self, tenant: TenantId, record: NotificationMessage) -> Placement:
        sort = f"{timestamp(record.created_at)}#{record.id}"
        due = record.next_attempt_at
        return Placement(
            index1=(keys.listing(tenant, "message"), sort),
            index2=(keys.listing(tenant, "message_state", record.state), sort),
            index3=(keys.listing(tenant, "message_due"), f"{timestamp(due)}#{record.id}") if due else None,
            expires_at=int(record.expires_at.timestamp()),
        )

    def recent(
        self, tenant: TenantId, state: str = "", after: Position | None = None, limit: int = 25
    ) -> Page[NotificationMessage]:
        index, names = (2, ("message_state", state)) if state else (1, ("message",))
        return self.page(index, keys.listing(tenant, *names), after=after, limit=limit, is_descending=True)

    def due(self, tenant: TenantId, now: datetime, limit: int = 200) -> list[NotificationMessage]:
        return due_page(self, keys.listing(tenant, "message_due"), now, limit)


class NotificationPreferences(Repository[NotificationPreference]):
    model = NotificationPreference

    def of(self, tenant: TenantId, person_id: str) -> NotificationPreference:
        """The person's, or the defaults when nothing was chosen yet."""
        return self.find(tenant, person_id) or NotificationPreference(id=person_id)


class NotificationSettings(Repository[NotificationSetting]):
    model = NotificationSetting

    def of(self, tenant: TenantId) -> NotificationSetting:
        return self.find(tenant, tenant) or NotificationSetting(id=tenant)


class ReceiptKeys(Repository[ReceiptKey]):
    model = ReceiptKey


class Outbound:
    """Leases and counts of what leaves the site. Operational, like rate limits: no record, no event.

    The counts can be rebuilt from the events of the attempts; a lost answer counts once too often, on the safe side.
    """

    def take(self, tenant: TenantId, id: str, until: datetime, now: datetime) -> bool:
        """Whether this worker may try now: nobody else holds an unexpired lease on the same message."""
        key = keys.counter(tenant, "lease", id)
        item = PointerItem(key.partition, key.sort, target=timestamp(until))
        item.expires_at = int(until.timestamp()) + 86_400
        free = PointerItem.pk.does_not_exist() | (PointerItem.target <= timestamp(now))
        try:
            item.save(free)
        except PutError as error:
            if error.cause_response_code == "ConditionalCheckFailedException":
                return False
            with translated():
                raise
        return True

    def give_back(self, tenant: TenantId, id: str) -> None:
        key = keys.counter(tenant, "lease", id)
        with translated():
            Item(key.partition, key.sort).delete()

    def count(self, tenant: TenantId, channel: str, day: str, limit: int) -> bool:
        """Count one message of the day (YYYY-MM-DD); False when the day's cap is used up."""
        key = keys.counter(tenant, "sent", channel, day)
        actions = [CounterItem.count.add(1), CounterItem.shape.set(CounterItem)]
        below = CounterItem.count.does_not_exist() | (CounterItem.count < limit)
        try:
            CounterItem(key.partition, key.sort).update(actions, condition=below if limit else CounterItem.count < 0)
        except UpdateError as error:
            if error.cause_response_code == "ConditionalCheckFailedException":
                return False
            with translated():
                raise
        return True

    def counts(self, tenant: TenantId, channel: str, month: str) -> dict[str, int]:
        """Messages per day of a month (YYYY-MM): one query."""
        key = keys.counter(tenant, "sent", channel)
        with translated():
            found = CounterItem.query(key.partition, CounterItem.sk.startswith(month))
            return {item.sk: int(item.count) for item in found}
