"""Results for programs: lists, confirmation by each acting body, publication, withdrawal."""

from chalice import Blueprint
from pydantic import Field

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.inspection_result import InspectionResult
from chalicelib.services.result.publish_result import confirm_result, publish_result, withdraw_result
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Body, Listed, ListQuery, call_of, listed
from chalicelib.web.console.results import RESULT, STATES, read_result
from chalicelib.web.cursors import open_cursor
from chalicelib.web.fields import invalid
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Match, route

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/results"
ONE = f"{BASE}/{{result_id}}"


class ConfirmationBody(Body):
    acting_body_id: str = Field(max_length=80)


class WithdrawalBody(Body):
    reason: str = Field(max_length=2000)


class ResultQuery(ListQuery):
    """plan_id: of one plan, in ticket order; else of one state, by deadline."""

    plan_id: str = Field(default="", pattern=r"^[A-Za-z0-9_.:-]{0,80}$")
    state: str = Field(default=STATES[0], json_schema_extra={"enum": list(STATES)})


@route(blueprint, BASE, permission=Permission.RESULT_READ, query=ResultQuery, answers=Listed[InspectionResult])
def list_results(request: WebRequest) -> Answer:
    """Results of a plan, in ticket order; or of a state, by deadline."""
    asked = request.asked(ResultQuery)
    plan_id, state, limit = asked.plan_id, asked.state, asked.limit
    if state not in STATES:
        raise invalid("state", "unknown_choice")
    results, after = request.store.results, open_cursor(request)
    found = (
        results.page_of_plan(request.tenant, plan_id, after=after, limit=limit)
        if plan_id
        else results.in_state(request.tenant, state, after=after, limit=limit)
    )
    shown = [one for one in found.records if allowed(request.actor, Permission.RESULT_READ, one.resource)]
    return listed(request, shown, found.next)


@route(blueprint, ONE, permission=Permission.RESULT_READ, resource=RESULT, answers=InspectionResult)
def show_result(request: WebRequest, result_id: str) -> Answer:
    """One result with the parts that each acting body confirms."""
    return _result(read_result(request, result_id))


@route(
    blueprint,
    f"{ONE}/confirmation",
    permission=Permission.RESULT_CONFIRM,
    methods=("POST",),
    resource=RESULT,
    body=ConfirmationBody,
    answers=InspectionResult,
    match=Match.OPTIONAL,
    sample_body={"acting_body_id": "body"},
)
def confirm(request: WebRequest, result_id: str) -> Answer:
    """Confirm an acting body's part of a result."""
    body = request.model(ConfirmationBody)
    return _result(confirm_result(*call_of(request), visit_id=result_id, acting_body_id=body.acting_body_id))


@route(
    blueprint,
    f"{ONE}/publication",
    permission=Permission.RESULT_PUBLISH,
    methods=("POST",),
    resource=RESULT,
    answers=InspectionResult,
    match=Match.OPTIONAL,
)
def publish(request: WebRequest, result_id: str) -> Answer:
    """Publish a confirmed result."""
    return _result(publish_result(*call_of(request), visit_id=result_id))


@route(
    blueprint,
    f"{ONE}/withdrawal",
    permission=Permission.RESULT_PUBLISH,
    methods=("POST",),
    resource=RESULT,
    body=WithdrawalBody,
    answers=InspectionResult,
    match=Match.OPTIONAL,
    sample_body={"reason": "wrong name"},
)
def withdraw(request: WebRequest, result_id: str) -> Answer:
    """Withdraw a published result, with the reason."""
    body = request.model(WithdrawalBody)
    return _result(withdraw_result(*call_of(request), visit_id=result_id, reason=body.reason))


def _result(result: InspectionResult) -> Answer:
    return json_answer(result, etag=result.version)
