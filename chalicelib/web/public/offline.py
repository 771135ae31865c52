"""What a browser shows without a network: kept by the service worker (static/js/service-worker.js)."""

from chalice import Blueprint

from chalicelib.web.answers import Answer, page
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import OPEN, route

blueprint = Blueprint(__name__)


@route(blueprint, "/offline", permission=OPEN)
def show_offline(request: WebRequest) -> Answer:
    return page(request, "pages/errors/offline.html")
