"""A person's saved filters of the register over the API."""

from chalice import Blueprint
from pydantic import Field

from chalicelib.domain.access import Permission
from chalicelib.domain.subject import DivisionCode, DrawGrade, SubjectKind, SubjectStatus
from chalicelib.domain.subject_filter import MAX_NAME, SavedFilter
from chalicelib.domain.subject_query import MAX_TEXT, SubjectOrder
from chalicelib.services.register.keep_filters import delete_filter, rename_filter, save_filter
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Body, Shown
from chalicelib.web.console.subject_filters import own_filter
from chalicelib.web.fields import Fields
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.subject_list import read_query, values_of

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/subject-filters"
ONE = BASE + "/{filter_id}"


class QueryBody(Body):
    """Filters as the list of subjects takes them."""

    q: str = Field(default="", max_length=MAX_TEXT)
    division: DivisionCode | None = None
    kind: SubjectKind | None = None
    scenario: str = Field(default="", max_length=60)
    grade: DrawGrade | None = None
    status: SubjectStatus | None = None
    order: SubjectOrder | None = None

    def fields(self) -> Fields:
        given = self.model_dump(mode="json", exclude_none=True, include=set(QueryBody.model_fields))
        return Fields({name: [value] for name, value in given.items() if value})


class FilterBody(QueryBody):
    name: str = Field(max_length=MAX_NAME, description="another filter of this name is replaced")


class FilterName(Body):
    name: str = Field(max_length=MAX_NAME)


class FilterAnswer(Shown):
    """query: parameters of the list of subjects."""

    id: str
    name: str
    query: dict[str, str]


class FilterList(Shown):
    items: list[FilterAnswer]


def _shown(one: SavedFilter) -> dict[str, object]:
    return {"id": one.id, "name": one.name, "query": values_of(one.query)}


@route(blueprint, BASE, permission=Permission.SUBJECT_READ, answers=FilterList)
def list_filters(request: WebRequest) -> Answer:
    """One's own saved filters, twenty at most."""
    held = request.store.subject_filters.of_person(request.tenant, request.actor.person_id)
    return json_answer({"items": [_shown(one) for one in held.filters]})


@route(
    blueprint,
    BASE,
    methods=("POST",),
    permission=Permission.SUBJECT_READ,
    body=FilterBody,
    answers={201: FilterAnswer},
    sample_body={"name": "sample", "status": "active"},
)
def post_filter(request: WebRequest) -> Answer:
    """Save a filter under a name."""
    body = request.model(FilterBody)
    head = request.store.subject_filters.head(request.tenant, request.actor.person_id)
    query = read_query(body.fields(), request.actor, head, is_strict=True)
    held = save_filter(request.store, request.tenant, request.act(), name=body.name, query=query)
    saved = next(one for one in held.filters if one.query == query)
    return json_answer(_shown(saved), 201)


@route(
    blueprint,
    ONE,
    methods=("PATCH",),
    permission=Permission.SUBJECT_READ,
    body=FilterName,
    answers=FilterAnswer,
    sample_body={"name": "sample"},
)
def patch_filter(request: WebRequest, filter_id: str) -> Answer:
    """Rename a filter."""
    name = request.model(FilterName).name
    rename_filter(request.store, request.tenant, request.act(), filter_id=filter_id, name=name)
    return json_answer(_shown(own_filter(request, filter_id)))


@route(blueprint, ONE, methods=("DELETE",), permission=Permission.SUBJECT_READ, answers={204: None})
def remove_filter(request: WebRequest, filter_id: str) -> Answer:
    """Delete a filter."""
    delete_filter(request.store, request.tenant, request.act(), filter_id=filter_id)
    return Answer("", content_type="application/json", status=204)
