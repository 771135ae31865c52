"""Console pages of inspection plans: the list of a year, the form, one plan with everything that waits on it."""

from typing import Any

from chalice import Blueprint

from chalicelib.contract.registry import registry
from chalicelib.domain.access import Permission, allowed, require
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.errors import IllegalTransitionError, InvalidInputError
from chalicelib.domain.plan import InspectionPlan
from chalicelib.domain.tenancy import Tenant
from chalicelib.services.plan.draft_plan import change_plan, draft_plan
from chalicelib.services.visit.deadlines import working_days_left
from chalicelib.web import messages
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.console.plan_form import choices, first_values, read_draft, typed_values, values_of
from chalicelib.web.console.plan_view import has_clock, view_of
from chalicelib.web.cursors import CURSOR, open_cursor, seal_cursor
from chalicelib.web.disposition import state_chip
from chalicelib.web.fields import invalid
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.plan_words import labels, phase_ids, phase_words, state_words, step_number
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route
from chalicelib.web.scenario_views import edition_for

blueprint = Blueprint(__name__)

BASE = "/console/plans"
ONE = BASE + "/{plan_id}"
OF_PLAN = (InspectionPlan.KIND, "plan_id")
PAGE_ROWS = 20
VISIT_ROWS = 10
FINAL = ("closed", "cancelled")


def read_plan(request: WebRequest, plan_id: str, permission: Permission = Permission.PLAN_READ) -> InspectionPlan:
    """The plan, if this person takes part in it."""
    plan: InspectionPlan = request.store.plans.get(request.tenant, plan_id)
    require(request.actor, permission, plan.resource)
    return plan


def plan_row(request: WebRequest, plan: InspectionPlan) -> dict[str, Any]:
    """A plan as lists show it."""
    return {
        "plan": plan,
        "state": state_words(plan.state),
        "number": step_number(plan.state),
        "is_closed": plan.state == "closed",
        "is_final": plan.state in FINAL,
        "has_clock": has_clock(plan),
        "days_left": working_days_left(request.now, plan.due_at),
    }


# -- the list ------------------------------------------------------------------------------------------------------


@route(
    blueprint,
    BASE,
    permission=Permission.PLAN_READ,
    nav=Nav(group=mark("办理"), label=mark("计划与抽查"), order=20, icon="calendar-event"),
)
def list_plans(request: WebRequest) -> Answer:
    """One query: a page of the year's plans, or of those in one step."""
    this_year = shanghai_date(request.now).year
    year = request.query.integer("year", this_year) or this_year
    step = request.query.text("step")
    if (step and step not in (*phase_ids(), *FINAL)) or not 2020 <= year <= 2100:
        raise invalid("step", "unknown_choice")
    plans, after = request.store.plans, open_cursor(request)
    if step:
        found = plans.in_step(request.tenant, year, step, after=after, limit=PAGE_ROWS)
    else:
        found = plans.of_year(request.tenant, year, after=after, limit=PAGE_ROWS)
    readable = [one for one in found.records if allowed(request.actor, Permission.PLAN_READ, one.resource)]
    here = f"{BASE}?year={year}"
    named = [("", gettext("全部"))] + [(one, phase_words(one)) for one in phase_ids()]
    named += [(one, state_words(one)) for one in FINAL]
    cursor = seal_cursor(request, found.next)
    current = f"{here}&step={step}" if step else here
    return page(
        request,
        "pages/plans/list.html",
        rows=[plan_row(request, one) for one in readable],
        year=year,
        years=[(one, str(one)) for one in range(this_year + 1, this_year - 5, -1)],
        step=step,
        filters=[
            {"label": name, "url": f"{here}&step={one}" if one else here, "active": one == step} for one, name in named
        ],
        next_url=f"{current}&{CURSOR}={cursor}" if cursor else "",
        first_url=current if request.query.text(CURSOR) else "",
        may_write=allowed(request.actor, Permission.PLAN_WRITE),
        is_first=not readable and not step and year == this_year and not request.query.text(CURSOR),
    )


# -- the form ------------------------------------------------------------------------------------------------------


def _home(request: WebRequest) -> Tenant:
    return request.store.tenants.get(request.tenant, request.tenant)


def _form(
    request: WebRequest, values: dict[str, Any] | None, plan: InspectionPlan | None, error: InvalidInputError | None
) -> Answer:
    home = _home(request)
    names = [name for name in home.scenarios if registry().holds(name)]
    if not names:
        return page(request, "pages/plans/no_scenario.html")
    wanted = (values or {}).get("scenario") or request.query.text("scenario") or names[0]
    scenario = wanted if wanted in names else names[0]
    offered = choices(request, home, scenario, request.locale)
    return page(
        request,
        "pages/plans/form.html",
        422 if error else 200,
        offered=offered,
        values=values or first_values(request, offered),
        plan=plan,
        problems=messages.form_problems(error, labels()) if error else [],
    )


@route(blueprint, f"{BASE}/new", permission=Permission.PLAN_WRITE)
def new_plan(request: WebRequest) -> Answer:
    return _form(request, None, None, None)


@route(blueprint, BASE, permission=Permission.PLAN_WRITE, methods=["POST"])
def create_plan(request: WebRequest) -> Answer:
    try:
        draft = read_draft(request.form)
        plan = draft_plan(request.store, request.tenant, request.act(), draft=draft, **edition_for(request, draft))
    except InvalidInputError as error:
        return _form(request, typed_values(request.form), None, error)
    return see_other(f"{BASE}/{plan.id}", gettext("计划%(number)s已起草，核对后提交审批。", number=plan.number))


@route(blueprint, f"{ONE}/edit", permission=Permission.PLAN_WRITE, resource=OF_PLAN)
def edit_plan(request: WebRequest, plan_id: str) -> Answer:
    plan = read_plan(request, plan_id, Permission.PLAN_WRITE)
    if plan.state != "plan":
        raise IllegalTransitionError(state=plan.state, step="change_plan", machine="loop", missing=[])
    return _form(request, values_of(plan), plan, None)


@route(blueprint, f"{ONE}/edit", permission=Permission.PLAN_WRITE, methods=["POST"], resource=OF_PLAN)
def save_edited_plan(request: WebRequest, plan_id: str) -> Answer:
    plan = read_plan(request, plan_id, Permission.PLAN_WRITE)
    try:
        draft = read_draft(request.form)
        change_plan(
            request.store,
            request.tenant,
            request.act(),
            plan_id=plan_id,
            draft=draft,
            **edition_for(request, draft),
            version=request.form.integer("version"),
        )
    except InvalidInputError as error:
        return _form(request, typed_values(request.form), plan, error)
    return see_other(f"{BASE}/{plan_id}", gettext("修改已保存。"))


# -- one plan ------------------------------------------------------------------------------------------------------


def show(
    request: WebRequest,
    plan: InspectionPlan,
    *,
    problems: list[dict[str, str]] | None = None,
    refused: str = "",
    status: int = 200,
) -> Answer:
    """The plan's page; `problems` and `refused` tell why a step was not taken, with what was typed still there."""
    visits = []
    if plan.state in ("disposition", "closing", "closed"):
        found = request.store.visits.page_of_plan(request.tenant, plan.id, limit=VISIT_ROWS).records
        visits = [
            {"visit": one, "chip": state_chip("visit", one.state)}
            for one in found
            if allowed(request.actor, Permission.VISIT_READ, one.resource)
        ]
    return page(
        request,
        "pages/plans/show.html",
        status,
        view=view_of(request, plan),
        plan=plan,
        visits=visits,
        may_move=allowed(request.actor, Permission.VISIT_SCHEDULE, plan.resource),
        problems=problems or [],
        refused=refused,
        typed=request.form.single() if problems else {},
    )


@route(blueprint, ONE, permission=Permission.PLAN_READ, resource=OF_PLAN)
def show_plan(request: WebRequest, plan_id: str) -> Answer:
    return show(request, read_plan(request, plan_id))
