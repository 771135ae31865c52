"""Who has to do what next on a plan: a pure function of its state, so that the list can never drift from it."""

from datetime import datetime

from chalicelib.domain.plan import InspectionPlan
from chalicelib.domain.tenancy import Role, role_owner
from chalicelib.domain.todo import Todo

COORDINATORS = role_owner(Role.COORDINATOR)

_COORDINATORS_TOPIC = {
    "plan": "plan_draft",
    "task_generation": "tasks_to_generate",
    "scheduling": "draw_to_make",
    "pool_frozen": "draw_to_make",
    "drawn": "visits_to_schedule",
    "disposition": "disposition_to_follow",
    "closing": "plan_to_close",
}
_CONSENTED = ("consented", "consent_deemed")


def head_of(acting_body_id: str) -> str:
    """Owner key of what waits for the head of an acting body."""
    return f"{acting_body_id}.head"


def plan_todos(plan: InspectionPlan) -> list[Todo]:
    """Everything that waits on this plan, one entry per owner and topic."""
    found: list[Todo] = []

    def add(owner: str, topic: str, due_at: datetime | None = plan.due_at) -> None:
        found.append(
            Todo.of(
                plan.ref,
                owner,
                topic,
                plan.title,
                at=plan.state_since,
                due_at=due_at,
                detail=plan.number,
            )
        )

    topic = _COORDINATORS_TOPIC.get(plan.state)
    if topic:
        add(COORDINATORS, topic)
    if plan.state == "plan_submitted":
        add(head_of(plan.lead.acting_body_id), "plan_to_approve")
    if plan.state in ("opinion", "scheduling"):
        for task in plan.tasks:
            if task.state == "opinion_requested":
                add(task.acting_body_id, "opinion_requested", task.due_at)
            elif task.state in _CONSENTED:
                add(head_of(task.acting_body_id), "task_to_approve", task.due_at)
            elif task.state == "change_proposed":
                add(COORDINATORS, "change_proposed")
    if plan.state == "opinion" and not any(t.state in ("opinion_requested", "change_proposed") for t in plan.tasks):
        add(COORDINATORS, "opinions_to_close")
    return found
