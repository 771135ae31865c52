"""Inspection plan (检查计划) and its tasks, one per acting body.

The plan walks the machine `loop`, each of its tasks the machine `task` (see `loop.py`). Opinions are asked on the
tasks; silence settles timing and division of work only; the head of each acting body approves its own inspection.
"""

from datetime import date, datetime
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chalicelib.domain.access import Resource
from chalicelib.domain.draw import Selection
from chalicelib.domain.loop import machine
from chalicelib.domain.record import Record, UtcTime
from chalicelib.domain.served_scenario import ServedScenario

GRADES = ("A", "B", "C", "D")


class Opinion(BaseModel):
    """What an acting body said on its task (意见). `is_deemed`: it kept silent until the deadline."""

    model_config = ConfigDict(frozen=True)

    agrees: bool
    text: str = Field(default="", max_length=2000)
    given_by: str
    given_at: UtcTime
    is_deemed: bool = False


class Approval(BaseModel):
    """The approval of one inspection by the head of the acting body (行政机关负责人批准)."""

    model_config = ConfigDict(frozen=True)

    approved_by: str
    approved_by_name: str
    approved_at: UtcTime


class InspectionTask(BaseModel):
    """The part of one acting body (检查任务): the departments it acts for and the check items that fall to it.

    other_item_ids: scenario → items of the scenarios that the plan serves besides its own. officers: how many
    certified officers it sends to each visit, at least two (行政处罚法 42). clock_since: when the clock of its state
    began; is_due_undetermined: it runs, and no calendar says yet until when.
    """

    model_config = ConfigDict(frozen=True)

    acting_body_id: str
    label: str
    departments: list[str]
    item_ids: list[str] = Field(default_factory=list)
    other_item_ids: dict[str, list[str]] = Field(default_factory=dict)
    officers: int = Field(default=2, ge=2, le=10)
    is_lead: bool = False
    state: str = "opinion_requested"
    due_at: UtcTime | None = None
    clock_since: UtcTime | None = None
    is_due_undetermined: bool = False
    opinions: list[Opinion] = Field(default_factory=list)
    approval: Approval | None = None

    @property
    def awaits_calendar(self) -> bool:
        return self.is_due_undetermined

    def items_of(self, scenario: str, own_scenario: str) -> list[str]:
        """The ids of its items in one of the scenarios that the plan serves."""
        return self.item_ids if scenario == own_scenario else self.other_item_ids.get(scenario, [])

    @property
    def item_count(self) -> int:
        """Items of all scenarios that the plan serves."""
        return len(self.item_ids) + sum(len(ids) for ids in self.other_item_ids.values())


class GradeRatio(BaseModel):
    """Share of one grade that is drawn, in basis points (10,000 = all), and its ticket weight 1–16."""

    model_config = ConfigDict(frozen=True)

    grade: str = Field(pattern=r"^[A-D]$")
    ratio: int = Field(ge=0, le=10_000)
    weight: int = Field(default=1, ge=1, le=16)


class InspectionPlan(Record):
    """A plan: one scenario, an area, the acting bodies, whom to draw and when. also_serves: scenarios whose members
    among the drawn subjects are looked at in the same visit.

    divisions: 12-digit codes of the area. bodies: acting-body ids that take part, lead first. A period runs from
    `period_from` to `period_to`, both included. `due_at` is the clock of the present state, None when none runs or the
    calendar is not yet known (`is_due_undetermined`).
    """

    KIND: ClassVar[str] = "inspection_plan"

    number: str = ""
    year: int = Field(ge=2020, le=2100)
    title: str = Field(min_length=1, max_length=100)
    scenario: str
    scenario_version: str
    scenario_hash: str = ""
    overlay_number: int = Field(default=0, ge=0, description="version of the tenant's overlay; 0: none")
    also_serves: list[ServedScenario] = Field(default_factory=list)
    divisions: list[str] = Field(min_length=1)
    tasks: list[InspectionTask] = Field(min_length=1)
    selection: Selection = Selection.RATIO_BY_GRADE
    ratios: list[GradeRatio]
    uniform_k: int = Field(default=0, ge=0, le=1000)
    draw_total: int = Field(default=0, ge=0, le=100_000, description="k of a weighted draw; 0 when by ratio")
    period_from: date
    period_to: date
    state: str = "plan"
    due_at: UtcTime | None = None
    due_rule: str | None = None
    is_due_undetermined: bool = False
    state_since: UtcTime
    draw_id: str | None = None
    void_draw_ids: list[str] = Field(default_factory=list)
    visit_count: int = 0
    schedule_job_id: str = ""
    drafted_by: str
    note: str = Field(default="", max_length=2000)

    @model_validator(mode="after")
    def _period_runs_forward(self) -> Self:
        if self.period_to < self.period_from:
            raise ValueError("the period ends before it begins")
        return self

    @property
    def resource(self) -> Resource:
        """Area and takers-part, for access rules."""
        parts = {task.acting_body_id for task in self.tasks} | {d for task in self.tasks for d in task.departments}
        return Resource(divisions=frozenset(self.divisions), departments=frozenset(parts))

    @property
    def awaits_calendar(self) -> bool:
        is_over = machine("loop").state(self.state).is_final
        return not is_over and (self.is_due_undetermined or any(task.is_due_undetermined for task in self.tasks))

    @property
    def served(self) -> tuple[ServedScenario, ...]:
        """Its own scenario first, then those that it also serves."""
        own = ServedScenario(
            scenario=self.scenario,
            scenario_version=self.scenario_version,
            scenario_hash=self.scenario_hash,
            overlay_number=self.overlay_number,
        )
        return (own, *self.also_serves)

    @property
    def opinions_due_at(self) -> datetime | None:
        """When silence next settles an opinion of this plan; None when nothing is asked or the calendar is unknown."""
        if self.state != "opinion":
            return None
        waiting = [task.due_at for task in self.tasks if task.state == "opinion_requested" and task.due_at]
        return min(waiting, default=None)

    @property
    def lead(self) -> InspectionTask:
        """The task of the lead acting body (牵头部门)."""
        return next((task for task in self.tasks if task.is_lead), self.tasks[0])

    def task_of(self, acting_body_id: str | None) -> InspectionTask | None:
        return next((task for task in self.tasks if task.acting_body_id == acting_body_id), None)

    def with_task(self, changed: InspectionTask) -> Self:
        """The plan with this acting body's task replaced."""
        tasks = [changed if task.acting_body_id == changed.acting_body_id else task for task in self.tasks]
        return self.with_changes(tasks=tasks)
