"""Confirm a result acting body by acting body, publish it as a masked projection, withdraw it with a reason."""

from chalicelib.domain.access import Permission, Resource, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import FieldProblem, InvalidInputError, RecordNotFoundError
from chalicelib.domain.event import EventType
from chalicelib.domain.inspection_result import InspectionResult
from chalicelib.domain.loop import machine
from chalicelib.domain.public_result import PublicResult, public_names_of, public_result_of
from chalicelib.domain.result_todo import result_todos
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.services.result.prepare_result import with_clock
from chalicelib.storage.change import Change
from chalicelib.storage.store import Store

MAX_REASON = 500


@idempotent
def confirm_result(store: Store, tenant: TenantId, act: Act, *, visit_id: str, acting_body_id: str) -> InspectionResult:
    """The result with this acting body's part confirmed; with the last part it is confirmed as a whole."""
    result = store.results.get(tenant, visit_id)
    own = Resource(divisions=frozenset({result.subject.division}), departments=frozenset({acting_body_id}))
    require(act.actor, Permission.RESULT_CONFIRM, own)
    steps = machine("result")
    steps.transition(result.state, "confirm_part")
    mine = result.body(acting_body_id)
    if mine is None:
        raise RecordNotFoundError(kind="result_body", id=acting_body_id)
    if mine.confirmed_at is not None:
        return result
    confirmed = mine.model_copy(update={"confirmed_by": act.actor.person_id, "confirmed_at": act.at})
    bodies = [confirmed if body.acting_body_id == acting_body_id else body for body in result.bodies]
    changed, type = result.with_changes(bodies=bodies), EventType.RESULT_PART_CONFIRMED
    if changed.is_confirmed:
        state = steps.advance(changed.state, "confirm_result", facts={"every_acting_body_has_confirmed": True})
        changed, type = with_clock(changed.with_changes(state=state)), EventType.RESULT_CONFIRMED
    with store.change(tenant, act) as change:
        _put(store, change, changed)
        change.event(type, changed, {"acting_body_id": acting_body_id, "state": changed.state})
    return changed


@idempotent
def publish_result(store: Store, tenant: TenantId, act: Act, *, visit_id: str) -> InspectionResult:
    """The published result: its projection and the entries by which it is found are written in the same change.

    Raises IllegalTransitionError while an acting body has not confirmed its part.
    """
    result = store.results.get(tenant, visit_id)
    require(act.actor, Permission.RESULT_PUBLISH, result.resource)
    state = machine("result").advance(result.state, "publish_result", facts={})
    changed = with_clock(result.with_changes(state=state, published_at=act.at))
    public = public_result_of(changed, act.at)
    with store.change(tenant, act) as change:
        _put(store, change, changed)
        change.save(public)
        _put_names(store, change, public)
        change.event(EventType.RESULT_PUBLISHED, changed, {"subject_id": changed.subject.subject_id})
    return changed


@idempotent
def withdraw_result(store: Store, tenant: TenantId, act: Act, *, visit_id: str, reason: str) -> InspectionResult:
    """The withdrawn result: its projection is gone, the reason stays in the history."""
    result = store.results.get(tenant, visit_id)
    require(act.actor, Permission.RESULT_PUBLISH, result.resource)
    words = reason.strip()
    if not words or len(words) > MAX_REASON:
        raise InvalidInputError([FieldProblem(field="reason", code="too_long" if words else "required")])
    state = machine("result").advance(result.state, "withdraw_result", facts={"has_reason": True})
    changed = with_clock(result.with_changes(state=state, withdrawn_reason=words))
    public = store.public_results.get(tenant, visit_id)
    others = [one for one in store.public_results.of_subject(tenant, public.subject_id, limit=2) if one.id != public.id]
    with store.change(tenant, act) as change:
        _put(store, change, changed)
        change.delete(public)
        if not others:
            for entry in store.public_names.of_subject(tenant, public.subject_id):
                change.delete(entry)
        change.event(EventType.RESULT_WITHDRAWN, changed, {"reason": words})
    return changed


def _put(store: Store, change: Change, result: InspectionResult) -> None:
    change.save(result)
    store.todos.replace(change, result.ref, result_todos(result))


def _put_names(store: Store, change: Change, public: PublicResult) -> None:
    """The entries of this name take the place of those of an earlier one."""
    present = {entry.id: entry for entry in store.public_names.of_subject(change.tenant, public.subject_id)}
    for entry in public_names_of(public):
        known = present.pop(entry.id, None)
        change.save(entry.model_copy(update={"version": known.version if known else 0}))
    for former in present.values():
        change.delete(former)
