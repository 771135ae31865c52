"""Findings by plan and state, and one finding with its rounds and history."""

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed
from chalicelib.web.answers import Answer, page
from chalicelib.web.console.visits import chosen_plan, plans_of
from chalicelib.web.cursors import CURSOR, open_cursor, seal_cursor
from chalicelib.web.disposition import days_left, state_chip
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
    """Two queries: the plans of the year, one page of a plan's findings; an officer sees those of its own body."""
    plans = plans_of(request)
    plan = chosen_plan(request, plans)
    state = request.query.text("state")
    if state and state not in STATES:
        raise invalid("state", "unknown_choice")
    found = request.store.findings.page_of_plan(request.tenant, plan.id, after=open_cursor(request)) if plan else None
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
                "state": state_chip("finding", one.state),
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
    "/console/findings/{finding_id}/{step}",
    methods=("POST",),
    permission=Permission.FINDING_REINSPECT,
    resource=FINDING,
    sample={"step": "return"},
)
def take_step(request: WebRequest, finding_id: str, step: str) -> Answer:
    return finding_step(request, finding_id, step, "console")
