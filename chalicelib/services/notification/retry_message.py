"""An administrator has a message tried again that failed or was given up."""

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import IllegalTransitionError
from chalicelib.domain.event import EventType
from chalicelib.domain.notification_message import MessageState, NotificationMessage
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.storage.store import Store

RETRIED = frozenset({MessageState.FAILED, MessageState.GIVEN_UP})


@idempotent
def retry_message(store: Store, tenant: TenantId, act: Act, *, message_id: str) -> NotificationMessage:
    """The message, queued anew. Raises IllegalTransitionError for one that did not fail."""
    require(act.actor, Permission.NOTIFICATION_MANAGE)
    message = store.notification_messages.get(tenant, message_id)
    if message.state not in RETRIED:
        raise IllegalTransitionError(state=message.state.value, step="retry")
    queued = message.retried(act.at)
    with store.change(tenant, act) as change:
        change.save(queued)
        change.event(EventType.MESSAGE_RETRIED, queued, {"outbound": [queued.id]})
    return queued
