"""`Idempotency-Key`: the same call again gets the same answer, and nothing is done twice.

A key belongs to one person (or system client) of one tenant. For a day the answer of a success is kept word for word;
after that the key still names the same act, and the call answers with the record as it is then. A refused call leaves
nothing behind, so that it may be mended and sent again under its key.
"""

import json
from datetime import timedelta
from hashlib import sha256
from typing import Any

from ulid import ULID

from chalicelib.domain.record import is_id
from chalicelib.web.answers import Answer
from chalicelib.web.errors import KeyReusedError
from chalicelib.web.request import WebRequest

RETENTION = timedelta(days=1)
KEY_PATTERN = r"^[A-Za-z0-9:._-]{8,80}$"
_MAX_CHARACTERS = 64 * 1024
_KEPT_HEADERS = ("Content-Type", "ETag", "Location")
_TIME_BYTES = 6


def own_key(tenant: str, person_id: str, key: str) -> str:
    """The act's key of this caller: a ULID that keeps the time of a given ULID, so that records sort by it."""
    digest = sha256(repr((tenant, person_id, key)).encode()).digest()
    time = ULID.from_str(key).bytes[:_TIME_BYTES] if is_id(key) else bytes(_TIME_BYTES)
    return str(ULID.from_bytes(time + digest[:10]))


def find_repeat(request: WebRequest) -> Answer | None:
    """The answer that this call got before; KeyReusedError when its key came with another call."""
    if not request.header("idempotency-key"):
        return None
    text = request.store.repeats.find(request.tenant, _place(request), request.now)
    if text is None:
        return None
    kept = json.loads(text)
    if kept["call"] != _fingerprint(request):
        raise KeyReusedError()
    if kept["body"] is None:
        return None
    answer = Answer(kept["body"], content_type=kept["headers"].pop("Content-Type"), status=kept["status"])
    answer.headers.update(kept["headers"])
    answer.headers["Idempotency-Replayed"] = "true"
    return answer


def keep_answer(request: WebRequest, answer: Answer, *, is_repeatable: bool) -> None:
    """Remember a success under its key; a body that is large or tells a secret is made anew at a repeat."""
    if not request.header("idempotency-key") or answer.status_code >= 300:
        return
    body = answer.body if isinstance(answer.body, str) else None
    kept: dict[str, Any] = {
        "call": _fingerprint(request),
        "status": answer.status_code,
        "headers": {name: answer.headers[name] for name in _KEPT_HEADERS if name in answer.headers},
        "body": body if is_repeatable and body is not None and len(body) <= _MAX_CHARACTERS else None,
    }
    text = json.dumps(kept, ensure_ascii=False)
    request.store.repeats.keep(request.tenant, _place(request), text, request.now + RETENTION)


def _place(request: WebRequest) -> str:
    wanted = (request.actor.person_id, request.header("idempotency-key"))
    return sha256(repr(wanted).encode()).hexdigest()


def _fingerprint(request: WebRequest) -> str:
    """What makes two calls the same: method, address and what was sent, whatever the boundary of its parts."""
    body: Any = request.body
    if request.header("content-type").lower().startswith("multipart/"):
        files = [(name, one.filename, one.content) for name, found in request.files.items() for one in found]
        body = (sorted(request.form.single().items()), files)
    return sha256(repr((request.method, request.url, body)).encode()).hexdigest()
