"""Results of inspections: what waits for confirmation or publication, and one result with each acting body's part."""

from collections.abc import Mapping
from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed, require
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.inspection_result import InspectionResult, ResultBody
from chalicelib.domain.item import Compliance
from chalicelib.domain.loop import machine
from chalicelib.domain.public_result import public_result_of
from chalicelib.services.result.publish_result import confirm_result, publish_result, withdraw_result
from chalicelib.services.visit.deadlines import working_days_left
from chalicelib.web import messages
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.body_words import body_name
from chalicelib.web.cursors import CURSOR, open_cursor, seal_cursor
from chalicelib.web.fields import invalid
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.joint_words import result_words, scenario_words
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route

blueprint = Blueprint(__name__)

BASE = "/console/results"
ONE = BASE + "/{result_id}"
RESULT = ("inspection_result", "result_id")
STATES = ("prepared", "confirmed", "published", "withdrawn")
TONES = {"prepared": "orange", "confirmed": "blue", "published": "green", "withdrawn": ""}
_STATE_WORDS = (mark("待各部门确认"), mark("已确认，待公示"), mark("已公示"), mark("已撤下"))
"""The labels of data/loop.json, named so that the catalogue holds their English."""


def state_chip(state: str) -> tuple[str, str]:
    """(words, tone) of a result's state."""
    return gettext(machine("result").state(state).label), TONES[state]


def read_result(
    request: WebRequest, result_id: str, permission: Permission = Permission.RESULT_READ
) -> InspectionResult:
    """The result, for who takes part in it. Raises RecordNotFoundError, NotAllowedError."""
    result: InspectionResult = request.store.results.get(request.tenant, result_id)
    require(request.actor, permission, result.resource)
    return result


def _row(request: WebRequest, result: InspectionResult) -> dict[str, Any]:
    return {
        "result": result,
        "state": state_chip(result.state),
        "has_clock": machine("result").state(result.state).deadline_rule is not None,
        "days_left": working_days_left(request.now, result.due_at),
        "confirmed": sum(body.confirmed_at is not None for body in result.bodies),
        "non_compliant": result.counted(Compliance.NON_COMPLIANT),
        "open": sum(not finding.is_rectified for finding in result.findings),
    }


@route(
    blueprint,
    BASE,
    permission=Permission.RESULT_READ,
    nav=Nav(group=mark("部门处置"), label=mark("检查结果"), order=62, icon="report"),
)
def list_results(request: WebRequest) -> Answer:
    """One query: a state's results, the most urgent first; an acting body sees those in which it takes part."""
    state = request.query.text("state", STATES[0])
    if state not in STATES:
        raise invalid("state", "unknown_choice")
    found = request.store.results.in_state(request.tenant, state, after=open_cursor(request))
    shown = [one for one in found.records if allowed(request.actor, Permission.RESULT_READ, one.resource)]
    base = f"{BASE}?state={state}"
    cursor = seal_cursor(request, found.next)
    return page(
        request,
        "pages/results/list.html",
        rows=[_row(request, one) for one in shown],
        state=state,
        filters=[{"label": state_chip(one)[0], "url": f"{BASE}?state={one}", "active": one == state} for one in STATES],
        next_url=f"{base}&{CURSOR}={cursor}" if cursor else "",
        first_url=base if request.query.text(CURSOR) else "",
    )


@route(
    blueprint,
    "/console/plans/{plan_id}/results",
    permission=Permission.RESULT_READ,
    resource=("inspection_plan", "plan_id"),
)
def list_plan_results(request: WebRequest, plan_id: str) -> Answer:
    """The plan and one page of its results, in ticket order."""
    plan = request.store.plans.get(request.tenant, plan_id)
    require(request.actor, Permission.RESULT_READ, plan.resource)
    found = request.store.results.page_of_plan(request.tenant, plan_id, after=open_cursor(request))
    shown = [one for one in found.records if allowed(request.actor, Permission.RESULT_READ, one.resource)]
    base = f"/console/plans/{plan_id}/results"
    cursor = seal_cursor(request, found.next)
    return page(
        request,
        "pages/results/of_plan.html",
        plan=plan,
        rows=[_row(request, one) for one in shown],
        waiting=sum(one.state in ("prepared", "confirmed") for one in shown),
        next_url=f"{base}?{CURSOR}={cursor}" if cursor else "",
        first_url=base if request.query.text(CURSOR) else "",
    )


@route(blueprint, ONE, permission=Permission.RESULT_READ, resource=RESULT)
def show_result(request: WebRequest, result_id: str) -> Answer:
    """The result with each acting body's part, and exactly what the public will see, or sees."""
    result = read_result(request, result_id)
    published = None
    if result.state == "published":
        published = request.store.public_results.find(request.tenant, result_id)
    return page(
        request,
        "pages/results/show.html",
        url=f"{BASE}/{result_id}",
        row=_row(request, result),
        result=result,
        bodies=[_body(request, result, body) for body in result.bodies],
        preview=published or public_result_of(result, request.now),
        is_public=published is not None,
        public_url=f"/p/{request.tenant}/subjects/{result.subject.subject_id}?result={result_id}",
        scenario_label=result_words(result),
        serves={name: scenario_words([name]) for name in result.scenarios} if result.also_serves else {},
        may_publish=result.state == "confirmed" and allowed(request.actor, Permission.RESULT_PUBLISH, result.resource),
        may_withdraw=result.state == "published" and allowed(request.actor, Permission.RESULT_PUBLISH, result.resource),
        may_evaluate=allowed(request.actor, Permission.EVALUATION_READ),
        mine=next((b for b in result.bodies if b.confirmed_at is None and _may_confirm(request, result, b)), None),
        waiting=[body_name(body) for body in result.bodies if body.confirmed_at is None],
    )


def _may_confirm(request: WebRequest, result: InspectionResult, body: ResultBody) -> bool:
    own = result.resource.model_copy(update={"departments": frozenset({body.acting_body_id})})
    return result.state == "prepared" and allowed(request.actor, Permission.RESULT_CONFIRM, own)


def _body(request: WebRequest, result: InspectionResult, body: ResultBody) -> dict[str, Any]:
    counts: Mapping[str, int] = {outcome.value: body.counts.get(outcome, 0) for outcome in Compliance}
    return {
        "body": body,
        "counts": counts,
        "findings": [one for one in result.findings if one.acting_body_id == body.acting_body_id],
    }


@route(
    blueprint,
    ONE + "/confirm",
    permission=Permission.RESULT_CONFIRM,
    methods=["POST"],
    resource=RESULT,
    sample_body={"acting_body_id": "body"},
)
def confirm(request: WebRequest, result_id: str) -> Answer:
    read_result(request, result_id)
    result = confirm_result(
        request.store,
        request.tenant,
        request.act(),
        visit_id=result_id,
        acting_body_id=request.form.required("acting_body_id"),
    )
    done = mark("已确认。各部门都确认了，可以公示。") if result.state == "confirmed" else mark("本部门结果已确认。")
    return see_other(f"{BASE}/{result_id}", gettext(done))


@route(blueprint, ONE + "/publish", permission=Permission.RESULT_PUBLISH, methods=["POST"], resource=RESULT)
def publish(request: WebRequest, result_id: str) -> Answer:
    read_result(request, result_id)
    publish_result(request.store, request.tenant, request.act(), visit_id=result_id)
    return see_other(f"{BASE}/{result_id}", gettext("已公示，评价随后更新。"))


@route(blueprint, ONE + "/withdraw", permission=Permission.RESULT_PUBLISH, resource=RESULT)
def ask_to_withdraw(request: WebRequest, result_id: str) -> Answer:
    """The question as a page."""
    return _withdraw_form(request, read_result(request, result_id, Permission.RESULT_PUBLISH))


def _withdraw_form(request: WebRequest, result: InspectionResult, problems: list[FieldProblem] | None = None) -> Answer:
    words = messages.form_problems(InvalidInputError(problems), {"reason": gettext("理由")}) if problems else []
    return page(
        request,
        "pages/results/withdraw.html",
        422 if problems else 200,
        result=result,
        url=f"{BASE}/{result.id}",
        problems=words,
        reason=request.form.text("reason") if problems else "",
    )


@route(
    blueprint,
    ONE + "/withdraw",
    permission=Permission.RESULT_PUBLISH,
    methods=["POST"],
    resource=RESULT,
    sample_body={"reason": "wrong name"},
)
def withdraw(request: WebRequest, result_id: str) -> Answer:
    result = read_result(request, result_id)
    try:
        withdraw_result(
            request.store, request.tenant, request.act(), visit_id=result_id, reason=request.form.text("reason")
        )
    except InvalidInputError as error:
        return _withdraw_form(request, result, error.problems)
    return see_other(f"{BASE}/{result_id}", gettext("已撤下，公众看不到了；理由留在记录里。"), "orange")
