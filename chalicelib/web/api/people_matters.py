"""Changes of access, renewed certificates, deputies and departures over the API."""

from datetime import date, datetime
from typing import Any

from chalice import Blueprint
from pydantic import Field

from chalicelib.domain.access import Permission
from chalicelib.domain.access_change import AccessChange, AccessChangeState
from chalicelib.domain.departure import DepartureState, OpenWorkKind
from chalicelib.domain.deputy import Deputy
from chalicelib.services.people.change_access import confirm_change, refuse_change, withdraw_change
from chalicelib.services.people.leave_post import start_departure
from chalicelib.services.people.name_deputy import end_deputy, name_deputy
from chalicelib.services.people.open_work import open_work
from chalicelib.services.people.renew_certificate import renew_certificate
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.people import BASE, PersonAnswer, shown_person
from chalicelib.web.api.shapes import Body, Listed, ListQuery, Shown, listed
from chalicelib.web.console.departures import read_leaving
from chalicelib.web.console.deputies import DEPUTY
from chalicelib.web.console.people import PERSON
from chalicelib.web.console.people_changes import CHANGE
from chalicelib.web.cursors import open_cursor
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)


class AccessChangeAnswer(Shown):
    """A change that waits for a second administrator, or was decided. `values` and `before`: fields of the person."""

    id: str
    kind: str
    person_id: str
    values: dict[str, Any]
    before: dict[str, Any]
    requested_by: str
    requested_at: datetime
    expires_at: datetime | None
    state: AccessChangeState
    decided_by: str | None
    decided_at: datetime | None
    reason: str
    version: int


class DeputyAnswer(Shown):
    """An appointment; `from_on` and `to_on` are both included."""

    id: str
    principal_id: str
    deputy_id: str
    from_on: date
    to_on: date
    permissions: list[str]
    reason: str
    ended_at: datetime | None
    version: int


class OpenWorkAnswer(Shown):
    id: str
    kind: OpenWorkKind
    title: str
    due_at: datetime | None


class DepartureAnswer(Shown):
    """How a departure stands. `left`: what nobody could take, with the code of the reason."""

    id: str
    person_id: str
    state: DepartureState
    job_id: str | None
    handed: int
    left: dict[str, str]


class RefusalBody(Body):
    reason: str = Field(max_length=500, description="what who asked will read")


class CertificateBody(Body):
    number: str = Field(max_length=30)
    valid_from: date
    valid_to: date


class DeputyBody(Body):
    deputy_id: str = Field(max_length=80)
    from_on: date
    to_on: date
    permissions: list[str] = Field(max_length=50, description="permissions of one's own, such as task.approve")
    reason: str = Field(default="", max_length=200)


class DepartureBody(Body):
    successors: dict[str, str] = Field(description="identifier of the open work → person who takes it")


def shown_change(request: WebRequest, one: AccessChange) -> dict[str, Any]:
    body = one.model_dump(mode="json", include=set(AccessChangeAnswer.model_fields))
    return body | {"state": one.state_at(request.now).value, "version": one.version}


def _deputy(one: Deputy) -> dict[str, Any]:
    body = one.model_dump(mode="json", include=set(DeputyAnswer.model_fields))
    return body | {"permissions": sorted(one.permissions), "version": one.version}


@route(
    blueprint,
    f"{PREFIX}/access-changes",
    permission=Permission.ACCESS_READ,
    query=ListQuery,
    answers=Listed[AccessChangeAnswer],
)
def list_changes(request: WebRequest) -> Answer:
    """Changes that wait for a second administrator, newest first; those that expired are among them."""
    limit = request.asked(ListQuery).limit
    found = request.store.access_changes.in_state(
        request.tenant, is_waiting=True, after=open_cursor(request), limit=limit
    )
    return listed(request, [shown_change(request, one) for one in found.records], found.next)


@route(
    blueprint,
    f"{PREFIX}/access-changes/{{access_change_id}}",
    permission=Permission.ACCESS_READ,
    resource=CHANGE,
    answers=AccessChangeAnswer,
)
def show_change(request: WebRequest, access_change_id: str) -> Answer:
    """One change of access."""
    found = request.store.access_changes.get(request.tenant, access_change_id)
    return json_answer(shown_change(request, found), etag=found.version)


@route(
    blueprint,
    f"{PREFIX}/access-changes/{{access_change_id}}/confirm",
    methods=("POST",),
    permission=Permission.ACCESS_CONFIRM,
    resource=CHANGE,
    answers=AccessChangeAnswer,
)
def post_confirm(request: WebRequest, access_change_id: str) -> Answer:
    """Confirm another administrator's change; it holds at once."""
    done = confirm_change(request.store, request.tenant, request.act(), change_id=access_change_id)
    return json_answer(shown_change(request, done), etag=done.version)


@route(
    blueprint,
    f"{PREFIX}/access-changes/{{access_change_id}}/refuse",
    methods=("POST",),
    permission=Permission.ACCESS_CONFIRM,
    resource=CHANGE,
    body=RefusalBody,
    answers=AccessChangeAnswer,
    sample_body={"reason": "example"},
)
def post_refuse(request: WebRequest, access_change_id: str) -> Answer:
    """Refuse another administrator's change, with the reason."""
    reason = request.model(RefusalBody).reason
    done = refuse_change(request.store, request.tenant, request.act(), change_id=access_change_id, reason=reason)
    return json_answer(shown_change(request, done), etag=done.version)


@route(
    blueprint,
    f"{PREFIX}/access-changes/{{access_change_id}}/withdraw",
    methods=("POST",),
    permission=Permission.PEOPLE_MANAGE,
    resource=CHANGE,
    answers=AccessChangeAnswer,
)
def post_withdraw(request: WebRequest, access_change_id: str) -> Answer:
    """Take back a change that one asked for and nobody has confirmed."""
    done = withdraw_change(request.store, request.tenant, request.act(), change_id=access_change_id)
    return json_answer(shown_change(request, done), etag=done.version)


@route(
    blueprint,
    f"{BASE}/{{person_id}}/certificates",
    methods=("POST",),
    permission=Permission.PEOPLE_MANAGE,
    resource=PERSON,
    body=CertificateBody,
    answers=PersonAnswer,
    sample_body={"number": "450001", "valid_from": "2026-11-01", "valid_to": "2036-11-01"},
)
def post_certificate(request: WebRequest, person_id: str) -> Answer:
    """Enter a renewed certificate; the earlier ones stay as history."""
    body = request.model(CertificateBody)
    renewed = renew_certificate(request.store, request.tenant, request.act(), person_id=person_id, **body.model_dump())
    return json_answer(shown_person(request, renewed), etag=renewed.version)


@route(blueprint, f"{PREFIX}/own/deputies", permission=Permission.HOME_READ, answers=Listed[DeputyAnswer])
def list_deputies(request: WebRequest) -> Answer:
    """Whom the caller named, and for whom the caller was named."""
    store, tenant, me = request.store, request.tenant, request.actor.person_id
    found = [*store.deputies.of_principal(tenant, me), *store.deputies.of_deputy(tenant, me)]
    return listed(request, [_deputy(one) for one in found])


@route(
    blueprint,
    f"{PREFIX}/own/deputies",
    methods=("POST",),
    permission=Permission.DEPUTY_NAME,
    body=DeputyBody,
    answers={201: DeputyAnswer},
    sample_body={"deputy_id": "nobody", "from_on": "2026-11-23", "to_on": "2026-11-30", "permissions": ["x"]},
)
def post_deputy(request: WebRequest) -> Answer:
    """Name a deputy for a period. A deputy's calls carry `X-Acting-For` with the appointment's identifier."""
    body = request.model(DeputyBody)
    named = name_deputy(request.store, request.tenant, request.act(), **body.model_dump())
    return json_answer(_deputy(named), 201, etag=named.version)


@route(
    blueprint,
    f"{PREFIX}/deputies/{{deputy_id}}/end",
    methods=("POST",),
    permission=Permission.HOME_READ,
    resource=DEPUTY,
    answers=DeputyAnswer,
)
def post_end(request: WebRequest, deputy_id: str) -> Answer:
    """End an appointment at once; either of the two may."""
    ended = end_deputy(request.store, request.tenant, request.act(), appointment_id=deputy_id)
    return json_answer(_deputy(ended), etag=ended.version)


@route(
    blueprint,
    f"{BASE}/{{person_id}}/open-work",
    permission=Permission.DEPARTURE_MAKE,
    resource=PERSON,
    answers=Listed[OpenWorkAnswer],
)
def list_open_work(request: WebRequest, person_id: str) -> Answer:
    """Everything open of somebody who leaves."""
    read_leaving(request, person_id)
    found = open_work(request.store, request.tenant, person_id)
    fields = set(OpenWorkAnswer.model_fields)
    return listed(request, [one.model_dump(mode="json", include=fields) for one in found])


@route(
    blueprint,
    f"{BASE}/{{person_id}}/departure",
    methods=("POST",),
    permission=Permission.DEPARTURE_MAKE,
    resource=PERSON,
    body=DepartureBody,
    answers=DepartureAnswer,
    sample_body={"successors": {}},
)
def post_departure(request: WebRequest, person_id: str) -> Answer:
    """Hand everything open to successors, then close the login. With much open, `job_id` names the job at work."""
    body = request.model(DepartureBody)
    done = start_departure(
        request.store, request.tenant, request.act(), person_id=person_id, successors=body.successors
    )
    return json_answer(done.model_dump(mode="json", include=set(DepartureAnswer.model_fields)), etag=done.version)
