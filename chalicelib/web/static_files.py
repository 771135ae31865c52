"""Our own styles, scripts and icons. An address with the hash of its content (`static_url`) may be kept for ever."""

import gzip
from functools import lru_cache

from chalice import Blueprint

from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.web.answers import Answer
from chalicelib.web.render import CONTENT_TYPES, static_file
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import OPEN, route

blueprint = Blueprint(__name__)

_FOR_EVER = "public, max-age=31536000, immutable"
_COMPRESSED = (".css", ".js", ".svg", ".json", ".webmanifest", ".py", ".txt")
_TAKEN_HOME = ".py"
"""The verifier is for the reader's own computer, under its own name."""


@route(blueprint, "/static/{name}", permission=OPEN, sample={"name": "icon.svg"})
def serve_top(request: WebRequest, name: str) -> Answer:
    return _serve(request, name)


@route(blueprint, "/static/{folder}/{name}", permission=OPEN, sample={"folder": "css", "name": "tokens.css"})
def serve_file(request: WebRequest, folder: str, name: str) -> Answer:
    return _serve(request, f"{folder}/{name}")


@route(
    blueprint,
    "/static/{folder}/{part}/{name}",
    permission=OPEN,
    sample={"folder": "vendor", "part": "htmx-2.0.11", "name": "htmx.min.js"},
)
def serve_vendored(request: WebRequest, folder: str, part: str, name: str) -> Answer:
    return _serve(request, f"{folder}/{part}/{name}")


@route(blueprint, "/service-worker.js", permission=OPEN)
def serve_worker(request: WebRequest) -> Answer:
    """At the root, since a service worker sees only what lies below its own address."""
    return _serve(request, "js/service-worker.js")


def _serve(request: WebRequest, path: str) -> Answer:
    if static_file(path) is None:
        raise RecordNotFoundError()
    is_compressed = path.endswith(_COMPRESSED) and "gzip" in request.header("accept-encoding")
    answer = Answer(_content(path, is_compressed), content_type=CONTENT_TYPES[path[path.rindex(".") :]])
    answer.headers["Vary"] = "Accept-Encoding"
    answer.headers["Cache-Control"] = _FOR_EVER if request.query.text("v") else "no-cache"
    if path.endswith(_TAKEN_HOME):
        answer.headers["Content-Disposition"] = f'attachment; filename="{path.rpartition("/")[2]}"'
    if is_compressed:
        answer.headers["Content-Encoding"] = "gzip"
    return answer


@lru_cache(maxsize=128)
def _content(path: str, is_compressed: bool) -> bytes:
    found = static_file(path)
    if found is None:
        raise RecordNotFoundError()
    content = found.read_bytes()
    return gzip.compress(content, mtime=0) if is_compressed else content
