"""Results for programs: lists, confirmation by each acting body, publication, withdrawal."""

from typing import Any

from chalice import Blueprint
from pydantic import BaseModel, ConfigDict

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.inspection_result import InspectionResult
from chalicelib.services.result.publish_result import confirm_result, publish_result, withdraw_result
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.console.results import RESULT, STATES, read_result
from chalicelib.web.cursors import open_cursor, seal_cursor
from chalicelib.web.fields import invalid
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/results"
ONE = f"{BASE}/{{result_id}}"


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid")


class ConfirmationBody(_Body):
    acting_body_id: str


class WithdrawalBody(_Body):
    reason: str


@route(blueprint, BASE, permission=Permission.RESULT_READ)
def list_results(request: WebRequest) -> Answer:
    """Of a plan (`plan_id`, in ticket order), or of a state (`state`, by deadline)."""
    plan_id, state = request.query.text("plan_id"), request.query.text("state", STATES[0])
    if state not in STATES:
        raise invalid("state", "unknown_choice")
    results, after = request.store.results, open_cursor(request)
    found = (
        results.page_of_plan(request.tenant, plan_id, after=after)
        if plan_id
        else results.in_state(request.tenant, state, after=after)
    )
    shown = [one for one in found.records if allowed(request.actor, Permission.RESULT_READ, one.resource)]
    return json_answer({"results": shown, "cursor": seal_cursor(request, found.next)})


@route(blueprint, ONE, permission=Permission.RESULT_READ, resource=RESULT)
def show_result(request: WebRequest, result_id: str) -> Answer:
    return _result(read_result(request, result_id))


@route(
    blueprint,
    f"{ONE}/confirmation",
    permission=Permission.RESULT_CONFIRM,
    methods=("POST",),
    resource=RESULT,
    sample_body={"acting_body_id": "body"},
)
def confirm(request: WebRequest, result_id: str) -> Answer:
    body = request.model(ConfirmationBody)
    return _result(confirm_result(*_call(request), visit_id=result_id, acting_body_id=body.acting_body_id))


@route(blueprint, f"{ONE}/publication", permission=Permission.RESULT_PUBLISH, methods=("POST",), resource=RESULT)
def publish(request: WebRequest, result_id: str) -> Answer:
    return _result(publish_result(*_call(request), visit_id=result_id))


@route(
    blueprint,
    f"{ONE}/withdrawal",
    permission=Permission.RESULT_PUBLISH,
    methods=("POST",),
    resource=RESULT,
    sample_body={"reason": "wrong name"},
)
def withdraw(request: WebRequest, result_id: str) -> Answer:
    body = request.model(WithdrawalBody)
    return _result(withdraw_result(*_call(request), visit_id=result_id, reason=body.reason))


def _call(request: WebRequest) -> tuple[Any, str, Any]:
    return request.store, request.tenant, request.act()


def _result(result: InspectionResult) -> Answer:
    return json_answer(result, etag=result.version)
