"""One attempt to push an event. May be called twice: a lease lets one through, and the receiver knows the id."""

from datetime import datetime, timedelta

from chalicelib.domain.act import Act
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.event import EventType
from chalicelib.domain.tenancy import Actor, TenantId
from chalicelib.domain.webhook import WebhookDelivery, WebhookEndpoint
from chalicelib.domain.webhook_rules import webhook_rules
from chalicelib.domain.webhook_signing import signed_headers
from chalicelib.services.webhook.manage_endpoint import put_endpoint
from chalicelib.services.webhook.safe_post import PostRefusedError, safe_post
from chalicelib.services.webhook.vault import Vault
from chalicelib.storage.store import Store

SENDER = "webhook_sender"
GONE = 410


def deliver_webhook(
    store: Store, tenant: TenantId, delivery_id: str, now: datetime, *, vault: Vault, base_url: str, allows_local: bool
) -> WebhookDelivery | None:
    """The delivery after the attempt; None when it is gone, not due, or in another worker's hands."""
    delivery = store.webhook_deliveries.find(tenant, delivery_id)
    if delivery is None or not delivery.is_due(now):
        return None
    if not store.outbound.take(tenant, delivery.id, now + timedelta(seconds=webhook_rules().lease_seconds), now):
        return None
    delivery = store.webhook_deliveries.get(tenant, delivery.id)
    if not delivery.is_due(now):
        return None
    endpoint = store.webhook_endpoints.get(tenant, delivery.endpoint_id)
    tried = _tried(tenant, endpoint, delivery, now, vault, base_url, allows_local)
    seen = _seen(endpoint, tried, now)
    act = Act(actor=Actor.system(tenant, SENDER), at=now, key=f"push.{delivery.id}.{delivery.version}")
    try:
        _keep(store, tenant, act, tried, endpoint, seen)
    except ConflictError:
        # Another delivery of the same endpoint was faster: what came of this one is kept all the same.
        _keep(store, tenant, act, tried, endpoint, endpoint)
    store.outbound.give_back(tenant, delivery.id)
    return tried


def _keep(
    store: Store,
    tenant: TenantId,
    act: Act,
    tried: WebhookDelivery,
    endpoint: WebhookEndpoint,
    seen: WebhookEndpoint,
) -> None:
    with store.change(tenant, act) as change:
        change.save(tried)
        if seen is not endpoint:
            put_endpoint(store, change, seen)
        last = tried.attempts[-1]
        data = {"state": tried.state.value, "status": last.status, "reason": last.reason}
        is_stopped = endpoint.is_active and not seen.is_active
        # A disabled endpoint is the greater news: its to-do follows from that event.
        type = EventType.WEBHOOK_DISABLED if is_stopped else EventType.WEBHOOK_ATTEMPTED
        change.event(type, seen if is_stopped else tried, data)


def _tried(
    tenant: TenantId,
    endpoint: WebhookEndpoint,
    delivery: WebhookDelivery,
    now: datetime,
    vault: Vault,
    base_url: str,
    allows_local: bool,
) -> WebhookDelivery:
    if not endpoint.is_active:
        return delivery.refused(now, 0, "endpoint_disabled", is_final=True)
    body = delivery.body(tenant, base_url)
    secrets = [vault.open(tenant, endpoint.id, one.sealed) for one in endpoint.secrets_at(now)]
    try:
        answer = safe_post(
            endpoint.url, body, signed_headers(secrets, delivery.id, now, body), allows_local=allows_local
        )
    except PostRefusedError as error:
        return delivery.refused(now, 0, str(error.details["reason"]))
    if 200 <= answer.status < 300:
        return delivery.succeeded(now, answer.status)
    return delivery.refused(now, answer.status, "answered", is_final=answer.status == GONE)


def _seen(endpoint: WebhookEndpoint, tried: WebhookDelivery, now: datetime) -> WebhookEndpoint:
    """The endpoint after this attempt: since when it fails, and disabled after too long or when it says it is gone."""
    last = tried.attempts[-1]
    if not last.reason:
        if endpoint.failing_since is None and endpoint.succeeded_at is not None:
            return endpoint
        return endpoint.with_changes(failing_since=None, succeeded_at=now)
    if not endpoint.is_active:
        return endpoint
    failing = endpoint if endpoint.failing_since else endpoint.with_changes(failing_since=now)
    if failing.is_to_be_disabled(now) or last.status == GONE:
        return failing.with_changes(disabled_at=now, disabled_by="system")
    return failing
