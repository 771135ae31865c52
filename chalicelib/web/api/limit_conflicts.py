"""Limits of departments that differ on one question, for programs: the list, each settled, handed up or decided."""

from typing import Any

from chalice import Blueprint
from pydantic import Field

from chalicelib.domain.access import Permission
from chalicelib.domain.limit_conflict import ConflictState, LimitConflict, LimitDecision
from chalicelib.services.scenario.limit_conflicts import decide_conflict, settle_conflict
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Body, Listed, Query, listed
from chalicelib.web.console.limit_conflicts import conflicts_of
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/limit-conflicts"
ONE = f"{BASE}/{{question_key}}"
SAMPLE: dict[str, Any] = {"sample": {"question_key": "dispenser_error"}}
P = Permission


class ConflictQuery(Query):
    state: ConflictState | None = None


class ConflictAnswer(LimitConflict):
    """version: 0 of a conflict that nobody has recorded yet; fingerprint: of the limits, to be named by who settles."""

    version: int = Field(ge=0)
    fingerprint_now: str


class SettlementBody(Body):
    """basis: `<scenario>:<item>:<basis>` of what prevails; seen: `fingerprint_now` of the limits looked at."""

    decision: LimitDecision
    reason: str = Field(max_length=500)
    basis: str = Field(default="", max_length=200)
    seen: str = Field(default="", max_length=64)


def _told(record: LimitConflict) -> dict[str, Any]:
    return record.model_dump(mode="json") | {"version": record.version, "fingerprint_now": record.fingerprint}


@route(blueprint, BASE, permission=P.SCENARIO_READ, query=ConflictQuery, answers=Listed[ConflictAnswer])
def list_conflicts(request: WebRequest) -> Answer:
    """Every one, with the limits as they are now and each settlement; `mended` ones agree by now."""
    asked = request.asked(ConflictQuery)
    standing, past = conflicts_of(request)
    records = [*(one.record for one in standing), *past]
    return listed(request, [_told(one) for one in records if asked.state in (None, one.state)])


@route(
    blueprint,
    f"{ONE}/settlement",
    methods=("POST",),
    permission=P.LIMIT_SETTLE,
    body=SettlementBody,
    answers=ConflictAnswer,
    sample_body={"decision": "escalated", "reason": "两家意见不一"},
    **SAMPLE,
)
def post_settlement(request: WebRequest, question_key: str) -> Answer:
    """The legal reviewer settles it, or hands it up to the judicial-administration department."""
    values = request.model(SettlementBody).model_dump()
    settled = settle_conflict(request.store, request.tenant, request.act(), question_key=question_key, **values)
    return json_answer(_told(settled), etag=settled.version)


@route(
    blueprint,
    f"{ONE}/decision",
    methods=("POST",),
    permission=P.LIMIT_DECIDE,
    body=SettlementBody,
    answers=ConflictAnswer,
    sample_body={"decision": "stricter_holds", "reason": "从严"},
    **SAMPLE,
)
def post_decision(request: WebRequest, question_key: str) -> Answer:
    """The judicial-administration department decides what was handed up."""
    values = request.model(SettlementBody).model_dump()
    decided = decide_conflict(request.store, request.tenant, request.act(), question_key=question_key, **values)
    return json_answer(_told(decided), etag=decided.version)
