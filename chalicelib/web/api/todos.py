"""What waits for the caller, over the API."""

from chalice import Blueprint

from chalicelib.domain.access import Permission
from chalicelib.domain.todo import Todo
from chalicelib.web.answers import Answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Listed, listed
from chalicelib.web.console.home_todos import waiting_for
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)


@route(blueprint, f"{PREFIX}/todos", permission=Permission.HOME_READ, answers=Listed[Todo])
def list_todos(request: WebRequest) -> Answer:
    """What waits for the caller, most urgent first."""
    return listed(request, waiting_for(request))
