"""A department serves a code on paper: whoever it is served on may bind to the subject with it."""

from collections.abc import Collection

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.binding import BindingCode, BindingRole, code_digest, code_expires_at, read_code
from chalicelib.domain.errors import FieldProblem, IllegalTransitionError, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.tenancy import SubjectRight, TenantId
from chalicelib.services.binding.put_binding import rights_of
from chalicelib.services.idempotent import idempotent
from chalicelib.storage.store import Store

CLAIM = "binding_code"


@idempotent
def issue_code(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    subject_id: str,
    code: str,
    role: BindingRole,
    rights: Collection[SubjectRight] = frozenset(SubjectRight),
    is_single_use: bool = True,
) -> BindingCode:
    """The issued code's record. code: the characters to print, from `make_code`; only their digest is kept.

    An owner's code is for one use. Raises InvalidInputError for something that is no code.
    """
    subject = store.subjects.get(tenant, subject_id)
    require(act.actor, Permission.BINDING_CONFIRM, subject.resource)
    characters = read_code(code)
    if characters is None:
        raise InvalidInputError([FieldProblem(field="code", code="binding_code_form")])
    issued = BindingCode(
        subject_id=subject.id,
        subject_name=subject.name,
        division=subject.division,
        code_sha256=code_digest(characters),
        role=role,
        rights=rights_of(role, rights),
        is_single_use=is_single_use or role is BindingRole.OWNER,
        issued_at=act.at,
        issued_by=act.actor.person_id,
        expires_at=code_expires_at(act.at),
    )
    with store.change(tenant, act) as change:
        change.save(issued)
        change.claim(CLAIM, issued.code_sha256, issued.ref)
        change.event(
            EventType.BINDING_CODE_ISSUED,
            issued,
            {"subject_id": subject.id, "role": role.value, "is_single_use": issued.is_single_use},
        )
    return issued


@idempotent
def revoke_code(store: Store, tenant: TenantId, act: Act, *, code_id: str) -> BindingCode:
    """The code, which opens nothing from now on; bindings made with it stay."""
    code = store.binding_codes.get(tenant, code_id)
    require(act.actor, Permission.BINDING_CONFIRM, code.resource)
    problem = code.problem_at(act.at)
    if problem:
        raise IllegalTransitionError(state=problem, step="revoke_code")
    revoked = code.with_changes(revoked_at=act.at)
    with store.change(tenant, act) as change:
        change.save(revoked)
        change.event(EventType.BINDING_CODE_REVOKED, revoked, {"subject_id": code.subject_id})
    return revoked
