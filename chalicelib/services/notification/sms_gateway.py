"""Text messages through a city's own HTTP gateway, which stands before whatever carrier it has a contract with.

POST {"request_id", "template", "mobile", "text"} → {"status": "accepted" | "delivered" | "refused", "reference"}.
Signed: `X-Signature` is HMAC-SHA256 (hex) under the key's secret over
`POST\\n<path>\\n<timestamp>\\n<nonce>\\n<SHA-256 of the body, hex>`; `X-Key-Id`, `X-Timestamp` (seconds) and `X-Nonce`
go with it, so that the gateway can refuse what is old or was seen before.
"""

import hashlib
import hmac
import json
import secrets
from collections.abc import Callable
from datetime import datetime
from urllib.parse import urlsplit

from chalicelib.services.notification.channels import ChannelRefusedError, Outgoing, Receipt
from chalicelib.services.notification.gateway_http import post_json

SIGN_NAME = "【一件事】"


class SmsGateway:
    """secret: read when the first message leaves. `refused` is final: the gateway knows number and template."""

    def __init__(self, url: str, key_id: str, secret: Callable[[], str], clock: Callable[[], datetime]) -> None:
        self._url, self._key_id, self._secret, self._clock = url, key_id, secret, clock

    def send(self, message: Outgoing) -> Receipt:
        values = {
            "request_id": message.id,
            "template": message.template,
            "mobile": message.address,
            "text": f"{SIGN_NAME}{message.text} {message.link}",
        }
        body = json.dumps(values, ensure_ascii=False, separators=(",", ":")).encode()
        answer = post_json(self._url, body, self._headers(body))
        status = answer.get("status")
        if status not in ("accepted", "delivered"):
            raise ChannelRefusedError(reason="gateway_refused", is_final=status == "refused")
        return Receipt(status == "delivered", str(answer.get("reference", "")))

    def _headers(self, body: bytes) -> dict[str, str]:
        sent, nonce = str(int(self._clock().timestamp())), secrets.token_hex(16)
        path = urlsplit(self._url).path or "/"
        signed = "\n".join(["POST", path, sent, nonce, hashlib.sha256(body).hexdigest()])
        digest = hmac.new(self._secret().encode(), signed.encode(), hashlib.sha256).hexdigest()
        return {"X-Key-Id": self._key_id, "X-Timestamp": sent, "X-Nonce": nonce, "X-Signature": digest}
