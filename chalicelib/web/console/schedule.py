"""Scheduling from the console: ask for all dates of a plan at once, and move one visit."""

from chalice import Blueprint

from chalicelib.domain.access import Permission, require
from chalicelib.domain.calendar import CalendarMissingError, shanghai_date
from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.plan import InspectionPlan
from chalicelib.domain.plan_defaults import plan_defaults
from chalicelib.domain.visit import Visit
from chalicelib.domain.visit_schedule import working_days
from chalicelib.services.plan.schedule_visits import request_schedule
from chalicelib.services.visit.reschedule_visit import reschedule_visit
from chalicelib.services.working_calendar import working_calendar
from chalicelib.web import messages
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.console.plans import BASE, OF_PLAN, ONE, read_plan
from chalicelib.web.fields import Fields, invalid
from chalicelib.web.i18n import gettext
from chalicelib.web.job_words import left_out
from chalicelib.web.plan_words import labels
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)

VISIT = (Visit.KIND, "visit_id")


def _schedule_form(request: WebRequest, plan: InspectionPlan, error: InvalidInputError | None = None) -> Answer:
    first = max(plan.period_from, shanghai_date(request.now))
    try:
        days = working_days(first, plan.period_to, working_calendar()) if first <= plan.period_to else []
        is_known = True
    except CalendarMissingError:
        days, is_known = [], False
    values = {
        "first_on": (days[0] if days else first).isoformat(),
        "visits_per_day": str(plan_defaults().visits_per_day),
        "leave_out_reason": "",
    }
    job = request.store.jobs.find(request.tenant, plan.schedule_job_id) if plan.schedule_job_id else None
    return page(
        request,
        "pages/plans/schedule.html",
        422 if error else 200,
        plan=plan,
        days=len(days),
        is_known=is_known,
        limit=plan_defaults().visits_per_day_limit,
        times=plan_defaults().visit_times,
        values=values | (request.form.single() if error else {}),
        skipped=left_out(job) if job and not job.result.get("is_complete", True) else [],
        problems=messages.form_problems(error, labels()) if error else [],
    )


@route(blueprint, f"{ONE}/schedule", permission=Permission.VISIT_SCHEDULE, resource=OF_PLAN)
def plan_schedule(request: WebRequest, plan_id: str) -> Answer:
    plan = read_plan(request, plan_id, Permission.VISIT_SCHEDULE)
    if plan.state != "drawn":
        return see_other(f"{BASE}/{plan_id}")
    return _schedule_form(request, plan)


@route(blueprint, f"{ONE}/schedule", permission=Permission.VISIT_SCHEDULE, methods=["POST"], resource=OF_PLAN)
def schedule_plan(request: WebRequest, plan_id: str) -> Answer:
    plan = read_plan(request, plan_id, Permission.VISIT_SCHEDULE)
    try:
        first_on = request.form.day("first_on")
        if first_on is None:
            raise invalid("first_on", "required")
        job = request_schedule(
            request.store,
            request.tenant,
            request.act(),
            plan_id=plan_id,
            first_on=first_on,
            visits_per_day=request.form.integer("visits_per_day") or 0,
            leave_out_reason=request.form.text("leave_out_reason"),
        )
    except InvalidInputError as error:
        return _schedule_form(request, plan, error)
    return see_other(f"/console/jobs/{job.id}", gettext("开始排定日期。"))


# -- one visit -----------------------------------------------------------------------------------------------------


def _read_visit(request: WebRequest, visit_id: str) -> Visit:
    visit: Visit = request.store.visits.get(request.tenant, visit_id)
    require(request.actor, Permission.VISIT_SCHEDULE, visit.resource)
    return visit


def _move_form(request: WebRequest, visit: Visit, error: InvalidInputError | None = None) -> Answer:
    shown = {
        "scheduled_on": visit.scheduled_on.isoformat() if visit.scheduled_on else "",
        "scheduled_at": visit.scheduled_at,
        "reason": "",
    }
    return page(
        request,
        "pages/plans/move.html",
        422 if error else 200,
        visit=visit,
        plan=request.store.plans.get(request.tenant, visit.plan_id),
        values=shown | (request.form.single() if error else {}),
        problems=messages.form_problems(error, labels()) if error else [],
    )


@route(blueprint, "/console/visits/{visit_id}/move", permission=Permission.VISIT_SCHEDULE, resource=VISIT)
def visit_move(request: WebRequest, visit_id: str) -> Answer:
    return _move_form(request, _read_visit(request, visit_id))


@route(
    blueprint, "/console/visits/{visit_id}/move", permission=Permission.VISIT_SCHEDULE, methods=["POST"], resource=VISIT
)
def move_one_visit(request: WebRequest, visit_id: str) -> Answer:
    visit = _read_visit(request, visit_id)
    try:
        moved = _moved(request, visit_id, request.form)
    except InvalidInputError as error:
        return _move_form(request, visit, error)
    return see_other(f"{BASE}/{moved.plan_id}", gettext("%(name)s的检查已改期。", name=moved.subject.name))


def _moved(request: WebRequest, visit_id: str, form: Fields) -> Visit:
    day = form.day("scheduled_on")
    if day is None:
        raise invalid("scheduled_on", "required")
    return reschedule_visit(
        request.store,
        request.tenant,
        request.act(),
        visit_id=visit_id,
        scheduled_on=day,
        scheduled_at=form.text("scheduled_at"),
        reason=form.text("reason"),
    )
