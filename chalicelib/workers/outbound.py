"""What leaves the site: from the event that names it to the queue, and from the queue to the gateway or receiver."""

import json
from datetime import datetime
from typing import Any

from chalicelib import bootstrap
from chalicelib.domain.event import Event
from chalicelib.domain.notification_message import NotificationMessage
from chalicelib.domain.webhook import WebhookDelivery
from chalicelib.observability import logger
from chalicelib.settings import settings

LONGEST_DELAY = 900
"""Seconds for which the queue can hold a message back."""

_OF_NOTIFICATION = {"notification": NotificationMessage.KIND}


def send_outbound(event: Event) -> None:
    """An event that names what may leave now brings it to the queue; delivered twice, the worker finds it done."""
    for id in event.data.get("outbound", []):
        kind = _OF_NOTIFICATION.get(event.record.kind, event.record.kind)
        bootstrap.queues().send_outbound(event.tenant, kind, id)


def send_due_messages(store: Any, tenant: str, now: datetime) -> None:
    """What is due in one tenant, within its scope: the end of quiet hours, digests, and what failed before."""
    from chalicelib.services.notification.send_due import send_due

    sent = send_due(store, bootstrap.queues(), tenant, now)
    if sent:
        logger.info("outbound messages due", extra={"tenant": tenant, "count": sent})


def deliver_outbound_message(body: str) -> None:
    """One message of the outbound queue: {"tenant", "kind", "id"}. What failed comes again after a pause of its own:
    short ones through the queue, long ones by the clock."""
    message = json.loads(body)
    tenant, now = message["tenant"], bootstrap.clock()()
    with bootstrap.scope(tenant):
        tried = _deliver(tenant, message["kind"], message["id"], now)
    if tried is None:
        return
    logger.info("outbound tried", extra={"tenant": tenant, "id": tried.id, "state": tried.state.value})
    if tried.next_attempt_at is not None:
        pause = int((tried.next_attempt_at - now).total_seconds()) + 1
        if pause <= LONGEST_DELAY:
            bootstrap.queues().send_outbound(tenant, tried.KIND, tried.id, pause)


def _deliver(tenant: str, kind: str, id: str, now: datetime) -> NotificationMessage | WebhookDelivery | None:
    store, base_url = bootstrap.store(), settings().identity.redirect_base
    if kind == NotificationMessage.KIND:
        from chalicelib.services.notification.deliver_message import deliver_message

        return deliver_message(store, tenant, id, now, gateways=bootstrap.gateways(), base_url=base_url)
    from chalicelib.services.webhook.deliver_webhook import deliver_webhook

    return deliver_webhook(
        store,
        tenant,
        id,
        now,
        vault=bootstrap.vault(),
        base_url=base_url,
        allows_local=settings().webhooks_reach_this_machine,
    )
