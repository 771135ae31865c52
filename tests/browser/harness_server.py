"""A small server for the gallery: the kit's pages with the product's content policy, on 127.0.0.1 and a free port."""

import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from typing import ClassVar
from urllib.parse import parse_qs, urlsplit

from jinja2 import ChoiceLoader, Environment, FileSystemLoader

from chalicelib.web import i18n
from chalicelib.web.headers import content_security_policy
from chalicelib.web.render import CONTENT_TYPES, environment, static_file
from tests.browser import gallery

GALLERY = Path(__file__).parent / "gallery"


@cache
def gallery_environment() -> Environment:
    """The product's environment with the gallery's pages beside its templates."""
    own = environment()
    assert own.loader is not None
    return own.overlay(loader=ChoiceLoader([FileSystemLoader(str(GALLERY)), own.loader]))


def gallery_page(page: str, locale: str) -> str:
    """One page of the gallery in a language."""
    template = "layouts/confirm.html" if page == "confirm" else f"{page}.html"
    with i18n.use_locale(locale):
        return gallery_environment().get_template(template).render(ui=gallery.ui(page, locale), **gallery.context(page))


class GalleryHandler(BaseHTTPRequestHandler):
    """GET /<page>?lang= and /static/…; anything else is 404. POST /sign signs an upload, any other answers 204;
    what was posted is kept in `received`: (path, token header, body).
    """

    received: ClassVar[list[tuple[str, str, bytes]]] = []

    def do_GET(self) -> None:
        parts = urlsplit(self.path)
        if parts.path.startswith("/static/"):
            found = static_file(parts.path.removeprefix("/static/"))
            if found:
                self._answer(200, CONTENT_TYPES[found.suffix], found.read_bytes())
                return
        page = parts.path.strip("/")
        if page in gallery.PAGES:
            locale = i18n.choose_locale(query=parse_qs(parts.query).get("lang", ["zh"])[0])
            self._answer(200, "text/html; charset=utf-8", gallery_page(page, locale).encode())
        elif page == "job":
            self._answer(200, "text/html; charset=utf-8", b'<p id="job-done">done</p>')
        else:
            self._answer(404, "text/plain", b"not found")

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        self.received.append((self.path, self.headers.get("X-CSRF-Token", ""), body))
        if self.path == "/sign":
            signed = {"url": "/bucket", "fields": {"key": "uploads/1"}, "upload_id": "01UPLOAD"}
            self._answer(200, "application/json", json.dumps(signed).encode())
        else:
            self._answer(204, "text/plain", b"")

    def _answer(self, status: int, content_type: str, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", content_type)
        self.send_header("Content-Security-Policy", content_security_policy(""))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Silence: the test's output is for the test."""


class QuietServer(ThreadingHTTPServer):
    """A browser that closes before it has read everything is no event; anything else is shown."""

    def handle_error(self, request: object, client_address: object) -> None:
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


@contextmanager
def serve_gallery() -> Iterator[str]:
    """Base address of a running gallery."""
    server = QuietServer(("127.0.0.1", 0), GalleryHandler)
    thread = Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_address[1]}"
    finally:
        server.shutdown()
        server.server_close()
