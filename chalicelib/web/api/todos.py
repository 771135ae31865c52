"""What waits for the caller, over the API."""

from chalice import Blueprint
from pydantic import Field

from chalicelib.domain.access import Permission
from chalicelib.domain.todo import Todo
from chalicelib.web.answers import Answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Listed, ListQuery, listed
from chalicelib.web.console.home_todos import heaps_of, owners_of, waits_for
from chalicelib.web.cursors import open_cursor
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)


class TodoQuery(ListQuery):
    topic: str = Field(default="", pattern=r"^[a-z_]{0,60}$", description="only entries of this topic")


@route(blueprint, f"{PREFIX}/todos", permission=Permission.HOME_READ, query=TodoQuery, answers=Listed[Todo])
def list_todos(request: WebRequest) -> Answer:
    """What waits for the caller, his acting body and his roles, most urgent first, a page at a time."""
    asked = request.asked(TodoQuery)
    found = request.store.todos.of_owners(
        request.tenant,
        [*owners_of(request.actor), *heaps_of(request.actor)],
        lambda todo: waits_for(request, todo) and asked.topic in ("", todo.topic),
        open_cursor(request),
        asked.limit,
    )
    return listed(request, found.shown, found.next)
