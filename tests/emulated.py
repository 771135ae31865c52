"""The emulator under services and web tests: ministack in this process, its ASGI application called without a socket.

The client library builds and parses calls as always, the guard sees each; only signature and wire are left out, which
are more than half of what a call costs. Storage tests, the local site and the browser tests sign and go over the wire.
"""

import asyncio
import logging
import os
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from io import BytesIO
from typing import Any
from urllib.parse import unquote, urlsplit

from botocore.awsrequest import AWSPreparedRequest, AWSResponse
from botocore.handlers import BUILTIN_HANDLERS
from urllib3 import HTTPHeaderDict

from infra.local.resources import REGION

ADDRESS = "http://127.0.0.1:1"
"""Where the client library believes it to be; nobody listens there."""

_SETTINGS = {
    "MINISTACK_REGION": REGION,
    "MINISTACK_HOST": "127.0.0.1",
    "PERSIST_STATE": "0",
    "S3_PERSIST": "0",
}

_turn = threading.Lock()


class _Body(BytesIO):
    """A body as the client library reads it."""

    def stream(self, **_: object) -> Iterator[bytes]:
        while part := self.read(1 << 16):
            yield part


@cache
def _application() -> tuple[Callable[..., Any], asyncio.AbstractEventLoop]:
    os.environ.update(_SETTINGS)
    root = logging.getLogger()
    handlers, level = root.handlers[:], root.level
    from ministack.app import app

    # It sets up logging for a server of its own.
    root.handlers[:], root.level = handlers, level
    return app, asyncio.new_event_loop()


def _answer(request: AWSPreparedRequest, **_: object) -> AWSResponse | None:
    """Takes the place of sending; None leaves the request to others."""
    if not request.url.startswith(ADDRESS):
        return None
    url = urlsplit(request.url)
    body = request.body or b""
    if not isinstance(body, bytes):
        body = body.encode() if isinstance(body, str) else body.read()
    scope = {
        "type": "http",
        "http_version": "1.1",
        "scheme": "http",
        "method": request.method,
        "path": unquote(url.path),
        "raw_path": url.path.encode(),
        "query_string": url.query.encode(),
        "headers": [
            (name.lower().encode(), value if isinstance(value, bytes) else str(value).encode())
            for name, value in (("host", url.netloc), *request.headers.items())
        ],
        "client": ("127.0.0.1", 0),
        "server": ("127.0.0.1", 1),
    }
    status, headers, parts = 500, [], []
    waiting = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        return waiting.pop() if waiting else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status, headers = message["status"], message["headers"]
        else:
            parts.append(message.get("body", b""))

    with _turn, _own_loop():
        app, loop = _application()
        loop.run_until_complete(app(scope, receive, send))
    answered = HTTPHeaderDict((name.decode("latin-1"), value.decode("latin-1")) for name, value in headers)
    return AWSResponse(request.url, status, answered, _Body(b"".join(parts)))


@contextmanager
def _own_loop() -> Iterator[None]:
    """A browser that is driven from this thread keeps a loop running in it, between its own steps too."""
    other = asyncio._get_running_loop()
    asyncio._set_running_loop(None)
    try:
        yield
    finally:
        asyncio._set_running_loop(other)


def _unsigned(params: dict[str, Any], **_: object) -> None:
    """A signature is a fifth of a call's cost, and read by nobody here; storage tests sign."""
    if params["url"].startswith(ADDRESS):
        params["context"]["auth_type"] = "none"


BUILTIN_HANDLERS.append(("before-send", _answer))
BUILTIN_HANDLERS.append(("before-call.dynamodb", _unsigned))
