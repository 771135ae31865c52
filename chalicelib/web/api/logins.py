"""Logins of one person over the API: asked by one administrator, confirmed by another, taken back by either."""

from datetime import datetime
from typing import Any

from chalice import Blueprint
from pydantic import Field

from chalicelib.domain.access import Permission
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.login_binding import LoginBinding
from chalicelib.services.tenancy.bind_login import ask_login, confirm_login, unbind_login
from chalicelib.settings import settings
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Body, Listed, Shown, listed
from chalicelib.web.console.people import PERSON
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/people/{{person_id}}/logins"
ONE = BASE + "/{login_id}"
SAMPLE = {"login_id": "x.0123456789abcdef"}


class LoginAnswer(Shown):
    """Which login may act as the person. identity_id: SHA-256 of issuer and subject; is_waiting: for the second
    administrator, until `expires_at`."""

    id: str
    person_id: str
    identity_id: str
    bound_by: str
    bound_at: datetime
    expires_at: datetime | None
    ended_at: datetime | None
    is_active: bool
    is_waiting: bool
    version: int


class LoginBody(Body):
    login: str = Field(max_length=200, description="`sub` of the person at the identity provider; its hash is kept")


def _shown(request: WebRequest, one: LoginBinding) -> dict[str, Any]:
    body = one.model_dump(mode="json", include=set(LoginAnswer.model_fields))
    is_waiting = one.is_waiting and not one.has_lapsed(request.now)
    return body | {"is_active": one.is_active, "is_waiting": is_waiting, "version": one.version}


def _answer(request: WebRequest, one: LoginBinding, status: int = 200) -> Answer:
    return json_answer(_shown(request, one), status, etag=one.version)


@route(blueprint, BASE, permission=Permission.PEOPLE_READ, resource=PERSON, answers=Listed[LoginAnswer])
def list_logins(request: WebRequest, person_id: str) -> Answer:
    """Every login of the person, those that ended too."""
    found = request.store.login_bindings.of_person(request.tenant, person_id)
    return listed(request, [_shown(request, one) for one in found])


@route(
    blueprint,
    BASE,
    methods=("POST",),
    permission=Permission.PEOPLE_MANAGE,
    resource=PERSON,
    body=LoginBody,
    answers={202: LoginAnswer},
    sample_body={"login": "example"},
)
def ask(request: WebRequest, person_id: str) -> Answer:
    """Ask for a login: nobody signs in by it before the other kind of administrator confirms it."""
    asked = ask_login(
        request.store,
        request.tenant,
        request.act(),
        person_id=person_id,
        issuer=settings().identity.issuer,
        subject=request.model(LoginBody).login,
    )
    return _answer(request, asked, 202)


def _of_person(request: WebRequest, person_id: str, login_id: str) -> LoginBinding:
    found: LoginBinding = request.store.login_bindings.get(request.tenant, login_id)
    if found.person_id != person_id:
        raise RecordNotFoundError(kind=LoginBinding.KIND, id=login_id)
    return found


@route(
    blueprint,
    ONE + "/confirm",
    methods=("POST",),
    permission=Permission.ACCESS_CONFIRM,
    resource=PERSON,
    sample=SAMPLE,
    answers=LoginAnswer,
)
def confirm(request: WebRequest, person_id: str, login_id: str) -> Answer:
    """The second administrator's word; the login holds from the next sign-in on."""
    binding = _of_person(request, person_id, login_id)
    home = request.store.tenants.get(request.tenant, request.tenant)
    held = confirm_login(request.store, request.tenant, request.act(), binding_id=binding.id, label=home.label)
    return _answer(request, held)


@route(
    blueprint,
    ONE,
    methods=("DELETE",),
    permission=Permission.PEOPLE_MANAGE,
    resource=PERSON,
    sample=SAMPLE,
    answers=LoginAnswer,
)
def end(request: WebRequest, person_id: str, login_id: str) -> Answer:
    """Take it back at once."""
    binding = _of_person(request, person_id, login_id)
    return _answer(request, unbind_login(request.store, request.tenant, request.act(), binding_id=binding.id))
