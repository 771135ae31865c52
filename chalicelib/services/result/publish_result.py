"""Confirm a result acting body by acting body, publish it as a masked projection, withdraw it with a reason."""

from chalicelib.domain.access import Permission, Resource, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import FieldProblem, InvalidInputError, RecordNotFoundError
from chalicelib.domain.event import EventType
from chalicelib.domain.inspection_result import InspectionResult
from chalicelib.domain.loop import machine
from chalicelib.domain.public_result import public_names_of, public_result_of
from chalicelib.domain.result_todo import result_todos
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.services.result.prepare_result import clock_of
from chalicelib.storage.change import Change
from chalicelib.storage.store import Store


@idempotent
def confirm_result(store: Store, tenant: TenantId, act: Act, *, visit_id: str, acting_body_id: str) -> InspectionResult:
    """The result with this acting body's part confirmed; with the last part it is confirmed as a whole."""
    result = store.results.get(tenant, visit_id)
    own = Resource(divisions=frozenset({result.subject.division}), departments=frozenset({acting_body_id}))
    require(act.actor, Permission.RESULT_CONFIRM, own)
    steps = machine("result")
    steps.transition(result.state, "confirm_part")
    if acting_body_id not in {body.acting_body_id for body in result.bodies}:
        raise RecordNotFoundError(kind="result_body", id=acting_body_id)
    bodies = [
        body.model_copy(update={"confirmed_by": act.actor.person_id, "confirmed_at": act.at})
        if body.acting_body_id == acting_body_id and body.confirmed_at is None
        else body
        for body in result.bodies
    ]
    changed, type = result.with_changes(bodies=bodies), EventType.RESULT_PART_CONFIRMED
    if changed.is_confirmed:
        state = steps.advance(changed.state, "confirm_result", facts={"every_acting_body_has_confirmed": True})
        changed, type = changed.with_changes(state=state, **clock_of(state, act.at)), EventType.RESULT_CONFIRMED
    with store.change(tenant, act) as change:
        _put(store, change, changed)
        change.event(type, changed, {"acting_body_id": acting_body_id, "state": changed.state})
    return changed


@idempotent
def publish_result(store: Store, tenant: TenantId, act: Act, *, visit_id: str) -> InspectionResult:
    """The published result: its projection and the entries by which it is found are written in the same change."""
    result = store.results.get(tenant, visit_id)
    require(act.actor, Permission.RESULT_PUBLISH, result.resource)
    state = machine("result").advance(result.state, "publish_result", facts={})
    changed = result.with_changes(state=state, published_at=act.at, **clock_of(state, act.at))
    public = public_result_of(changed, act.at)
    with store.change(tenant, act) as change:
        _put(store, change, changed)
        change.save(public)
        for entry in public_names_of(public):
            known = store.public_names.find_child(tenant, entry.parent_ref, entry.id)
            change.save(entry.model_copy(update={"version": known.version if known else 0}))
        change.event(EventType.RESULT_PUBLISHED, changed, {"subject_id": changed.subject.subject_id})
    return changed


@idempotent
def withdraw_result(store: Store, tenant: TenantId, act: Act, *, visit_id: str, reason: str) -> InspectionResult:
    """The withdrawn result: its projection is gone, the reason stays in the history."""
    result = store.results.get(tenant, visit_id)
    require(act.actor, Permission.RESULT_PUBLISH, result.resource)
    if not reason.strip():
        raise InvalidInputError([FieldProblem(field="reason", code="reason_missing")])
    state = machine("result").advance(result.state, "withdraw_result", facts={"has_reason": True})
    changed = result.with_changes(state=state, withdrawn_reason=reason.strip(), **clock_of(state, act.at))
    public = store.public_results.get(tenant, visit_id)
    subject_id = result.subject.subject_id
    is_last = len(store.public_results.of_subject(tenant, subject_id, limit=2)) == 1
    with store.change(tenant, act) as change:
        _put(store, change, changed)
        change.delete(public)
        if is_last:
            for entry in (
                store.public_names.children(tenant, public_names_of(public)[0].parent_ref) if public.code else []
            ):
                change.delete(entry)
        change.event(EventType.RESULT_WITHDRAWN, changed, {"reason": reason.strip()})
    return changed


def _put(store: Store, change: Change, result: InspectionResult) -> None:
    change.save(result)
    store.todos.replace(change, result.ref, result_todos(result))
