"""What waits for the caller, over the API."""

from chalice import Blueprint

from chalicelib.domain.access import Permission
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.console.home import waiting_for
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)


@route(blueprint, f"{PREFIX}/todos", permission=Permission.HOME_READ)
def list_todos(request: WebRequest) -> Answer:
    """{"todos"}: most urgent first."""
    return json_answer({"todos": [todo.model_dump(mode="json") for todo in waiting_for(request)]})
