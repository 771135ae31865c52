"""From an event to deliveries: one per endpoint that asked for its type; and deliveries asked for by hand."""

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import IllegalTransitionError
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.need_to_know import may_leave
from chalicelib.domain.record import new_id
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.webhook import TEST, DeliveryState, WebhookDelivery
from chalicelib.domain.webhook_rules import webhook_rules
from chalicelib.services.find_record import find_record
from chalicelib.services.idempotent import idempotent
from chalicelib.storage.errors import AlreadyDoneError
from chalicelib.storage.store import Store


def queue_deliveries(store: Store, event: Event, act: Act) -> int:
    """How many endpoints are to be told of this event. The stream brings them to the queue."""
    if event.type not in webhook_rules().event_types:
        return 0
    wanted = [
        WebhookDelivery.of(endpoint, event.id, event.type.value, event.record, occurred_at=event.at, at=act.at)
        for endpoint in store.webhook_endpoints.every(event.tenant)
        if endpoint.is_active and event.type in endpoint.event_types
    ]
    if not wanted or store.done(event.tenant, act) is not None:
        return 0
    record = find_record(store, event.tenant, event.record)
    if record is None or not may_leave(record):
        return 0
    try:
        with store.change(event.tenant, act) as change:
            for delivery in wanted:
                change.save(delivery)
            data = {"event": event.type.value, "outbound": [one.id for one in wanted]}
            change.event(EventType.WEBHOOK_QUEUED, wanted[0], data)
    except AlreadyDoneError:
        return 0
    return len(wanted)


@idempotent
def try_endpoint(store: Store, tenant: TenantId, act: Act, *, endpoint_id: str) -> WebhookDelivery:
    """A delivery that only shows whether the endpoint takes it."""
    require(act.actor, Permission.WEBHOOK_MANAGE)
    endpoint = store.webhook_endpoints.get(tenant, endpoint_id)
    delivery = WebhookDelivery.of(endpoint, new_id(), TEST, endpoint.ref, occurred_at=act.at, at=act.at)
    with store.change(tenant, act) as change:
        change.save(delivery)
        change.event(EventType.WEBHOOK_QUEUED, delivery, {"event": TEST, "outbound": [delivery.id]})
    return delivery


@idempotent
def redeliver(store: Store, tenant: TenantId, act: Act, *, delivery_id: str) -> WebhookDelivery:
    """The delivery, queued anew under the same identifier. Raises IllegalTransitionError while it still waits."""
    require(act.actor, Permission.WEBHOOK_MANAGE)
    delivery = store.webhook_deliveries.get(tenant, delivery_id)
    if delivery.state is DeliveryState.QUEUED:
        raise IllegalTransitionError(state=delivery.state.value, step="redeliver")
    queued = delivery.redelivered(act.at)
    with store.change(tenant, act) as change:
        change.save(queued)
        change.event(EventType.WEBHOOK_REDELIVERED, queued, {"outbound": [queued.id]})
    return queued
