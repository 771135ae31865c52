"""A gateway that tells later: what the recording stand-in took comes back as a signed receipt, over HTTP to the site
itself, where the tenant has a secret for it. A number that ends in 0000 gets nothing and says why."""

import json
import logging
import threading
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlsplit

from chalicelib import bootstrap
from chalicelib.domain.notification_message import MessageState, NotificationMessage
from chalicelib.domain.webhook_signing import signed_headers
from chalicelib.services.notification.receipt_key import receipt_secrets
from chalicelib.services.notification.recording import recorded

logger = logging.getLogger("yijianshi.receipts")

AFTER_SECONDS = 2.0
LOST = "0000"
_WAIT_SECONDS = 120

Handler = Callable[[Any, Any], Any]


def told_later(handler: Handler, base_url: str) -> Handler:
    """The function of the outbound queue, and after it a receipt for each message that waits for one."""

    def handle(event: Any, context: Any) -> Any:
        answer = handler(event, context)
        for record in event["Records"]:
            sent = json.loads(record["body"])
            if sent["kind"] == NotificationMessage.KIND:
                timer = threading.Timer(AFTER_SECONDS, _tell, (base_url, sent["tenant"], sent["id"]))
                timer.daemon = True
                timer.start()
        return answer

    handle.__name__ = getattr(handler, "__name__", "handle")
    return handle


def receipt_of(tenant: str, message_id: str) -> tuple[bytes, dict[str, str]] | None:
    """Body and headers of the receipt; None when nobody waits for one."""
    with bootstrap.scope(tenant):
        store, now = bootstrap.store(), bootstrap.clock()()
        message = store.notification_messages.find(tenant, message_id)
        taken = recorded(store, tenant, message_id)
        secrets = receipt_secrets(store, tenant, now, vault=bootstrap.vault())
    if message is None or message.state is not MessageState.SENT or taken is None or not secrets:
        return None
    reference = message.attempts[-1].reference
    lost = {"status": "failed", "code": "UNDELIV"}
    told = lost if taken["to"].endswith(LOST) else {"status": "delivered"}
    body = json.dumps({"receipts": [{"request_id": message_id, "reference": reference, **told}]}).encode()
    return body, signed_headers(secrets[:1], f"{message_id}.{reference}", now, body)


def _tell(base_url: str, tenant: str, message_id: str) -> None:
    try:
        found = receipt_of(tenant, message_id)
        if found is None:
            return
        body, headers = found
        connection = HTTPConnection(urlsplit(base_url).netloc, timeout=_WAIT_SECONDS)
        try:
            path = f"/api/v1/sms-receipts/{tenant}"
            connection.request("POST", path, body, {"Content-Type": "application/json", **headers})
            status = connection.getresponse().status
        finally:
            connection.close()
        if status != 204:
            logger.warning("a receipt was answered with %s", status)
    except Exception:
        logger.exception("a receipt could not be told")
