"""Register one subject, or change it: record, unique code and scenario memberships in one transaction."""

from collections.abc import Iterable, Mapping
from typing import Any

from chalicelib.domain.access import Permission, Resource, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import ConflictError, FieldProblem, IllegalTransitionError, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.record import new_id
from chalicelib.domain.scenario_member import ScenarioMember
from chalicelib.domain.subject import TOMBSTONES, ScenarioMembership, Subject, SubjectDraft, SubjectKind
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.services.register.members import save_members
from chalicelib.services.register.plates import ask_about_plate, check_plate, keep_plates
from chalicelib.services.register.scenario_kinds import check_kind
from chalicelib.storage.change import Change
from chalicelib.storage.store import Store
from chalicelib.storage.subjects import CODE, PLATE

FIXED = frozenset({"code", "kind", "id", "source", "merged_into", "absorbed", "hand_over_id", "handed_to"})
"""What no form changes: identity, and what only a merge or a hand-over sets."""
PERSONAL = frozenset({"phone", "responsible_person", "responsible_people", "plate", "photos"})
"""Fields whose values never enter an event."""


def put_subject(change: Change, subject: Subject) -> None:
    """Write a new subject, its claims and members into a change."""
    change.save(subject)
    if subject.code and subject.kind is SubjectKind.COMPANY and not subject.version:
        change.claim(CODE, subject.code, subject.ref)
    if subject.held_plate and not subject.version:
        change.claim(PLATE, subject.held_plate, subject.ref)
    for membership in subject.memberships:
        change.save(ScenarioMember.of(subject, membership.scenario))


@idempotent
def register_subject(
    store: Store, tenant: TenantId, act: Act, *, draft: SubjectDraft, is_another: bool = False
) -> Subject:
    """The registered subject. is_another: somebody looked, and the subjects that have its plate are not this one.

    Raises AlreadyExistsError (kind `code` or `plate`) when another has its code, or another vehicle its plate;
    InvalidInputError for a plate without the form that it is said to have, for one that another subject has as long as
    nobody looked, and for a scenario that does not take its kind."""
    require(act.actor, Permission.SUBJECT_EDIT, Resource(divisions=frozenset({draft.division})))
    if draft.status in TOMBSTONES:
        raise InvalidInputError([FieldProblem(field="status", code="unknown_choice")])
    check_plate(draft)
    check_kind(draft)
    if not is_another:
        ask_about_plate(store, tenant, act.actor, draft)
    subject = draft.register(new_id())
    with store.change(tenant, act) as change:
        put_subject(change, subject)
        change.event(
            EventType.SUBJECT_REGISTERED,
            subject,
            {"kind": subject.kind.value, "source": subject.source},
            _photo_hashes(subject),
        )
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
    InvalidInputError for its code, which cannot change, and for a kind or an identifier; IllegalTransitionError for a
    tombstone; AlreadyExistsError (kind `plate`) when another vehicle has its plate. The event tells each change before
    and after, except of what identifies a person.
    """
    subject = store.subjects.get(tenant, subject_id)
    require(act.actor, Permission.SUBJECT_EDIT, Resource(divisions=frozenset({subject.division})))
    if version is not None and version != subject.version:
        raise ConflictError(kind=Subject.KIND, id=subject_id)
    if subject.is_tombstone:
        raise IllegalTransitionError(state=subject.status.value, step="change_subject")
    if fixed := sorted(FIXED & changes.keys()):
        raise InvalidInputError([FieldProblem(field=field, code="code_cannot_change") for field in fixed])
    if changes.get("status") in TOMBSTONES:
        raise InvalidInputError([FieldProblem(field="status", code="unknown_choice")])
    if not changes:
        return subject
    if "division" in changes:
        require(act.actor, Permission.SUBJECT_EDIT, Resource(divisions=frozenset({changes["division"]})))
    changed = subject.with_changes(**changes)
    if changes.keys() & {"plate", "plate_form"}:
        check_plate(changed)
    with store.change(tenant, act) as change:
        change.save(changed)
        keep_plates(change, store, [(subject, changed)])
        save_members(change, store, tenant, changed)
        change.event(
            EventType.SUBJECT_CHANGED, changed, told_changes(subject, changed, changes), _photo_hashes(changed, changes)
        )
    return changed


def told_changes(before: Subject, after: Subject, names: Iterable[str]) -> dict[str, Any]:
    """What an event tells of a change: the fields, and before and after of those that are no personal data."""
    fields = sorted(names)
    open_fields = [name for name in fields if name not in PERSONAL]
    return {
        "fields": fields,
        "before": {name: _told(getattr(before, name)) for name in open_fields},
        "after": {name: _told(getattr(after, name)) for name in open_fields},
    }


def _photo_hashes(subject: Subject, changes: Iterable[str] = ("photos",)) -> dict[str, str]:
    """Hashes of the photos, for the leaf of an event that brings them."""
    return {f"photo.{at}": sha256 for at, sha256 in enumerate(subject.photos)} if "photos" in changes else {}


def _told(value: Any) -> Any:
    """A value of a subject as short JSON; of a membership its attributes."""
    if isinstance(value, str):
        return value[:400]
    if isinstance(value, tuple):
        return {one.scenario: one.attributes for one in value if isinstance(one, ScenarioMembership)} or list(value)
    return value


def find_by_code(store: Store, tenant: TenantId, code: str) -> Subject | None:
    """The subject that is registered under this unified social credit code; of a merged duplicate the survivor."""
    owner = store.owner(tenant, CODE, code)
    return store.subjects.find_current(tenant, owner.id) if owner else None
