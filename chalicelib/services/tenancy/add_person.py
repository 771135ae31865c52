"""Add a person to a tenant, or change what they may do; the security administrator's work."""

from collections.abc import Mapping
from typing import Any

from chalicelib.domain.access import Permission, require
from chalicelib.domain.access_change import access_rules
from chalicelib.domain.act import Act
from chalicelib.domain.binding import Binding, BindingRole, BindingSource, binding_id
from chalicelib.domain.errors import ConflictError, FieldProblem, InvalidInputError, NotAllowedError
from chalicelib.domain.event import EventType
from chalicelib.domain.tenancy import Person, SubjectRight, TenantId
from chalicelib.services.draw.problems import SecondPersonNeededError
from chalicelib.services.idempotent import idempotent
from chalicelib.storage.store import Store


@idempotent
def add_person(store: Store, tenant: TenantId, act: Act, *, person: Person) -> Person:
    """The new person. Raises InvalidInputError for a department, acting body or subject that is not there,
    SecondPersonNeededError for somebody whom a second administrator has to confirm."""
    require(act.actor, Permission.PEOPLE_MANAGE)
    if access_rules().guards_new(person):
        raise SecondPersonNeededError(step="add_person")
    check_person(store, tenant, person)
    with store.change(tenant, act) as change:
        change.save(person)
        for binding in _bindings(store, tenant, act, person):
            change.save(binding)
        change.event(EventType.PERSON_ADDED, person, {"roles": sorted(person.roles)})
    return person


@idempotent
def change_person(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    person_id: str,
    changes: Mapping[str, Any],
    version: int | None = None,
) -> Person:
    """The person with these fields changed; it holds from their next request on.

    version: the one that the administrator saw; ConflictError when somebody changed the person since. Nobody changes
    their own roles (NotAllowedError): separate administrators are separate people. Raises SecondPersonNeededError for
    what a second administrator has to confirm (`services/people/change_access.py`).
    """
    require(act.actor, Permission.PEOPLE_MANAGE)
    earlier = store.people.get(tenant, person_id)
    check_change(act, earlier, changes, version)
    if not changes:
        return earlier
    if access_rules().guards(earlier, changes):
        raise SecondPersonNeededError(step="change_person")
    person = earlier.with_changes(**changes)
    check_person(store, tenant, person)
    with store.change(tenant, act) as change:
        change.save(person)
        change.event(EventType.PERSON_CHANGED, person, {"fields": sorted(changes)})
    return person


def check_change(act: Act, earlier: Person, changes: Mapping[str, Any], version: int | None) -> None:
    """Raises ConflictError for a stale version, NotAllowedError for one's own roles and for bindings."""
    if version is not None and version != earlier.version:
        raise ConflictError(kind=Person.KIND, id=earlier.id)
    if act.actor.person_id == earlier.id and changes.keys() & {"roles", "is_active"}:
        raise NotAllowedError(reason="own_roles")
    if changes.keys() & {"subject_ids", "agent_of"}:
        raise NotAllowedError(reason="bindings_have_their_own_way")


def _bindings(store: Store, tenant: TenantId, act: Act, person: Person) -> list[Binding]:
    """The record behind every subject that the new person acts for."""
    found = []
    for subject in (store.subjects.get(tenant, id) for id in person.subject_ids):
        rights = next((one.rights for one in person.agent_of if one.subject_id == subject.id), None)
        found.append(
            Binding(
                id=binding_id(subject.id, person.id),
                subject_id=subject.id,
                subject_name=subject.name,
                division=subject.division,
                person_id=person.id,
                person_name=person.name,
                role=BindingRole.OWNER if rights is None else BindingRole.AGENT,
                rights=frozenset(SubjectRight) if rights is None else rights,
                source=BindingSource.ADMINISTRATOR,
                bound_at=act.at,
                bound_by=act.actor.person_id,
            )
        )
    return found


def check_person(store: Store, tenant: TenantId, person: Person) -> None:
    """Raises InvalidInputError for a department, acting body or subject that is not there."""
    problems = []
    if person.department_id and store.departments.find(tenant, person.department_id) is None:
        problems.append(FieldProblem(field="department_id", code="unknown_department"))
    if person.acting_body_id and store.acting_bodies.find(tenant, person.acting_body_id) is None:
        problems.append(FieldProblem(field="acting_body_id", code="unknown_acting_body"))
    problems += [
        FieldProblem(field="subject_ids", code="unknown_subject", details={"value": subject_id})
        for subject_id in person.subject_ids
        if store.subjects.find(tenant, subject_id) is None
    ]
    if problems:
        raise InvalidInputError(problems)
