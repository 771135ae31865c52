"""Serves the Chalice app on 127.0.0.1 the way API Gateway would, with the three habits of `chalice local` mended.

One gateway for all requests instead of one per request; small answers leave at once (Chalice's keep-alive costs 44 ms
each otherwise); and a path without a route reaches `/{proxy+}`, which in the cloud matches any number of segments.
Static files go through the same routes as in production: see infra/decisions/0010-local-cloud.md.
"""

import logging
from http.server import BaseHTTPRequestHandler
from socketserver import TCPServer
from typing import Any
from urllib.parse import parse_qs, urlparse

from chalice.app import Chalice
from chalice.config import Config
from chalice.local import (
    ChaliceRequestHandler,
    LambdaEventConverter,
    LocalChalice,
    LocalDevServer,
    LocalGateway,
    MatchResult,
    RouteMatcher,
    ThreadedHTTPServer,
)

from chalicelib.web.paths import CATCH_ALL, PathFinder
from infra.local.cloud import HOST

logger = logging.getLogger("yijianshi.server")

LARGEST_BODY_BYTES = 6 * 1024 * 1024
PREVIEW = "/preview"


def is_preview(path: str) -> bool:
    """Whether an address is the author's preview (infra/local/preview.py), loaded at its first request."""
    return urlparse(path).path.rstrip("/") == PREVIEW or path.startswith(f"{PREVIEW}/")


class Matcher(RouteMatcher):
    """Routes as the deployed app finds them behind its one path; what has none reaches the catch-all."""

    def __init__(self, routes: list[str]) -> None:
        super().__init__(routes)
        self._finder = PathFinder(routes)

    def match_route(self, url: str) -> MatchResult:
        path, _, query = url.partition("?")
        found = self._finder.find(path)
        if found is None and CATCH_ALL not in self.route_urls:
            raise ValueError(f"no route for {path}")
        route, captured = found or (CATCH_ALL, {"proxy+": path.lstrip("/")})
        return MatchResult(route, captured, parse_qs(query, keep_blank_values=True))


class Gateway(LocalGateway):
    def __init__(self, app: Chalice, config: Config) -> None:
        super().__init__(app, config)
        self.event_converter = LambdaEventConverter(Matcher(list(app.routes)), app.api.binary_types)


class RequestHandler(ChaliceRequestHandler):
    disable_nagle_algorithm = True
    wbufsize = -1
    gateway: LocalGateway

    def __init__(self, request: Any, client_address: Any, server: Any, **_: Any) -> None:
        self.local_gateway = self.gateway
        BaseHTTPRequestHandler.__init__(self, request, client_address, server)

    def _generic_handle(self) -> None:
        if self.command in ("GET", "HEAD") and is_preview(self.path):
            self._answer_preview()
            return
        length = self.headers.get("content-length", "0")
        if not length.isdecimal() or self.headers.get("transfer-encoding"):
            self.send_error(411 if length.isdecimal() else 400)
        elif int(length) > LARGEST_BODY_BYTES:
            self.close_connection = True
            self._refuse_size()
        else:
            super()._generic_handle()

    def _answer_preview(self) -> None:
        """The author's preview, which is no part of the app."""
        from infra.local.preview import answer

        found = answer(self.path, self.headers)
        self.send_response(found.status)
        for name, value in found.headers.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(found.body)

    def _refuse_size(self) -> None:
        """A problem document for programs, as every refusal of the API is."""
        if not self.path.startswith("/api/"):
            self.send_error(413)
            return
        body = b'{"type":"urn:yijianshi:error:too_large","title":"Too large","status":413,"code":"too_large"}'
        self.send_response(413)
        self.send_header("Content-Type", "application/problem+json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    do_GET = do_PUT = do_POST = do_HEAD = do_DELETE = do_PATCH = do_OPTIONS = _generic_handle

    def _send_http_response_with_body(self, code: int, headers: Any, body: Any) -> None:
        if self.command != "HEAD":
            super()._send_http_response_with_body(code, headers, body)
            return
        self.send_response(code)
        self.send_header("Content-Length", str(len(body if isinstance(body, bytes) else body.encode())))
        self._send_headers(headers)

    def log_message(self, format: str, *args: Any) -> None:
        logger.info(format, *args)


class Server(ThreadedHTTPServer):
    request_queue_size = 128

    def server_bind(self) -> None:
        # http.server would look up the machine's full name, which may take seconds without a network.
        TCPServer.server_bind(self)
        self.server_name, self.server_port = self.server_address[:2]

    def handle_error(self, request: Any, client_address: Any) -> None:
        logger.debug("a browser went away", exc_info=True)


def local_server(app: Chalice, port: int) -> LocalDevServer:
    """A server on 127.0.0.1:`port` (0: any free one), ready for `server.serve_forever()`. OSError when it is taken."""
    config = Config.create(chalice_app=app, app_name=app.app_name)
    # The current request then belongs to the thread that serves it, as under `chalice local`.
    if not isinstance(app, LocalChalice):
        app.__class__ = type("LocalApp", (LocalChalice, app.__class__), {})
    handler = type("Handler", (RequestHandler,), {"gateway": Gateway(app, config)})
    return LocalDevServer(app, config, HOST, port, handler_cls=handler, server_cls=Server)
