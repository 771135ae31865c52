"""A person opens notifications of theirs, one or all that are unread."""

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.event import EventType
from chalicelib.domain.notification import Notification
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.storage.store import Store

MOST = 90


@idempotent
def open_notification(store: Store, tenant: TenantId, act: Act, *, notification_id: str) -> Notification:
    """The notification, read from now on. Raises NotAllowedError for somebody else's."""
    found = store.notifications.get(tenant, notification_id)
    require(act.actor, Permission.NOTIFICATION_READ, found.resource)
    if found.read_at is not None:
        return found
    opened = found.with_changes(read_at=act.at)
    with store.change(tenant, act) as change:
        change.save(opened)
        change.event(EventType.NOTIFICATIONS_OPENED, opened, {"count": 1})
    return opened


def open_all(store: Store, tenant: TenantId, act: Act) -> int:
    """How many of the actor's were marked as read: the newest MOST of the unread at a time."""
    require(act.actor, Permission.NOTIFICATION_READ)
    unread = store.notifications.of_person(tenant, act.actor.person_id, is_unread=True, limit=MOST).records
    if not unread or store.done(tenant, act) is not None:
        return 0
    with store.change(tenant, act) as change:
        for one in unread:
            change.save(one.with_changes(read_at=act.at))
        change.event(EventType.NOTIFICATIONS_OPENED, unread[0], {"count": len(unread)})
    return len(unread)
