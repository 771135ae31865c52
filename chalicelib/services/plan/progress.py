"""Moving a plan: the machine decides, the deadline of the new state starts, the to-do entries follow."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from chalicelib.domain.act import Act
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.deadline import Due, deadline_rule, due_at
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.loop import machine
from chalicelib.domain.plan import InspectionPlan, InspectionTask
from chalicelib.domain.plan_todo import plan_todos
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.working_calendar import working_calendar
from chalicelib.storage.change import Change
from chalicelib.storage.store import Store


def clock_of(state_id: str, at: datetime, *, of: str = "loop") -> dict[str, Any]:
    """The deadline fields of a state entered at `at`: rule, due time, or that the calendar is not known yet."""
    rule_id = machine(of).state(state_id).deadline_rule
    if rule_id is None:
        return {"due_at": None, "due_rule": None, "is_due_undetermined": False}
    found = due_at(deadline_rule(rule_id, shanghai_date(at)), at, working_calendar())
    if isinstance(found, Due):
        return {"due_at": found.due_at, "due_rule": rule_id, "is_due_undetermined": False}
    return {"due_at": None, "due_rule": rule_id, "is_due_undetermined": True}


def moved(
    plan: InspectionPlan, step: str, at: datetime, facts: Mapping[str, bool] | None = None, **changes: Any
) -> InspectionPlan:
    """The plan after this step. Raises IllegalTransitionError, naming the facts that do not hold."""
    state = machine("loop").advance(plan.state, step, facts=facts or {})
    clock = clock_of(state, at) if state != plan.state else {}
    return plan.with_changes(**({"state": state, "state_since": at} | clock | changes))


def moved_task(
    task: InspectionTask, step: str, at: datetime, facts: Mapping[str, bool], **changes: Any
) -> InspectionTask:
    """The task after this step, its own clock started anew."""
    state = machine("task").advance(task.state, step, facts=facts)
    return task.model_copy(update={"state": state, **task_clock(state, at), **changes})


def task_clock(state: str, at: datetime) -> dict[str, Any]:
    """The same of a task: its clock runs from `at`."""
    clock = clock_of(state, at, of="task")
    return {"due_at": clock["due_at"], "clock_since": at, "is_due_undetermined": clock["is_due_undetermined"]}


def put_plan(store: Store, change: Change, plan: InspectionPlan) -> None:
    """Write the plan and what waits on it into a change."""
    change.save(plan)
    store.todos.replace(change, plan.ref, plan_todos(plan))


def save_plan(
    store: Store,
    tenant: TenantId,
    act: Act,
    plan: InspectionPlan,
    type: EventType,
    data: dict[str, Any] | None = None,
) -> InspectionPlan:
    """One change: plan, to-do entries and event. The event's data always says the state that was reached."""
    with store.change(tenant, act) as change:
        put_plan(store, change, plan)
        change.event(type, plan, {"state": plan.state} | (data or {}))
    return plan


def need_reason(reason: str, field: str = "reason") -> str:
    """The reason, trimmed; InvalidInputError when there is none."""
    if not reason.strip():
        raise InvalidInputError([FieldProblem(field=field, code="reason_missing")])
    return reason.strip()
