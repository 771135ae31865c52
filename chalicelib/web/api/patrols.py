"""Patrols of a subject over the API: list and record. Photos go with the page's form."""

from datetime import datetime
from typing import Any

from chalice import Blueprint
from pydantic import Field

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.patrol import Patrol, ToldDepartment
from chalicelib.services.patrol.record_patrol import record_patrol
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Body, Listed, ListQuery, Shown, listed
from chalicelib.web.cursors import open_cursor
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.subject_view import SUBJECT, read_subject

blueprint = Blueprint(__name__)

_BASE = f"{PREFIX}/subjects/{{subject_id}}/patrols"


class PatrolAnswer(Shown):
    """A patrol: no inspection, and counted as none. told: departments (codes) with what they are told of, urgent ones
    first."""

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


class PatrolBody(Body):
    """observation_ids: of the scenario's patrol rules; empty when nothing stood out."""

    scenario: str = Field(min_length=1, max_length=60)
    observation_ids: list[str] = Field(default_factory=list, max_length=100)
    note: str = Field(default="", max_length=1000)


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
    )
    return json_answer(_shown(patrol), 201, etag=patrol.version)
