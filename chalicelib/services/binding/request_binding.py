"""Somebody without a code asks to act for a subject; an officer looks at what proves it and decides."""

import re
from collections.abc import Collection, Sequence

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.binding import (
    BindingRequest,
    BindingRequestState,
    BindingRole,
    BindingSource,
    binding_rules,
)
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.deadline import Due, deadline_rule, due_at
from chalicelib.domain.errors import FieldProblem, IllegalTransitionError, InvalidInputError, NotAllowedError
from chalicelib.domain.event import EventType
from chalicelib.domain.subject import Subject
from chalicelib.domain.tenancy import Role, SubjectRight, TenantId, role_owner
from chalicelib.domain.text import check_uscc, mask_name, normalise
from chalicelib.domain.todo import Todo
from chalicelib.domain.visit_evidence import DOCUMENT_TYPES
from chalicelib.services.binding.put_binding import new_binding, put_binding, rights_of
from chalicelib.services.idempotent import idempotent
from chalicelib.services.register.register_subject import find_by_code
from chalicelib.services.visit.uploads import take_upload
from chalicelib.services.working_calendar import working_calendar
from chalicelib.storage.store import Store

MAX_FILES = 5
DEADLINE = "binding_confirmation"
TOPIC = "binding_to_confirm"
_INSPECTION_CODE = re.compile(r"\d{4}-[0-9A-Z]{4}-[0-9A-Z]{4}-[0-9A-Z]{2}")


@idempotent
def request_binding(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    code: str,
    role: BindingRole,
    statement: str,
    upload_ids: Sequence[str],
    rights: Collection[SubjectRight] = frozenset(SubjectRight),
) -> BindingRequest:
    """The waiting request. code: a company's unified social credit code, or the inspection code of a visit there;
    upload_ids: files kept for this person.

    Raises InvalidInputError with every problem at once.
    """
    require(act.actor, Permission.OWN_SUBJECT_READ)
    person = store.people.get(tenant, act.actor.person_id)
    subject, problem = _subject_of(store, tenant, code)
    problems = [*([FieldProblem(field="code", code=problem)] if problem else []), *_problems(statement, upload_ids)]
    waiting = [one for one in store.binding_requests.of_person(tenant, person.id) if one.is_waiting]
    if subject is not None and any(one.subject_id == subject.id for one in waiting):
        problems.append(FieldProblem(field="code", code="request_waits"))
    if len(waiting) >= binding_rules().open_requests:
        details: dict[str, str | int] = {"maximum": binding_rules().open_requests}
        problems.append(FieldProblem(field="code", code="too_many_requests_open", details=details))
    if problems or subject is None:
        raise InvalidInputError(problems)
    wanted = rights_of(role, rights)
    new_binding(store, tenant, act, person, subject, role, wanted, BindingSource.CONFIRMATION)
    due = due_at(deadline_rule(DEADLINE, shanghai_date(act.at)), act.at, working_calendar())
    asked = BindingRequest(
        subject_id=subject.id,
        subject_name=subject.name,
        division=subject.division,
        person_id=person.id,
        person_name=person.name,
        role=role,
        rights=wanted,
        statement=statement.strip(),
        evidence=[
            take_upload(store, tenant, owner=person, upload_id=one, allowed=DOCUMENT_TYPES, taken_at=act.at)
            for one in dict.fromkeys(upload_ids)
        ],
        requested_at=act.at,
        due_at=due.due_at if isinstance(due, Due) else None,
    )
    with store.change(tenant, act) as change:
        change.save(asked)
        store.todos.replace(change, asked.ref, request_todos(asked))
        change.event(
            EventType.BINDING_REQUESTED,
            asked,
            {"subject_id": subject.id, "person_id": person.id, "role": role.value},
            {f"evidence_{number}": photo.sha256 for number, photo in enumerate(asked.evidence)},
        )
    return asked


def request_todos(asked: BindingRequest) -> list[Todo]:
    """Who has to look at a request; nobody once it is decided."""
    if not asked.is_waiting:
        return []
    return [
        Todo.of(
            asked.ref,
            role_owner(Role.COORDINATOR),
            TOPIC,
            asked.subject_name,
            at=asked.requested_at,
            due_at=asked.due_at,
            detail=mask_name(asked.person_name),
        )
    ]


def _subject_of(store: Store, tenant: TenantId, typed: str) -> tuple[Subject | None, str]:
    """The subject that the code names, or what is wrong with the code."""
    if not typed.strip():
        return None, "required"
    code = normalise(typed)
    visit = store.owner(tenant, "inspection_code", code) if _INSPECTION_CODE.fullmatch(code) else None
    if visit is not None:
        return store.subjects.find(tenant, store.visits.get(tenant, visit.id).subject.subject_id), ""
    checked = check_uscc(typed)
    if not checked.is_valid:
        return None, "subject_code_form"
    subject = find_by_code(store, tenant, checked.value)
    return subject, "" if subject else "subject_not_registered"


def _problems(statement: str, upload_ids: Sequence[str]) -> list[FieldProblem]:
    found = []
    if not statement.strip():
        found.append(FieldProblem(field="statement", code="required"))
    if len(statement) > 500:
        found.append(FieldProblem(field="statement", code="too_long"))
    if not upload_ids:
        found.append(FieldProblem(field="evidence", code="file_missing"))
    if len(upload_ids) > MAX_FILES:
        found.append(FieldProblem(field="evidence", code="too_many_files", details={"maximum": MAX_FILES}))
    return found


def _waiting(store: Store, tenant: TenantId, request_id: str, step: str) -> BindingRequest:
    asked = store.binding_requests.get(tenant, request_id)
    if not asked.is_waiting:
        raise IllegalTransitionError(state=asked.state.value, step=step)
    return asked


@idempotent
def confirm_binding(store: Store, tenant: TenantId, act: Act, *, request_id: str) -> BindingRequest:
    """The confirmed request; its person acts for the subject from now on. Nobody confirms a request of their own."""
    asked = _waiting(store, tenant, request_id, "confirm_binding")
    require(act.actor, Permission.BINDING_CONFIRM, asked.resource)
    if act.actor.is_behind(asked.person_id, None):
        raise NotAllowedError(reason="own_request")
    person = store.people.get(tenant, asked.person_id)
    subject = store.subjects.get(tenant, asked.subject_id)
    binding = new_binding(
        store, tenant, act, person, subject, asked.role, asked.rights, BindingSource.CONFIRMATION, asked.id
    )
    decided = asked.with_changes(state=BindingRequestState.CONFIRMED, decided_at=act.at, decided_by=act.actor.person_id)
    with store.change(tenant, act) as change:
        put_binding(change, person, binding)
        change.save(decided)
        store.todos.replace(change, decided.ref, [])
        data = {"subject_id": subject.id, "person_id": person.id, "role": asked.role.value}
        change.event(EventType.BINDING_CONFIRMED, decided, data)
    return decided


@idempotent
def refuse_binding(store: Store, tenant: TenantId, act: Act, *, request_id: str, reason: str) -> BindingRequest:
    """The refused request; the reason is what the person reads."""
    asked = _waiting(store, tenant, request_id, "refuse_binding")
    require(act.actor, Permission.BINDING_CONFIRM, asked.resource)
    if not reason.strip():
        raise InvalidInputError([FieldProblem(field="reason", code="reason_missing")])
    if len(reason) > 500:
        raise InvalidInputError([FieldProblem(field="reason", code="too_long")])
    return _end(store, tenant, act, asked, BindingRequestState.REFUSED, EventType.BINDING_REFUSED, reason.strip())


@idempotent
def withdraw_request(store: Store, tenant: TenantId, act: Act, *, request_id: str) -> BindingRequest:
    """Taken back by who asked."""
    asked = _waiting(store, tenant, request_id, "withdraw_request")
    if asked.person_id != act.actor.person_id:
        raise NotAllowedError(reason="not_own_request")
    return _end(store, tenant, act, asked, BindingRequestState.WITHDRAWN, EventType.BINDING_REQUEST_WITHDRAWN)


def _end(
    store: Store,
    tenant: TenantId,
    act: Act,
    asked: BindingRequest,
    state: BindingRequestState,
    type: EventType,
    reason: str = "",
) -> BindingRequest:
    decided = asked.with_changes(state=state, decided_at=act.at, decided_by=act.actor.person_id, reason=reason)
    with store.change(tenant, act) as change:
        change.save(decided)
        store.todos.replace(change, decided.ref, [])
        change.event(type, decided, {"subject_id": asked.subject_id, "person_id": asked.person_id})
    return decided
