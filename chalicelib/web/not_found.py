"""Whatever no route answers: the page or problem document of a missing record, with all headers."""

from chalice import Blueprint

from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.web.answers import Answer
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import OPEN, route

UNROUTED = "/{proxy+}"

blueprint = Blueprint(__name__)


@route(blueprint, UNROUTED, permission=OPEN)
def find_nothing(request: WebRequest) -> Answer:
    """API Gateway sends every path without a route here; the local server is told to (it matches one segment only)."""
    raise RecordNotFoundError()
