"""People, departments and acting bodies over the API."""

from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.tenancy import Person
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.console.people import PERSON, add_from, change_from, shown_name
from chalicelib.web.errors import UnreadableRequestError
from chalicelib.web.person_form import json_values
from chalicelib.web.preconditions import seen_version
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Match, route

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/people"
_SET = {"name", "roles", "department_id", "acting_body_id", "division", "certificates", "is_active"}


def _shown(request: WebRequest, person: Person) -> dict[str, Any]:
    body: dict[str, Any] = person.model_dump(mode="json", include={"id", *_SET})
    body["roles"] = sorted(person.roles)
    held = person.certificate_on(shanghai_date(request.now))
    return body | {"name": shown_name(person), "version": person.version, "has_valid_certificate": held is not None}


def _body(request: WebRequest) -> dict[str, Any]:
    if not isinstance(request.json, dict):
        raise UnreadableRequestError()
    return request.json


@route(blueprint, BASE, permission=Permission.PEOPLE_READ)
def list_people(request: WebRequest) -> Answer:
    people = request.store.people.every(request.tenant)
    return json_answer({"items": [_shown(request, person) for person in people]})


@route(blueprint, BASE, methods=("POST",), permission=Permission.PEOPLE_MANAGE)
def post_person(request: WebRequest) -> Answer:
    """201 with the added person; its identifier is the act's key."""
    person = add_from(request, json_values(_body(request)))
    answer = json_answer(_shown(request, person), 201, etag=person.version)
    answer.headers["Location"] = f"{BASE}/{person.id}"
    return answer


@route(blueprint, f"{BASE}/{{person_id}}", permission=Permission.PEOPLE_READ, resource=PERSON)
def show_person(request: WebRequest, person_id: str) -> Answer:
    person = request.store.people.get(request.tenant, person_id)
    return json_answer(_shown(request, person), etag=person.version)


@route(
    blueprint,
    f"{BASE}/{{person_id}}",
    methods=("PATCH",),
    permission=Permission.PEOPLE_MANAGE,
    resource=PERSON,
    match=Match.REQUIRED,
    sample_body={"name": "A"},
)
def patch_person(request: WebRequest, person_id: str) -> Answer:
    """Change what the body names. Needs `If-Match` with the version that was read."""
    person = request.store.people.get(request.tenant, person_id)
    seen = seen_version(request)
    held = person.model_dump(mode="json", include=_SET) | {"roles": sorted(person.roles)}
    changed = change_from(request, person, json_values(held | _body(request)), seen)
    return json_answer(_shown(request, changed), etag=changed.version)


@route(blueprint, f"{PREFIX}/departments", permission=Permission.PEOPLE_READ)
def list_departments(request: WebRequest) -> Answer:
    return json_answer({"items": request.store.departments.every(request.tenant)})


@route(blueprint, f"{PREFIX}/acting-bodies", permission=Permission.PEOPLE_READ)
def list_acting_bodies(request: WebRequest) -> Answer:
    return json_answer({"items": request.store.acting_bodies.every(request.tenant)})
