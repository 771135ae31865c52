"""The courier: takes messages out of one tenant's outbox and puts them into another's inbox, all that it may write."""

from chalicelib.domain.act import Act
from chalicelib.domain.event import EventType
from chalicelib.domain.hand_over import HandOver, InboxMessage, OutboxMessage
from chalicelib.domain.record import Ref
from chalicelib.domain.tenancy import Actor, TenantId
from chalicelib.storage import keys
from chalicelib.storage.errors import AlreadyDoneError
from chalicelib.storage.scope import ScopeRole, entered
from chalicelib.storage.store import Store


def carry_messages(store: Store, tenant: TenantId, act: Act, *, hand_over_id: str) -> int:
    """How many were carried. Runs inside the sender's scope; called again it carries nothing twice.

    The sender of a message is who the courier took it from, never what the message says.
    """
    about = Ref(kind=HandOver.KIND, id=hand_over_id)
    waiting = store.outbox.children(tenant, about)
    for one in waiting:
        _deliver(store, tenant, act, one)
        with store.change(tenant, act.part(one.id)) as change:
            change.delete(one)
            change.event(EventType.OUTBOX_CARRIED, about, {"message_id": one.id, "receiver": one.receiver})
    return len(waiting)


def _deliver(store: Store, sender: TenantId, act: Act, one: OutboxMessage) -> None:
    carried = InboxMessage(
        id=one.id, topic=one.topic, sender=sender, about=one.about, body=one.body, sent_at=one.sent_at
    )
    courier = Act(actor=Actor.system(one.receiver, "courier"), at=act.at, key=f"{keys.COURIER_ACT}{one.id}")
    with entered(one.receiver, ScopeRole.COURIER):
        if store.done(one.receiver, courier) is not None:
            return
        try:
            with store.change(one.receiver, courier) as change:
                change.save(carried)
                change.event(EventType.INBOX_DELIVERED, carried, {"topic": one.topic.value, "sender": sender})
        except AlreadyDoneError:
            return
