"""Visits of a plan, and one visit with its bodies, answers and history."""

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.plan import InspectionPlan
from chalicelib.services.visit.cancel_visit import cancel_visit
from chalicelib.services.visit.own_items import answer_note
from chalicelib.services.visit.visit_sheet import read_sheet
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.cursors import CURSOR, open_cursor, seal_cursor
from chalicelib.web.disposition import evidence_answer, finding_chip, outcome_chip, state_chip, timeline
from chalicelib.web.field.visits import VISIT, read_visit
from chalicelib.web.fields import invalid
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.joint_words import item_words, scenario_words, shared_words
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route

blueprint = Blueprint(__name__)

STATES = ("scheduled", "started", "submitted", "confirmed", "cancelled")

PLANS = 50
"""Plans under way that the filter offers."""
_ROWS = 25
_SIFTED_ROWS = 100


def chosen_plan(request: WebRequest) -> tuple[InspectionPlan | None, list[InspectionPlan]]:
    """The plan that the query names, of whatever year, else the newest that is being carried out, else the newest of
    the last two years; and the plans to choose from, newest first."""
    store, tenant = request.store, request.tenant
    plans = _seen(request, store.plans.carried_out(tenant, limit=PLANS).records)
    wanted = request.query.text("plan")
    if not wanted:
        year = shanghai_date(request.now).year
        for one in (year, year - 1):
            plans = plans or _seen(request, store.plans.of_year(tenant, one, limit=PLANS).records)
        return (plans[0] if plans else None), plans
    found = next((one for one in plans if one.id == wanted), None)
    if found is None:
        found = store.plans.get(tenant, wanted)
        if not _seen(request, [found]):
            raise RecordNotFoundError(kind=InspectionPlan.KIND, id=wanted)
        plans = [*plans, found]
    return found, plans


def rows_read(state: str) -> int:
    """Rows of a plan that one page reads; more where only those of one state are shown, which no key tells apart."""
    return _SIFTED_ROWS if state else _ROWS


def _seen(request: WebRequest, plans: list[InspectionPlan]) -> list[InspectionPlan]:
    """Those that the person may know of."""
    return [one for one in plans if allowed(request.actor, Permission.VISIT_READ, one.resource)]


@route(
    blueprint,
    "/console/visits",
    permission=Permission.VISIT_READ,
    nav=Nav(group=mark("部门处置"), label=mark("入企检查"), order=60, icon="clipboard-check"),
)
def list_visits(request: WebRequest) -> Answer:
    """The plans that are being carried out, one page of a plan's visits, and the plan itself if it is another one."""
    plan, plans = chosen_plan(request)
    state = request.query.text("state")
    if state and state not in STATES:
        raise invalid("state", "unknown_choice")
    rows = rows_read(state)
    found = None
    if plan:
        found = request.store.visits.page_of_plan(request.tenant, plan.id, after=open_cursor(request), limit=rows)
    visits = [
        one
        for one in (found.records if found else [])
        if (not state or one.state == state) and allowed(request.actor, Permission.VISIT_READ, one.resource)
    ]
    base = f"/console/visits?plan={plan.id}" if plan else "/console/visits"
    return page(
        request,
        "pages/visits/list.html",
        plans=plans,
        plan=plan,
        rows=[{"visit": one, "state": state_chip("visit", one.state)} for one in visits],
        filters=[{"label": gettext("全部"), "url": base, "active": not state}]
        + [
            {"label": state_chip("visit", one)[0], "url": f"{base}&state={one}", "active": one == state}
            for one in STATES
        ],
        state=state,
        next_url=_next(request, base, state, seal_cursor(request, found.next if found else None)),
        first_url=base if request.query.text(CURSOR) else "",
    )


def _next(request: WebRequest, base: str, state: str, cursor: str) -> str:
    if not cursor:
        return ""
    return f"{base}{'&state=' + state if state else ''}&{CURSOR}={cursor}"


@route(blueprint, "/console/visits/{visit_id}", permission=Permission.VISIT_READ, resource=VISIT)
def show_visit(request: WebRequest, visit_id: str) -> Answer:
    visit = read_visit(request, visit_id)
    sheet = read_sheet(request.store, request.tenant, visit, request.now, request.locale)
    findings = request.store.findings.of_visit(request.tenant, visit.plan_id, visit.id)
    names = {member.person_id: member.name for member in visit.team}
    return page(
        request,
        "pages/visits/show.html",
        visit=visit,
        state=state_chip("visit", visit.state),
        sheet=sheet,
        scenarios=scenario_words(one.scenario for one in visit.served),
        rows=[
            {
                "question": one,
                "chip": outcome_chip(one.outcome),
                "serves": shared_words(visit, one.entry),
                "said": answer_note(one.entry, one.given.answer) if one.given else "",
            }
            for one in sheet.questions
        ],
        findings=[
            {"finding": one, "state": finding_chip(one), "serves": item_words(visit, one.scenario)} for one in findings
        ],
        timeline=timeline(request.store.visits.history(request.tenant, visit.ref), names),
        may_cancel=visit.state == "scheduled" and allowed(request.actor, Permission.VISIT_SCHEDULE, visit.resource),
    )


@route(
    blueprint,
    "/console/visits/{visit_id}/photos/{sha256}",
    permission=Permission.VISIT_READ,
    resource=VISIT,
    sample={"sha256": "0" * 64},
)
def show_photo(request: WebRequest, visit_id: str, sha256: str) -> Answer:
    visit = read_visit(request, visit_id)
    answers = request.store.visit_answers.of_visit(request.tenant, visit.id)
    found = next((p for one in answers.values() for p in one.photos if p.sha256 == sha256), None)
    if found is None:
        raise RecordNotFoundError(kind="photo")
    return evidence_answer(request, found)


@route(blueprint, "/console/visits/{visit_id}/cancel", permission=Permission.VISIT_SCHEDULE, resource=VISIT)
def ask_cancel(request: WebRequest, visit_id: str) -> Answer:
    visit = read_visit(request, visit_id, Permission.VISIT_SCHEDULE)
    return page(
        request,
        "layouts/confirm.html",
        title=gettext("取消对%(name)s的检查？", name=visit.subject.name),
        text=gettext("检查码随即作废，本年度次数退回；取消后不能恢复。"),
        action=f"/console/visits/{visit_id}/cancel",
        confirm_label=gettext("取消检查"),
        back_url=f"/console/visits/{visit_id}",
        reason=True,
    )


@route(
    blueprint,
    "/console/visits/{visit_id}/cancel",
    methods=("POST",),
    permission=Permission.VISIT_SCHEDULE,
    resource=VISIT,
)
def cancel(request: WebRequest, visit_id: str) -> Answer:
    read_visit(request, visit_id, Permission.VISIT_SCHEDULE)
    reason = request.form.required("reason")
    cancel_visit(request.store, request.tenant, request.act(), visit_id=visit_id, reason=reason)
    return see_other(f"/console/visits/{visit_id}", gettext("检查已取消"))
