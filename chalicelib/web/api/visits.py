"""Visits for programs: the same steps as the pages, by the same services."""

from datetime import date, datetime

from chalice import Blueprint
from pydantic import Field

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.visit import Visit
from chalicelib.domain.visit_member import VisitMember
from chalicelib.services.visit.cancel_visit import cancel_visit
from chalicelib.services.visit.preflight import BodyPreflight, check_preflight
from chalicelib.services.visit.start_visit import start_visit
from chalicelib.services.visit.submit_visit import return_visit, submit_visit
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Body, Listed, ListQuery, Shown, call_of, listed
from chalicelib.web.cursors import open_cursor
from chalicelib.web.field.visits import VISIT, read_visit
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Match, route

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/visits"
ONE = f"{BASE}/{{visit_id}}"


class StartBody(Body):
    certificates_shown: bool
    early_reason: str = Field(default="", max_length=500, description="needed before the visit's day, and recorded")


class ReasonBody(Body):
    reason: str = Field(min_length=1, max_length=2000)


class VisitQuery(ListQuery):
    plan_id: str = Field(default="", pattern=r"^[A-Za-z0-9_.:-]{0,80}$")


class OwnVisit(Shown):
    """A visit as it stands in the caller's own list. id and visit_id: the visit's; person_id: the caller's."""

    id: str
    visit_id: str
    person_id: str
    plan_id: str
    subject_name: str
    address: str
    scheduled_on: date
    scheduled_at: str
    starts_at: datetime
    body_labels: list[str]
    officers: int
    state: str

    @classmethod
    def of(cls, member: VisitMember) -> "OwnVisit":
        held = member.model_dump(include=set(cls.model_fields) - {"id", "person_id"})
        return cls(**held, id=member.visit_id, person_id=member.id)


class PreflightAnswer(Shown):
    """Every acting body's part on one day."""

    on: date
    bodies: list[BodyPreflight]
    is_passed: bool


@route(
    blueprint,
    BASE,
    permission=Permission.VISIT_READ,
    query=VisitQuery,
    answers=Listed[Visit] | Listed[OwnVisit],
)
def list_visits(request: WebRequest) -> Answer:
    """Visits of a plan (`plan_id`), a page at a time; without one, the caller's own open visits."""
    asked = request.asked(VisitQuery)
    plan_id = asked.plan_id
    if not plan_id:
        work = request.store.visit_members.work_of(request.tenant, request.actor.person_id)
        return listed(request, [OwnVisit.of(one) for one in work])
    found = request.store.visits.page_of_plan(request.tenant, plan_id, after=open_cursor(request), limit=asked.limit)
    seen = [one for one in found.records if allowed(request.actor, Permission.VISIT_READ, one.resource)]
    return listed(request, seen, found.next)


@route(blueprint, ONE, permission=Permission.VISIT_READ, resource=VISIT, answers=Visit)
def show_visit(request: WebRequest, visit_id: str) -> Answer:
    """One visit with its team and acting bodies."""
    return _visit(read_visit(request, visit_id))


@route(blueprint, f"{ONE}/preflight", permission=Permission.VISIT_CONDUCT, resource=VISIT, answers=PreflightAnswer)
def show_preflight(request: WebRequest, visit_id: str) -> Answer:
    """Whether the visit may begin today: approvals and certificates of every acting body."""
    visit = read_visit(request, visit_id, Permission.VISIT_CONDUCT)
    preflight = check_preflight(request.store, request.tenant, visit, request.now)
    return json_answer({**preflight.model_dump(mode="json"), "is_passed": preflight.is_passed})


@route(
    blueprint,
    f"{ONE}/start",
    methods=("POST",),
    permission=Permission.VISIT_CONDUCT,
    resource=VISIT,
    body=StartBody,
    answers=Visit,
    match=Match.OPTIONAL,
    sample_body={"certificates_shown": True},
)
def start(request: WebRequest, visit_id: str) -> Answer:
    """Begin a visit, the certificates having been shown."""
    body = request.model(StartBody)
    return _visit(start_visit(*call_of(request), visit_id=visit_id, **body.model_dump()))


@route(
    blueprint,
    f"{ONE}/submit",
    methods=("POST",),
    permission=Permission.VISIT_CONDUCT,
    resource=VISIT,
    answers=Visit,
    match=Match.OPTIONAL,
)
def submit(request: WebRequest, visit_id: str) -> Answer:
    """Submit the record of a visit for the acting bodies' conclusions."""
    return _visit(submit_visit(*call_of(request), visit_id=visit_id))


@route(
    blueprint,
    f"{ONE}/return",
    methods=("POST",),
    permission=Permission.CONCLUSION_MAKE,
    resource=VISIT,
    body=ReasonBody,
    answers=Visit,
    match=Match.OPTIONAL,
    sample_body={"reason": "x"},
)
def send_back(request: WebRequest, visit_id: str) -> Answer:
    """Return a submitted record to the team."""
    return _visit(return_visit(*call_of(request), visit_id=visit_id, reason=request.model(ReasonBody).reason))


@route(
    blueprint,
    f"{ONE}/cancel",
    methods=("POST",),
    permission=Permission.VISIT_SCHEDULE,
    resource=VISIT,
    body=ReasonBody,
    answers=Visit,
    match=Match.OPTIONAL,
    sample_body={"reason": "x"},
)
def cancel(request: WebRequest, visit_id: str) -> Answer:
    """Cancel a visit that has not begun."""
    return _visit(cancel_visit(*call_of(request), visit_id=visit_id, reason=request.model(ReasonBody).reason))


def _visit(visit: Visit) -> Answer:
    return json_answer(visit, etag=visit.version)
