"""Patrols over the API: the newest, what is due, a subject's list, one of them, and recording one."""

from datetime import date, datetime
from typing import Any

from chalice import Blueprint
from pydantic import AwareDatetime, Field

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.patrol import Patrol, ToldDepartment
from chalicelib.services.patrol.record_patrol import record_patrol
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Body, Listed, ListQuery, Shown, listed
from chalicelib.web.api.uploads import FORM_OR_JSON
from chalicelib.web.console.patrols import PATROL, read_patrol
from chalicelib.web.cursors import open_cursor
from chalicelib.web.patrol_round_view import read_rounds
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.subject_view import SUBJECT, read_subject

blueprint = Blueprint(__name__)

_BASE = f"{PREFIX}/subjects/{{subject_id}}/patrols"


class PatrolAnswer(Shown):
    """A patrol: no inspection, and counted as none. told: departments (codes) with what they are told of, urgent ones
    first. patrolled_at: when somebody was there; noted_at: when `patrolled_by` typed it."""

    id: str
    version: int
    subject_id: str
    subject_name: str
    division: str
    scenario: str
    scenario_version: str
    overlay_number: int
    observation_ids: list[str]
    told: list[ToldDepartment]
    note: str
    photos: list[str]
    patrolled_by: str
    patrolled_at: datetime
    noted_at: datetime | None


class PatrolBody(Body):
    """observation_ids: of the scenario's patrol rules; empty when nothing stood out. patrolled_at: when it was, now
    without one; not to come, and no further back than the rules' `late_entry_days`. Photos: parts `photos` of a
    form."""

    scenario: str = Field(min_length=1, max_length=60)
    observation_ids: list[str] = Field(default_factory=list, max_length=100)
    note: str = Field(default="", max_length=1000)
    patrolled_at: AwareDatetime | None = None


class RoundQuery(ListQuery):
    """scenario: one with patrols, the first without it; division: a county, township or village."""

    scenario: str = Field(default="", max_length=64)
    division: str = Field(default="", max_length=12)


class RoundAnswer(Shown):
    """A subject that is due for a patrol. due_on: none where it was never patrolled."""

    subject_id: str
    name: str
    address: str
    division: str
    scenario: str
    patrolled_on: date | None
    due_on: date | None
    days_late: int


def _shown(one: Patrol) -> dict[str, Any]:
    return one.model_dump(mode="json") | {"version": one.version}


@route(
    blueprint,
    _BASE,
    permission=Permission.PATROL_READ,
    resource=SUBJECT,
    query=ListQuery,
    answers=Listed[PatrolAnswer],
)
def list_subject_patrols(request: WebRequest, subject_id: str) -> Answer:
    """Newest first. Of what was merged into the subject they stay under the other identifier."""
    subject = read_subject(request, subject_id, Permission.PATROL_READ)
    asked = request.asked(ListQuery)
    found = request.store.patrols.of_subject(request.tenant, subject.id, after=open_cursor(request), limit=asked.limit)
    mine = [_shown(one) for one in found.records if allowed(request.actor, Permission.PATROL_READ, one.resource)]
    return listed(request, mine, found.next)


@route(
    blueprint,
    _BASE,
    methods=("POST",),
    permission=Permission.PATROL_RECORD,
    resource=SUBJECT,
    body=PatrolBody,
    answers={201: PatrolAnswer},
    sample_body={"scenario": "self_built_housing"},
    content_types=FORM_OR_JSON,
)
def post_subject_patrol(request: WebRequest, subject_id: str) -> Answer:
    """Record a patrol; the officers of the departments that are told get a notice. No inspection begins."""
    body = request.model(PatrolBody)
    patrol = record_patrol(
        request.store,
        request.tenant,
        request.act(),
        subject_id=subject_id,
        scenario=body.scenario,
        observation_ids=body.observation_ids,
        note=body.note,
        patrolled_at=body.patrolled_at,
        photos=[one.content for one in request.files.get("photos", []) if one.content],
    )
    return json_answer(_shown(patrol), 201, etag=patrol.version)


@route(blueprint, f"{PREFIX}/patrols", permission=Permission.PATROL_READ, query=ListQuery, answers=Listed[PatrolAnswer])
def list_patrols(request: WebRequest) -> Answer:
    """The newest of the tenant, or of the caller's county."""
    limit = request.asked(ListQuery).limit
    found = request.store.patrols.recent(
        request.tenant, request.actor.division, after=open_cursor(request), limit=limit
    )
    mine = [_shown(one) for one in found.records if allowed(request.actor, Permission.PATROL_READ, one.resource)]
    return listed(request, mine, found.next)


@route(
    blueprint,
    f"{PREFIX}/patrols/{{patrol_id}}",
    permission=Permission.PATROL_READ,
    resource=PATROL,
    answers=PatrolAnswer,
)
def show_patrol(request: WebRequest, patrol_id: str) -> Answer:
    """One patrol."""
    patrol = read_patrol(request, patrol_id)
    return json_answer(_shown(patrol), etag=patrol.version)


@route(
    blueprint,
    f"{PREFIX}/patrols/due",
    permission=Permission.PATROL_READ,
    query=RoundQuery,
    answers=Listed[RoundAnswer],
)
def list_due_patrols(request: WebRequest) -> Answer:
    """What is overdue or due by the end of this week in one county, the longest unpatrolled first; the first county
    within reach without a `division`."""
    found = read_rounds(request, request.asked(RoundQuery).limit)
    shown = [
        {
            "subject_id": one.member.subject_id,
            "name": one.member.name,
            "address": one.member.address,
            "division": one.member.division,
            "scenario": one.member.scenario,
            "patrolled_on": one.member.patrolled_on.isoformat() if one.member.patrolled_on else None,
            "due_on": one.due_on.isoformat() if one.due_on else None,
            "days_late": one.days_late,
        }
        for one in found.page.rounds
    ]
    return listed(request, shown, found.page.next)
