"""What every step of a finding writes: the finding with its new clock, and one event that names the clock."""

from datetime import datetime
from typing import Any

from chalicelib.domain.access import require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import FieldProblem, InvalidInputError, NotAllowedError
from chalicelib.domain.finding import Finding
from chalicelib.domain.loop import Facts, machine
from chalicelib.domain.record import timestamp
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.todo import Todo
from chalicelib.domain.visit import Photo
from chalicelib.services.visit.deadlines import due_moment
from chalicelib.storage.store import Store


def move_finding(
    store: Store,
    tenant: TenantId,
    act: Act,
    finding: Finding,
    step: str,
    *,
    facts: Facts,
    data: dict[str, Any] | None = None,
    evidence: list[Photo] | None = None,
    due_at: datetime | None = None,
    **changes: Any,
) -> Finding:
    """The finding after the step. `due_at`: the clock of the new state, by its rule when None. Raises
    IllegalTransitionError; its `missing` names what the step needs."""
    transition = machine("finding").transition(finding.state, step)
    state = machine("finding").advance(finding.state, step, facts=facts)
    own = due_at or due_moment("finding", state, act.at)
    clock = own or finding.due_at
    changes["is_due_undetermined"] = own is None and machine("finding").state(state).deadline_rule is not None
    if machine("finding").state(state).is_final:
        changes["closed_as"] = step
    moved = finding.with_changes(state=state, due_at=clock, **changes)
    hashes = {f"evidence{number}": one.sha256 for number, one in enumerate(evidence or ())}
    with store.change(tenant, act) as change:
        change.save(moved)
        store.todos.replace(change, moved.ref, _todos(moved, act.at))
        change.event(transition.event, moved, {"step": step, "due_at": timestamp(clock), **(data or {})}, hashes)
    return moved


_TOPICS = {"rectification_submitted": "reinspection_waiting", "reinspected_passed": "closing_waiting"}


def _todos(finding: Finding, at: datetime) -> list[Todo]:
    topic = _TOPICS.get(finding.state)
    if topic is None:
        return []
    about, title = finding.ref, f"{finding.subject_name}，{finding.title}"
    return [Todo.of(about, finding.acting_body_id, topic, title, at=at, due_at=finding.told_due_at)]


def open_finding(store: Store, tenant: TenantId, act: Act, finding_id: str, step: str) -> Finding:
    """The finding when this actor may take the step: the officers of the acting body that made it, or the subject."""
    finding = store.findings.get(tenant, finding_id)
    permission = next(one.permission for one in machine("finding").transitions if one.step == step)
    if permission is None:
        raise NotAllowedError(permission=step)
    require(act.actor, permission, finding.resource)
    is_officer_step = not step.startswith("submit_")
    if is_officer_step and act.actor.acting_body_id not in (None, finding.acting_body_id):
        raise NotAllowedError(permission=permission.value)
    return finding


def require_text(field: str, text: str, maximum: int = 2000) -> str:
    """The stripped text. Raises InvalidInputError: required, too_long."""
    stripped = text.strip()
    if not stripped:
        raise InvalidInputError([FieldProblem(field=field, code="required")])
    if len(stripped) > maximum:
        raise InvalidInputError([FieldProblem(field=field, code="too_long", details={"maximum": maximum})])
    return stripped
