"""Official working-day calendars over the API, for the platform's operators: propose a year, compare, publish."""

from datetime import date, datetime
from typing import Any

from chalice import Blueprint
from pydantic import Field

from chalicelib.domain.access import Permission
from chalicelib.domain.official_calendar import CalendarProposal
from chalicelib.services.tenancy.publish_calendar import propose_calendar, settle_calendar
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Body, Listed, Shown, listed
from chalicelib.web.console.calendars import PROPOSAL
from chalicelib.web.console.tenants import on_platform
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/calendars"


class CalendarAnswer(Shown):
    """One operator's proposal of a year, and what became of it. holidays, make_up_days: day → name of the feast."""

    id: str
    year: int
    number: int
    holidays: dict[str, str]
    make_up_days: dict[str, str]
    source: str
    link: str
    published_on: date
    proposed_by: str
    proposed_at: datetime
    confirmed_by: str | None
    refused_by: str | None
    version: int


class CalendarBody(Body):
    """A year's notice of the State Council: its days off and its make-up days."""

    year: int = Field(ge=2000, le=2100)
    holidays: dict[date, str] = Field(max_length=120)
    make_up_days: dict[date, str] = Field(default_factory=dict, max_length=60)
    source: str = Field(max_length=200, description="title and number of the notice")
    link: str = Field(default="", max_length=400, description="https address of the notice")
    published_on: date


class SettlingBody(Body):
    is_confirmed: bool = Field(description="true: it is in force from now on; false: it goes back")


SAMPLE: dict[str, Any] = {
    "year": 2027,
    "holidays": {f"2027-01-{day:02d}": "New Year" for day in range(1, 4)},
    "make_up_days": {},
    "source": "Example notice",
    "published_on": "2026-11-01",
}


def _shown(one: CalendarProposal) -> dict[str, Any]:
    return one.model_dump(mode="json", include=set(CalendarAnswer.model_fields)) | {"version": one.version}


@route(blueprint, BASE, permission=Permission.TENANT_ONBOARD, answers=Listed[CalendarAnswer])
def list_proposals(request: WebRequest) -> Answer:
    """Every proposal, newest last."""
    on_platform(request)
    return listed(request, [_shown(one) for one in request.store.calendar_proposals.every(request.tenant)])


@route(
    blueprint,
    BASE,
    methods=("POST",),
    permission=Permission.TENANT_ONBOARD,
    body=CalendarBody,
    answers={201: CalendarAnswer},
    sample_body=SAMPLE,
)
def propose(request: WebRequest) -> Answer:
    """Propose a year. It counts once another operator has compared it with the notice."""
    on_platform(request)
    body = request.model(CalendarBody)
    made = propose_calendar(request.store, request.tenant, request.act(), **dict(body))
    answer = json_answer(_shown(made), 201, etag=made.version)
    answer.headers["Location"] = f"{BASE}/{made.id}"
    return answer


@route(
    blueprint,
    f"{BASE}/{{proposal_id}}",
    permission=Permission.TENANT_ONBOARD,
    resource=PROPOSAL,
    answers=CalendarAnswer,
)
def get_proposal(request: WebRequest, proposal_id: str) -> Answer:
    """One proposal, day by day."""
    found = request.store.calendar_proposals.get(request.tenant, proposal_id)
    return json_answer(_shown(found), etag=found.version)


@route(
    blueprint,
    f"{BASE}/{{proposal_id}}/settle",
    methods=("POST",),
    permission=Permission.TENANT_ONBOARD,
    resource=PROPOSAL,
    body=SettlingBody,
    answers=CalendarAnswer,
    sample_body={"is_confirmed": True},
)
def settle(request: WebRequest, proposal_id: str) -> Answer:
    """Publish or return it: never by who proposed it."""
    on_platform(request)
    asked = request.model(SettlingBody)
    settled = settle_calendar(
        request.store, request.tenant, request.act(), proposal_id=proposal_id, is_confirmed=asked.is_confirmed
    )
    return json_answer(_shown(settled), etag=settled.version)
