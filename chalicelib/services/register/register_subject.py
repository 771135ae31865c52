"""Register one subject, or change it: record, unique code and scenario memberships in one transaction."""

from collections.abc import Mapping
from typing import Any

from chalicelib.domain.access import Permission, Resource, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import ConflictError, FieldProblem, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.record import new_id
from chalicelib.domain.scenario_member import ScenarioMember
from chalicelib.domain.subject import Subject, SubjectDraft, SubjectKind
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.storage.change import Change
from chalicelib.storage.store import Store
from chalicelib.storage.subjects import CODE


def put_subject(change: Change, subject: Subject, members: dict[str, int] | None = None) -> None:
    """Write a subject, its claim and members into a change. members: scenario → version of the entry it replaces."""
    change.save(subject)
    if subject.code and subject.kind is SubjectKind.COMPANY and not subject.version:
        change.claim(CODE, subject.code, subject.ref)
    for membership in subject.memberships:
        change.save(ScenarioMember.of(subject, membership.scenario, (members or {}).get(membership.scenario, 0)))


@idempotent
def register_subject(store: Store, tenant: TenantId, act: Act, *, draft: SubjectDraft) -> Subject:
    """The registered subject. Raises AlreadyExistsError (kind `code`) when its code is registered."""
    require(act.actor, Permission.SUBJECT_EDIT, Resource(divisions=frozenset({draft.division})))
    subject = draft.register(new_id())
    with store.change(tenant, act) as change:
        put_subject(change, subject)
        change.event(EventType.SUBJECT_REGISTERED, subject, {"kind": subject.kind.value, "source": subject.source})
    return subject


@idempotent
def change_subject(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    subject_id: str,
    changes: Mapping[str, Any],
    version: int | None = None,
) -> Subject:
    """The subject with these fields changed (name, address, phone, status …).

    version: the one that the person saw; ConflictError when somebody changed the subject since. Raises
    InvalidInputError for its code, which cannot change, and for a kind or an identifier.
    """
    subject = store.subjects.get(tenant, subject_id)
    require(act.actor, Permission.SUBJECT_EDIT, Resource(divisions=frozenset({subject.division})))
    if version is not None and version != subject.version:
        raise ConflictError(kind=Subject.KIND, id=subject_id)
    if fixed := sorted({"code", "kind", "id", "source"} & changes.keys()):
        raise InvalidInputError([FieldProblem(field=field, code="code_cannot_change") for field in fixed])
    if not changes:
        return subject
    if "division" in changes:
        require(act.actor, Permission.SUBJECT_EDIT, Resource(divisions=frozenset({changes["division"]})))
    changed = subject.with_changes(**changes)
    versions = {member.scenario: member.version for member in store.members.of_subject(tenant, subject_id)}
    with store.change(tenant, act) as change:
        put_subject(change, changed, versions)
        change.event(EventType.SUBJECT_CHANGED, changed, {"fields": sorted(changes)})
    return changed


def find_by_code(store: Store, tenant: TenantId, code: str) -> Subject | None:
    """The subject that is registered under this unified social credit code."""
    owner = store.owner(tenant, CODE, code)
    return store.subjects.find(tenant, owner.id) if owner else None
