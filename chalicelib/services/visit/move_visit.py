"""What every step of a visit writes: the visit, its officers' work entries and one event."""

from datetime import datetime
from typing import Any

from chalicelib.domain.act import Act
from chalicelib.domain.loop import Facts, machine
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.todo import Todo
from chalicelib.domain.visit import Visit
from chalicelib.services.visit.deadlines import due_moment
from chalicelib.storage.change import Change
from chalicelib.storage.store import Store


def move_visit(
    store: Store,
    tenant: TenantId,
    act: Act,
    change: Change,
    visit: Visit,
    step: str,
    *,
    facts: Facts,
    data: dict[str, Any] | None = None,
    hashes: dict[str, str] | None = None,
    **changes: Any,
) -> Visit:
    """The visit after the step, added to `change` with the step's event. Raises IllegalTransitionError."""
    transition = machine("visit").transition(visit.state, step)
    state = machine("visit").advance(visit.state, step, facts=facts)
    moved = visit.with_changes(state=state, due_at=due_moment("visit", state, act.at), **changes)
    change.save(moved)
    for member in store.visit_members.of_visit(tenant, visit.id):
        change.save(member.with_state(state))
    store.todos.replace(change, moved.ref, todos_of(moved, act.at))
    change.event(transition.event, moved, data, hashes)
    return moved


def todos_of(visit: Visit, at: datetime) -> list[Todo]:
    """What waits at the visit: the conclusion of each acting body that has said nothing yet."""
    if visit.state != "submitted":
        return []
    return [
        Todo.of(visit.ref, body.acting_body_id, "conclusion_waiting", visit.subject.name, at=at, due_at=visit.due_at)
        for body in visit.bodies
        if body.concluded_at is None
    ]
