"""Plans over the API: the same services as the console's pages.

`ETag` is the plan's version; `If-Match` refuses a write on a plan that has moved on.
"""

from datetime import date
from typing import Any

from chalice import Blueprint
from pydantic import BaseModel, ConfigDict, Field

from chalicelib.contract.registry import registry
from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.errors import ConflictError, RecordNotFoundError
from chalicelib.domain.plan import InspectionPlan
from chalicelib.domain.visit import Visit
from chalicelib.services.plan.draft_plan import PlanDraft, change_plan, draft_plan
from chalicelib.services.plan.schedule_visits import request_schedule
from chalicelib.services.visit.reschedule_visit import reschedule_visit
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.jobs import job_json
from chalicelib.web.console.plans import FINAL, OF_PLAN, PAGE_ROWS, read_plan
from chalicelib.web.cursors import open_cursor, seal_cursor
from chalicelib.web.fields import invalid
from chalicelib.web.plan_steps import STEPS, Step, StepInput, take_step
from chalicelib.web.plan_words import phase_ids
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/plans"
ONE = BASE + "/{plan_id}"
SAMPLE_DRAFT = {
    "title": "sample",
    "scenario": "refined_oil",
    "divisions": ["450100000000"],
    "bodies": ["sample"],
    "ratios": {"A": 500},
    "period_from": "2026-12-01",
    "period_to": "2026-12-25",
}


class ScheduleInput(BaseModel):
    """Body of the call that schedules a plan's visits."""

    model_config = ConfigDict(extra="forbid")

    first_on: date
    visits_per_day: int = Field(ge=1)
    leave_out_reason: str = Field(default="", max_length=500)


class MoveInput(BaseModel):
    """Body of the call that moves one visit; scheduled_at: local time of day, HH:MM."""

    model_config = ConfigDict(extra="forbid")

    scheduled_on: date
    scheduled_at: str
    reason: str = Field(max_length=500)


def _told(plan: InspectionPlan, status: int = 200) -> Answer:
    return json_answer(plan_json(plan), status, etag=plan.version)


def plan_json(plan: InspectionPlan) -> dict[str, Any]:
    return plan.model_dump(mode="json") | {"version": plan.version}


def _check_match(request: WebRequest, plan: InspectionPlan) -> None:
    """`If-Match` names the version that was read; a repeated act passes, because it changes nothing more."""
    wanted = request.header("if-match").strip('"')
    is_current = wanted in ("", "*", str(plan.version))
    if not is_current and request.store.done(request.tenant, request.act()) is None:
        raise ConflictError(kind=plan.KIND, id=plan.id)


@route(blueprint, BASE, permission=Permission.PLAN_READ)
def list_plans(request: WebRequest) -> Answer:
    """?year=&step=&cursor=: {"plans", "cursor"}; the cursor is empty at the end."""
    year = request.query.integer("year") or shanghai_date(request.now).year
    step, after = request.query.text("step"), open_cursor(request)
    if step and step not in (*phase_ids(), *FINAL):
        raise invalid("step", "unknown_choice")
    plans = request.store.plans
    if step:
        found = plans.in_step(request.tenant, year, step, after=after, limit=PAGE_ROWS)
    else:
        found = plans.of_year(request.tenant, year, after=after, limit=PAGE_ROWS)
    readable = [one for one in found.records if allowed(request.actor, Permission.PLAN_READ, one.resource)]
    return json_answer({"plans": [plan_json(one) for one in readable], "cursor": seal_cursor(request, found.next)})


@route(blueprint, BASE, permission=Permission.PLAN_WRITE, methods=["POST"], sample_body=SAMPLE_DRAFT)
def create_plan(request: WebRequest) -> Answer:
    draft = request.model(PlanDraft)
    plan = draft_plan(request.store, request.tenant, request.act(), draft=draft, package=_package(draft))
    return _told(plan, 201)


@route(blueprint, ONE, permission=Permission.PLAN_READ, resource=OF_PLAN)
def get_plan(request: WebRequest, plan_id: str) -> Answer:
    return _told(read_plan(request, plan_id))


@route(blueprint, ONE, permission=Permission.PLAN_WRITE, methods=["PUT"], resource=OF_PLAN, sample_body=SAMPLE_DRAFT)
def put_plan(request: WebRequest, plan_id: str) -> Answer:
    """A draft with new values."""
    plan = read_plan(request, plan_id, Permission.PLAN_WRITE)
    draft = request.model(PlanDraft)
    _check_match(request, plan)
    changed = change_plan(
        request.store, request.tenant, request.act(), plan_id=plan_id, draft=draft, package=_package(draft)
    )
    return _told(changed)


def _package(draft: PlanDraft) -> Any:
    try:
        return registry().get(draft.scenario)
    except RecordNotFoundError:
        raise invalid("scenario", "unknown_scenario") from None


@route(
    blueprint,
    f"{ONE}/schedule",
    permission=Permission.VISIT_SCHEDULE,
    methods=["POST"],
    resource=OF_PLAN,
    sample_body={"first_on": "2026-12-01", "visits_per_day": 1},
)
def schedule_plan(request: WebRequest, plan_id: str) -> Answer:
    """202 and the job."""
    plan = read_plan(request, plan_id, Permission.VISIT_SCHEDULE)
    given = request.model(ScheduleInput)
    _check_match(request, plan)
    job = request_schedule(request.store, request.tenant, request.act(), plan_id=plan_id, **given.model_dump())
    answer = json_answer(job_json(job), 202)
    answer.headers["Location"] = f"{PREFIX}/jobs/{job.id}"
    return answer


@route(
    blueprint,
    f"{PREFIX}/visits/{{visit_id}}/schedule",
    permission=Permission.VISIT_SCHEDULE,
    methods=["PUT"],
    resource=(Visit.KIND, "visit_id"),
    sample_body={"scheduled_on": "2026-12-01", "scheduled_at": "09:00", "reason": "sample"},
)
def move_visit(request: WebRequest, visit_id: str) -> Answer:
    """Another date and time for one visit that has not begun."""
    given = request.model(MoveInput)
    visit = reschedule_visit(request.store, request.tenant, request.act(), visit_id=visit_id, **given.model_dump())
    return json_answer(visit, etag=visit.version)


def _declare(step: Step) -> None:
    def take(request: WebRequest, plan_id: str) -> Answer:
        plan = read_plan(request, plan_id)
        given = request.model(StepInput) if request.body else StepInput()
        _check_match(request, plan)
        return _told(take_step(request, step.name, plan_id, given))

    take.__name__ = f"take_{step.name.replace('-', '_')}"
    sample = {"reason": "sample", "agrees": True, "acting_body_id": "sample"}
    declared = route(
        blueprint,
        f"{ONE}/{step.name}",
        permission=step.permission,
        methods=["POST"],
        resource=OF_PLAN,
        sample_body=sample,
    )
    declared(take)


for _step in STEPS.values():
    _declare(_step)
