"""Changes of people: what is guarded waits for a second administrator, the rest holds at once."""

from collections.abc import Mapping
from typing import Any

from pydantic_core import to_jsonable_python

from chalicelib.domain.access import Permission, require
from chalicelib.domain.access_change import AccessChange, AccessChangeKind, AccessChangeState, access_rules
from chalicelib.domain.act import Act
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.deadline import Due, deadline_rule, due_at
from chalicelib.domain.errors import (
    ConflictError,
    FieldProblem,
    IllegalTransitionError,
    InvalidInputError,
    NotAllowedError,
)
from chalicelib.domain.event import EventType
from chalicelib.domain.tenancy import ADMINISTRATORS, Person, TenantId, role_owner
from chalicelib.domain.todo import Todo
from chalicelib.services.draw.problems import SecondPersonNeededError
from chalicelib.services.idempotent import idempotent
from chalicelib.services.tenancy.add_person import add_person, change_person, check_change, check_person
from chalicelib.services.working_calendar import working_calendar
from chalicelib.storage.store import Store

DEADLINE = "access_change_confirmation"
TOPIC = "access_change_waiting"


def submit_person(store: Store, tenant: TenantId, act: Act, *, person: Person) -> Person | AccessChange:
    """The new person, or the change that waits until a second administrator confirms it."""
    if not access_rules().guards_new(person):
        added: Person = add_person(store, tenant, act, person=person)
        return added
    values = _json(person, set(Person.model_fields) - {"id"})
    asked: AccessChange = _ask(
        store, tenant, act, AccessChangeKind.ADD_PERSON, person, values=values, before={}, seen_version=0
    )
    return asked


def submit_change(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    person_id: str,
    changes: Mapping[str, Any],
    version: int | None = None,
) -> Person | AccessChange:
    """The changed person, or the change that waits. Raises what `change_person` raises."""
    earlier = store.people.get(tenant, person_id)
    if not access_rules().guards(earlier, changes):
        changed: Person = change_person(store, tenant, act, person_id=person_id, changes=changes, version=version)
        return changed
    check_change(act, earlier, changes, version)
    person = earlier.with_changes(**changes)
    names = set(changes)
    asked: AccessChange = _ask(
        store,
        tenant,
        act,
        AccessChangeKind.CHANGE_PERSON,
        person,
        values=_json(person, names),
        before=_json(earlier, names),
        seen_version=earlier.version,
    )
    return asked


def _json(person: Person, fields: set[str]) -> dict[str, Any]:
    found: dict[str, Any] = to_jsonable_python({name: getattr(person, name) for name in fields})
    return found | ({"roles": sorted(found["roles"])} if "roles" in found else {})


@idempotent
def _ask(
    store: Store,
    tenant: TenantId,
    act: Act,
    kind: AccessChangeKind,
    person: Person,
    *,
    values: dict[str, Any],
    before: dict[str, Any],
    seen_version: int,
) -> AccessChange:
    require(act.actor, Permission.PEOPLE_MANAGE)
    check_person(store, tenant, person)
    if kind is AccessChangeKind.CHANGE_PERSON:
        waiting = store.access_changes.of_person(tenant, person.id)
        if any(one.state_at(act.at) is AccessChangeState.WAITING for one in waiting):
            raise InvalidInputError([FieldProblem(field="roles", code="change_waits")])
    due = due_at(deadline_rule(DEADLINE, shanghai_date(act.at)), act.at, working_calendar())
    asked = AccessChange(
        kind=kind,
        person_id=person.id,
        person_name=person.name,
        values=values,
        before=before,
        seen_version=seen_version,
        requested_by=act.actor.person_id,
        requested_for=act.actor.acting_for,
        requested_by_name=act.actor.name,
        requested_role=next(iter(act.actor.roles & ADMINISTRATORS)),
        requested_at=act.at,
        expires_at=due.due_at if isinstance(due, Due) else None,
    )
    with store.change(tenant, act) as change:
        change.save(asked)
        store.todos.replace(change, asked.ref, _todos(asked))
        change.event(
            EventType.ACCESS_CHANGE_REQUESTED,
            asked,
            {"kind": kind.value, "person_id": person.id, "fields": sorted(values), "roles": values.get("roles", [])},
        )
    return asked


def _todos(asked: AccessChange) -> list[Todo]:
    return [
        Todo.of(asked.ref, role_owner(role), TOPIC, asked.person_name, at=asked.requested_at, due_at=asked.expires_at)
        for role in sorted(asked.confirming_roles)
    ]


def _waiting(store: Store, tenant: TenantId, act: Act, change_id: str, step: str) -> AccessChange:
    asked = store.access_changes.get(tenant, change_id)
    state = asked.state_at(act.at)
    if state is not AccessChangeState.WAITING:
        raise IllegalTransitionError(state=state.value, step=step)
    return asked


@idempotent
def confirm_change(store: Store, tenant: TenantId, act: Act, *, change_id: str) -> AccessChange:
    """The confirmed change; the person has it from their next request on.

    Raises SecondPersonNeededError for who asked, the wrong kind of administrator and the person concerned,
    ConflictError when the person was changed since, IllegalTransitionError once it is decided or expired.
    """
    require(act.actor, Permission.ACCESS_CONFIRM)
    asked = _waiting(store, tenant, act, change_id, "confirm_change")
    if not asked.may_be_confirmed_by(act.actor):
        raise SecondPersonNeededError(step="confirm_change")
    person = _changed(store, tenant, asked)
    check_person(store, tenant, person)
    decided = _decided(asked, act, AccessChangeState.CONFIRMED)
    with store.change(tenant, act) as change:
        change.save(person)
        change.save(decided)
        store.todos.replace(change, decided.ref, [])
        change.event(
            EventType.ACCESS_CHANGE_CONFIRMED,
            decided,
            {"person_id": person.id, "requested_by": asked.requested_by, "fields": sorted(asked.values)},
        )
    return decided


def _changed(store: Store, tenant: TenantId, asked: AccessChange) -> Person:
    """The person as they will be; bindings that came in between stay as they are."""
    if asked.kind is AccessChangeKind.ADD_PERSON:
        return Person.model_validate(asked.values | {"id": asked.person_id})
    person = store.people.get(tenant, asked.person_id)
    if person.version != asked.seen_version:
        raise ConflictError(kind=Person.KIND, id=person.id)
    return person.with_changes(**asked.values)


@idempotent
def refuse_change(store: Store, tenant: TenantId, act: Act, *, change_id: str, reason: str) -> AccessChange:
    """The refused change, with the reason for who asked."""
    require(act.actor, Permission.ACCESS_CONFIRM)
    asked = _waiting(store, tenant, act, change_id, "refuse_change")
    if not asked.may_be_confirmed_by(act.actor):
        raise SecondPersonNeededError(step="refuse_change")
    if not reason.strip():
        raise InvalidInputError([FieldProblem(field="reason", code="reason_missing")])
    if len(reason) > 500:
        raise InvalidInputError([FieldProblem(field="reason", code="too_long")])
    return _end(store, tenant, act, _decided(asked, act, AccessChangeState.REFUSED, reason.strip()))


@idempotent
def withdraw_change(store: Store, tenant: TenantId, act: Act, *, change_id: str) -> AccessChange:
    """Taken back by who asked."""
    asked = _waiting(store, tenant, act, change_id, "withdraw_change")
    if asked.requested_by != act.actor.person_id:
        raise NotAllowedError(reason="not_own_request")
    return _end(store, tenant, act, _decided(asked, act, AccessChangeState.WITHDRAWN))


def _decided(asked: AccessChange, act: Act, state: AccessChangeState, reason: str = "") -> AccessChange:
    who = {"decided_by": act.actor.person_id, "decided_by_name": act.actor.name}
    return asked.with_changes(state=state, decided_at=act.at, reason=reason, **who)


def _end(store: Store, tenant: TenantId, act: Act, decided: AccessChange) -> AccessChange:
    is_refused = decided.state is AccessChangeState.REFUSED
    type = EventType.ACCESS_CHANGE_REFUSED if is_refused else EventType.ACCESS_CHANGE_WITHDRAWN
    with store.change(tenant, act) as change:
        change.save(decided)
        store.todos.replace(change, decided.ref, [])
        change.event(type, decided, {"person_id": decided.person_id})
    return decided
