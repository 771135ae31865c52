"""People, departments and acting bodies over the API."""

from datetime import date
from typing import Any

from chalice import Blueprint
from pydantic import Field

from chalicelib.domain.access import Permission
from chalicelib.domain.access_change import AccessChange
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.tenancy import ActingBody, Certificate, Department, Person, Role
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Body, Listed, ListQuery, Shown, listed
from chalicelib.web.console.people import PERSON, read_people, shown_name
from chalicelib.web.console.people_edit import add_from, change_from
from chalicelib.web.person_form import json_values
from chalicelib.web.preconditions import seen_version
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Match, route

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/people"
_SET = {"name", "roles", "department_id", "acting_body_id", "division", "certificates", "is_active"}


class PersonAnswer(Shown):
    """A person; names of a subject's people are masked."""

    id: str
    name: str
    roles: list[Role]
    department_id: str | None
    acting_body_id: str | None
    division: str | None
    certificates: list[Certificate]
    is_active: bool
    has_valid_certificate: bool
    version: int


class WaitingAnswer(Shown):
    """A second administrator has to confirm the change first: `/access-changes/{change_id}`."""

    change_id: str
    person_id: str
    state: str


class PeopleQuery(ListQuery):
    q: str = Field(default="", max_length=40, description="part of the name")
    role: Role | None = None
    department: str = Field(default="", max_length=80)
    certificate: str = Field(default="", max_length=20, description="expired, expiring, missing or valid")


class CertificateValue(Body):
    number: str = Field(min_length=4, max_length=30)
    valid_from: date
    valid_to: date


class PersonBody(Body):
    name: str | None = Field(default=None, max_length=40)
    roles: list[Role] | None = None
    department_id: str | None = Field(default=None, max_length=80)
    acting_body_id: str | None = Field(default=None, max_length=80)
    division: str | None = Field(default=None, max_length=12)
    certificates: list[CertificateValue] | None = Field(default=None, max_length=10)
    is_active: bool | None = None


class NewPersonBody(PersonBody):
    name: str = Field(max_length=40)
    roles: list[Role]


def shown_person(request: WebRequest, person: Person) -> dict[str, Any]:
    body: dict[str, Any] = person.model_dump(mode="json", include={"id", *_SET})
    body["roles"] = sorted(person.roles)
    held = person.certificate_on(shanghai_date(request.now))
    return body | {"name": shown_name(person), "version": person.version, "has_valid_certificate": held is not None}


def _answer(request: WebRequest, done: Person | AccessChange, status: int) -> Answer:
    """The person, or 202 with the change that waits for a second administrator."""
    if isinstance(done, AccessChange):
        waiting = {"change_id": done.id, "person_id": done.person_id, "state": done.state.value}
        answer = json_answer(waiting, 202)
        answer.headers["Location"] = f"{PREFIX}/access-changes/{done.id}"
        return answer
    answer = json_answer(shown_person(request, done), status, etag=done.version)
    if status == 201:
        answer.headers["Location"] = f"{BASE}/{done.id}"
    return answer


@route(blueprint, BASE, permission=Permission.PEOPLE_READ, query=PeopleQuery, answers=Listed[PersonAnswer])
def list_people(request: WebRequest) -> Answer:
    """People by acting body, filtered."""
    asked = request.asked(PeopleQuery)
    values = {"q": asked.q, "role": asked.role or "", "department": asked.department, "certificate": asked.certificate}
    found, position, _ = read_people(request, values, shanghai_date(request.now), limit=asked.limit)
    return listed(request, [shown_person(request, person) for person in found], position)


@route(
    blueprint,
    BASE,
    methods=("POST",),
    permission=Permission.PEOPLE_MANAGE,
    body=NewPersonBody,
    answers={201: PersonAnswer, 202: WaitingAnswer},
    sample_body={"name": "A", "roles": ["inspector"]},
)
def post_person(request: WebRequest) -> Answer:
    """Add a person. 202 with the change that a second administrator has to confirm, where the rule asks for one."""
    body = request.model(NewPersonBody).model_dump(mode="json", exclude_unset=True)
    return _answer(request, add_from(request, json_values(body)), 201)


@route(
    blueprint,
    f"{BASE}/{{person_id}}",
    permission=Permission.PEOPLE_READ,
    resource=PERSON,
    answers=PersonAnswer,
)
def show_person(request: WebRequest, person_id: str) -> Answer:
    """One person."""
    person = request.store.people.get(request.tenant, person_id)
    return json_answer(shown_person(request, person), etag=person.version)


@route(
    blueprint,
    f"{BASE}/{{person_id}}",
    methods=("PATCH",),
    permission=Permission.PEOPLE_MANAGE,
    resource=PERSON,
    match=Match.REQUIRED,
    body=PersonBody,
    answers={200: PersonAnswer, 202: WaitingAnswer},
    sample_body={"name": "A"},
)
def patch_person(request: WebRequest, person_id: str) -> Answer:
    """Change what the body names. Needs `If-Match` with the version that was read; 202 where a second administrator
    has to confirm."""
    person = request.store.people.get(request.tenant, person_id)
    seen = seen_version(request)
    held = person.model_dump(mode="json", include=_SET) | {"roles": sorted(person.roles)}
    wanted = request.model(PersonBody).model_dump(mode="json", exclude_unset=True)
    return _answer(request, change_from(request, person, json_values(held | wanted), seen), 200)


@route(blueprint, f"{PREFIX}/departments", permission=Permission.PEOPLE_READ, answers=Listed[Department])
def list_departments(request: WebRequest) -> Answer:
    """Every department of the tenant."""
    return listed(request, request.store.departments.every(request.tenant))


@route(blueprint, f"{PREFIX}/acting-bodies", permission=Permission.PEOPLE_READ, answers=Listed[ActingBody])
def list_acting_bodies(request: WebRequest) -> Answer:
    """Every acting body of the tenant."""
    return listed(request, request.store.acting_bodies.every(request.tenant))
