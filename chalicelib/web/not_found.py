"""Whatever no route answers: the page or problem document of a missing record, with all headers."""

from chalice import Blueprint

from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.web.answers import Answer
from chalicelib.web.paths import CATCH_ALL
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import OPEN, route

blueprint = Blueprint(__name__)


@route(blueprint, CATCH_ALL, permission=OPEN)
def find_nothing(request: WebRequest) -> Answer:
    """Every path without a route comes here: see `paths.py`; the local server is told to."""
    raise RecordNotFoundError()
