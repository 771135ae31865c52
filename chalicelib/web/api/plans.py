"""Plans over the API: the same services as the console's pages.

`ETag` is the plan's version; `If-Match` refuses a write on a plan that has moved on.
"""

from datetime import date
from typing import Any

from chalice import Blueprint
from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.plan import InspectionPlan
from chalicelib.domain.visit import Visit
from chalicelib.services.plan.draft_plan import PlanDraft, change_plan, draft_plan
from chalicelib.services.plan.schedule_visits import request_schedule
from chalicelib.services.visit.reschedule_visit import reschedule_visit
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.jobs import JobAnswer, job_answer
from chalicelib.web.api.shapes import Listed, ListQuery, listed, versioned
from chalicelib.web.console.plans import FINAL, OF_PLAN, read_plan
from chalicelib.web.cursors import open_cursor
from chalicelib.web.fields import invalid
from chalicelib.web.plan_steps import STEPS, Step, StepInput, take_step
from chalicelib.web.plan_words import phase_ids
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Match, route
from chalicelib.web.scenario_views import edition_for

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


PlanAnswer = versioned(InspectionPlan, "PlanAnswer")


class PlanQuery(ListQuery):
    """step: a step of the loop (`plan`, `scheduling`, …) or an end."""

    year: int | None = Field(default=None, ge=2000, le=2100, description="the present one when left out")
    step: str = Field(default="", max_length=40)


class ScheduleInput(BaseModel):
    """Body of the call that schedules a plan's visits."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    first_on: date
    visits_per_day: int = Field(ge=1)
    leave_out_reason: str = Field(default="", max_length=500)


class MoveInput(BaseModel):
    """Body of the call that moves one visit; scheduled_at: local time of day, HH:MM."""

    model_config = ConfigDict(extra="forbid", str_strip_whitespace=True)

    scheduled_on: date
    scheduled_at: str
    reason: str = Field(max_length=500)


def _told(plan: InspectionPlan, status: int = 200) -> Answer:
    return json_answer(plan_json(plan), status, etag=plan.version)


def plan_json(plan: InspectionPlan) -> dict[str, Any]:
    return plan.model_dump(mode="json") | {"version": plan.version}


@route(blueprint, BASE, permission=Permission.PLAN_READ, query=PlanQuery, answers=Listed[PlanAnswer])
def list_plans(request: WebRequest) -> Answer:
    """Plans of a year, newest first, all or those in one step."""
    asked = request.asked(PlanQuery)
    year, step, after = asked.year or shanghai_date(request.now).year, asked.step, open_cursor(request)
    if step and step not in (*phase_ids(), *FINAL):
        raise invalid("step", "unknown_choice")
    plans = request.store.plans
    if step:
        found = plans.in_step(request.tenant, year, step, after=after, limit=asked.limit)
    else:
        found = plans.of_year(request.tenant, year, after=after, limit=asked.limit)
    readable = [one for one in found.records if allowed(request.actor, Permission.PLAN_READ, one.resource)]
    return listed(request, [plan_json(one) for one in readable], found.next)


@route(
    blueprint,
    BASE,
    permission=Permission.PLAN_WRITE,
    methods=["POST"],
    body=PlanDraft,
    answers={201: PlanAnswer},
    sample_body=SAMPLE_DRAFT,
)
def create_plan(request: WebRequest) -> Answer:
    """Draft a plan. It stays a draft until it is submitted."""
    draft = request.model(PlanDraft)
    plan = draft_plan(request.store, request.tenant, request.act(), draft=draft, **edition_for(request, draft))
    answer = _told(plan, 201)
    answer.headers["Location"] = f"{BASE}/{plan.id}"
    return answer


@route(blueprint, ONE, permission=Permission.PLAN_READ, resource=OF_PLAN, answers=PlanAnswer)
def get_plan(request: WebRequest, plan_id: str) -> Answer:
    """One plan with its task sheets."""
    return _told(read_plan(request, plan_id))


@route(
    blueprint,
    ONE,
    permission=Permission.PLAN_WRITE,
    methods=["PUT"],
    resource=OF_PLAN,
    body=PlanDraft,
    answers=PlanAnswer,
    match=Match.REQUIRED,
    sample_body=SAMPLE_DRAFT,
)
def put_plan(request: WebRequest, plan_id: str) -> Answer:
    """Replace the values of a draft."""
    read_plan(request, plan_id, Permission.PLAN_WRITE)
    draft = request.model(PlanDraft)
    changed = change_plan(
        request.store, request.tenant, request.act(), plan_id=plan_id, draft=draft, **edition_for(request, draft)
    )
    return _told(changed)


@route(
    blueprint,
    f"{ONE}/schedule",
    permission=Permission.VISIT_SCHEDULE,
    methods=["POST"],
    resource=OF_PLAN,
    body=ScheduleInput,
    answers={202: JobAnswer},
    match=Match.OPTIONAL,
    sample_body={"first_on": "2026-12-01", "visits_per_day": 1},
)
def schedule_plan(request: WebRequest, plan_id: str) -> Answer:
    """Schedule the visits of a drawn plan: a job."""
    read_plan(request, plan_id, Permission.VISIT_SCHEDULE)
    given = request.model(ScheduleInput)
    job = request_schedule(request.store, request.tenant, request.act(), plan_id=plan_id, **given.model_dump())
    return job_answer(job)


@route(
    blueprint,
    f"{PREFIX}/visits/{{visit_id}}/schedule",
    permission=Permission.VISIT_SCHEDULE,
    methods=["PUT"],
    resource=(Visit.KIND, "visit_id"),
    body=MoveInput,
    answers=Visit,
    match=Match.OPTIONAL,
    sample_body={"scheduled_on": "2026-12-01", "scheduled_at": "09:00", "reason": "sample"},
)
def move_visit(request: WebRequest, visit_id: str) -> Answer:
    """Another date and time for one visit that has not begun."""
    given = request.model(MoveInput)
    visit = reschedule_visit(request.store, request.tenant, request.act(), visit_id=visit_id, **given.model_dump())
    return json_answer(visit, etag=visit.version)


def _declare(step: Step) -> None:
    def take(request: WebRequest, plan_id: str) -> Answer:
        read_plan(request, plan_id)
        given = request.model(StepInput) if request.body else StepInput()
        return _told(take_step(request, step.name, plan_id, given))

    take.__name__ = f"take_{step.name.replace('-', '_')}"
    take.__doc__ = f"Take the step {step.name} of a plan."
    sample = {"reason": "sample", "agrees": True, "acting_body_id": "sample"}
    declared = route(
        blueprint,
        f"{ONE}/{step.name}",
        permission=step.permission,
        methods=["POST"],
        resource=OF_PLAN,
        body=StepInput,
        answers=PlanAnswer,
        match=Match.OPTIONAL,
        sample_body=sample,
    )
    declared(take)


for _step in STEPS.values():
    _declare(_step)
