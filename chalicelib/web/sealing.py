"""Small sealed values for cookies: encrypted and authenticated (JWE, direct key, A256GCM), with an end.

Each purpose has a key of its own, derived from the application's secret, so that a value of one cookie never
opens as another.
"""

import hashlib
import hmac
import json
from datetime import datetime
from typing import Any


def _key(secret: bytes, purpose: str) -> Any:
    from joserfc.jwk import OctKey

    return OctKey.import_key(hmac.new(secret, f"seal:{purpose}".encode(), hashlib.sha256).digest())


def seal(secret: bytes, purpose: str, value: dict[str, Any], *, until: datetime) -> str:
    """ASCII text, safe in a cookie."""
    from joserfc import jwe

    content = json.dumps({"until": until.timestamp(), "value": value}, ensure_ascii=False).encode()
    return jwe.encrypt_compact({"alg": "dir", "enc": "A256GCM"}, content, _key(secret, purpose))


def unseal(secret: bytes, purpose: str, text: str, *, now: datetime) -> dict[str, Any] | None:
    """What was sealed for this purpose; None when it was not, was changed, or has ended."""
    from joserfc import jwe
    from joserfc.errors import JoseError

    if not text:
        return None
    try:
        opened = jwe.decrypt_compact(text, _key(secret, purpose), algorithms=["dir", "A256GCM"])
        content = json.loads(opened.plaintext or b"")
    except (JoseError, ValueError):
        return None
    if content["until"] <= now.timestamp():
        return None
    value: dict[str, Any] = content["value"]
    return value
