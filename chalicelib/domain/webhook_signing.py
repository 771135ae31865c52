"""Signing and checking of pushed events, as the Standard Webhooks specification 1.0.0 says.

Signed is `{webhook-id}.{webhook-timestamp}.{body}` with HMAC-SHA256; the header `webhook-signature` holds one
`v1,<base64>` per secret in force, separated by spaces: a receiver may still hold the old one while the new is taken in.
`static/verify/verify_webhook.py` is the same check for receivers, in one file without dependencies.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from datetime import datetime

from chalicelib.domain.errors import YijianshiError

PREFIX = "whsec_"
SECRET_BYTES = 32


class SignatureRefusedError(YijianshiError):
    """The event is not ours, was changed, or is too old. Details: `reason`."""

    code = "webhook_signature_refused"


def new_secret() -> str:
    """`whsec_` and 32 random bytes in base64."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def signature(secret: str, id: str, timestamp: int, body: bytes) -> str:
    """`v1,<base64>` over one body. timestamp: seconds since 1970 of this attempt."""
    key = base64.b64decode(secret.removeprefix(PREFIX))
    signed = f"{id}.{timestamp}.".encode() + body
    return "v1," + base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()


def signed_headers(secrets_in_force: Iterable[str], id: str, at: datetime, body: bytes) -> dict[str, str]:
    """The three headers of one attempt."""
    timestamp = int(at.timestamp())
    return {
        "webhook-id": id,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(signature(one, id, timestamp, body) for one in secrets_in_force),
    }


def verify(secret: str, headers: Mapping[str, str], body: bytes, now: datetime, tolerance_seconds: int = 300) -> str:
    """The event's `webhook-id`, which a receiver keeps so that it takes nothing twice. Raises SignatureRefusedError."""
    id, sent, signatures = check_headers(headers, now, tolerance_seconds)
    wanted = signature(secret, id, sent, body)
    if not any(hmac.compare_digest(wanted.encode(), one.encode()) for one in signatures.split(" ")):
        raise SignatureRefusedError(reason="signature_differs")
    return id


def check_headers(headers: Mapping[str, str], now: datetime, tolerance_seconds: int = 300) -> tuple[str, int, str]:
    """`webhook-id`, timestamp (seconds) and signatures, before any secret is looked up. Raises SignatureRefusedError
    when one is missing or the time lies further from `now` than the tolerance."""
    given = {name.lower(): value for name, value in headers.items()}
    id, sent, signatures = (given.get(f"webhook-{name}", "") for name in ("id", "timestamp", "signature"))
    if not id or not signatures or not (sent.isascii() and sent.isdigit() and len(sent) <= 12):
        raise SignatureRefusedError(reason="headers_missing")
    if abs(now.timestamp() - int(sent)) > tolerance_seconds:
        raise SignatureRefusedError(reason="too_old")
    return id, int(sent), signatures
