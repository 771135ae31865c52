"""One JSON request to a gateway whose address is in the settings: short waits, no redirects, a small answer."""

import json
from http.client import HTTPConnection, HTTPException, HTTPSConnection
from typing import Any
from urllib.parse import urlsplit

from chalicelib.services.notification.channels import ChannelRefusedError

SECONDS = 8
LARGEST_BYTES = 64 * 1024


def post_json(url: str, body: bytes, headers: dict[str, str], *, method: str = "POST") -> dict[str, Any]:
    """The answer's JSON object. Raises ChannelRefusedError: `unreachable`, `http_<status>`, `unreadable_answer`; final
    is a 4xx that says that the request itself is wrong."""
    parts = urlsplit(url)
    make = HTTPSConnection if parts.scheme == "https" else HTTPConnection
    connection = make(parts.hostname or "", parts.port, timeout=SECONDS)
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    try:
        connection.request(method, path, body or None, {"Content-Type": "application/json; charset=utf-8", **headers})
        answer = connection.getresponse()
        content = answer.read(LARGEST_BYTES)
    except (OSError, HTTPException) as error:
        raise ChannelRefusedError(reason="unreachable", is_final=False) from error
    finally:
        connection.close()
    if not 200 <= answer.status < 300:
        is_final = 400 <= answer.status < 500 and answer.status not in (401, 403, 408, 425, 429)
        raise ChannelRefusedError(reason=f"http_{answer.status}", is_final=is_final)
    try:
        found = json.loads(content)
    except ValueError as error:
        raise ChannelRefusedError(reason="unreadable_answer", is_final=False) from error
    if not isinstance(found, dict):
        raise ChannelRefusedError(reason="unreadable_answer", is_final=False)
    return found
