"""Findings by plan and state, and one finding with its rounds and history."""

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.errors import InvalidInputError
from chalicelib.services.finding.end_finding import withdraw_finding
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.console.visits import chosen_plan, rows_read
from chalicelib.web.cursors import CURSOR, open_cursor, seal_cursor
from chalicelib.web.disposition import days_left, finding_chip, state_chip
from chalicelib.web.field.findings import FINDING, find_evidence, finding_page, finding_step, read_finding
from chalicelib.web.fields import invalid
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route

blueprint = Blueprint(__name__)

STATES = ("open", "rectification_submitted", "returned", "reinspected_failed", "reinspected_passed", "closed")


@route(
    blueprint,
    "/console/findings",
    permission=Permission.FINDING_READ,
    nav=Nav(group=mark("部门处置"), label=mark("问题和整改"), order=61, icon="alert-circle"),
)
def list_findings(request: WebRequest) -> Answer:
    """The plans that are being carried out, one page of a plan's findings, and the plan itself if it is another one; an
    officer sees those of its own body."""
    plan, plans = chosen_plan(request)
    state = request.query.text("state")
    if state and state not in STATES:
        raise invalid("state", "unknown_choice")
    rows = rows_read(state)
    found = None
    if plan:
        found = request.store.findings.page_of_plan(request.tenant, plan.id, after=open_cursor(request), limit=rows)
    findings = [
        one
        for one in (found.records if found else [])
        if (not state or one.state == state) and allowed(request.actor, Permission.FINDING_READ, one.resource)
    ]
    base = f"/console/findings?plan={plan.id}" if plan else "/console/findings"
    cursor = seal_cursor(request, found.next if found else None)
    return page(
        request,
        "pages/findings/list.html",
        plans=plans,
        plan=plan,
        rows=[
            {
                "finding": one,
                "state": finding_chip(one),
                "days_left": days_left(request, one),
                "has_clock": one.state not in ("reinspected_passed", "closed"),
            }
            for one in findings
        ],
        open_count=sum(one.state != "closed" for one in findings),
        filters=[{"label": gettext("全部"), "url": base, "active": not state}]
        + [
            {"label": state_chip("finding", one)[0], "url": f"{base}&state={one}", "active": one == state}
            for one in STATES
        ],
        state=state,
        next_url=f"{base}{'&state=' + state if state else ''}&{CURSOR}={cursor}" if cursor else "",
        first_url=base if request.query.text(CURSOR) else "",
    )


@route(blueprint, "/console/findings/{finding_id}", permission=Permission.FINDING_READ, resource=FINDING)
def show_finding(request: WebRequest, finding_id: str) -> Answer:
    return finding_page(request, read_finding(request, finding_id), "console")


@route(
    blueprint,
    "/console/findings/{finding_id}/evidence/{sha256}",
    permission=Permission.FINDING_READ,
    resource=FINDING,
    sample={"sha256": "0" * 64},
)
def show_evidence(request: WebRequest, finding_id: str, sha256: str) -> Answer:
    return find_evidence(request, read_finding(request, finding_id), sha256)


@route(
    blueprint,
    "/console/findings/{finding_id}/withdraw",
    methods=("POST",),
    permission=Permission.RESULT_CONFIRM,
    resource=FINDING,
    sample_body={"reason": "x"},
)
def withdraw(request: WebRequest, finding_id: str) -> Answer:
    """The acting body takes a mistaken finding back."""
    finding = read_finding(request, finding_id, Permission.RESULT_CONFIRM)
    reason = request.form.text("reason")
    try:
        withdraw_finding(request.store, request.tenant, request.act(), finding_id=finding_id, reason=reason)
    except InvalidInputError as error:
        return finding_page(request, finding, "console", error, "withdraw")
    return see_other(f"/console/findings/{finding_id}", gettext("问题已撤销，检查结果随之更新"))


@route(
    blueprint,
    "/console/findings/{finding_id}/{step}",
    methods=("POST",),
    permission=Permission.FINDING_REINSPECT,
    resource=FINDING,
    sample={"step": "return"},
)
def take_step(request: WebRequest, finding_id: str, step: str) -> Answer:
    return finding_step(request, finding_id, step, "console")
