"""Relate two subjects, change the dates of a relation, take it back: both ends in one transaction."""

from datetime import date

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import FieldProblem, IllegalTransitionError, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.record import Ref
from chalicelib.domain.subject import Subject
from chalicelib.domain.subject_kind import RelationKind, relation_rules, subject_limits
from chalicelib.domain.subject_relation import SubjectRelation, relation_id, relation_of
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.storage.store import Store


def refuse(field: str, code: str) -> InvalidInputError:
    return InvalidInputError([FieldProblem(field=field, code=code)])


def editable_subject(store: Store, tenant: TenantId, act: Act, subject_id: str) -> Subject:
    """A subject that this actor may change. Raises IllegalTransitionError for one that is only kept as a tombstone."""
    subject = store.subjects.get(tenant, subject_id)
    require(act.actor, Permission.SUBJECT_EDIT, subject.resource)
    if subject.is_tombstone:
        raise IllegalTransitionError(state=subject.status.value, step="change_subject")
    return subject


@idempotent
def relate_subjects(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    subject_id: str,
    other_id: str,
    kind: RelationKind,
    from_on: date | None = None,
    until_on: date | None = None,
) -> Subject:
    """The subject, now related to the other; a relation of this kind between the two gets these dates.

    Raises InvalidInputError when the kinds do not relate so, when the dates are reversed, or when a hierarchy would
    come to lie within itself; RecordNotFoundError when the actor may not know of the other.
    """
    source = editable_subject(store, tenant, act, subject_id)
    target = store.subjects.find_current(tenant, other_id)
    if target is None or target.is_tombstone:
        raise refuse("other_id", "unknown_subject")
    require(act.actor, Permission.SUBJECT_EDIT, target.resource)
    own = relation_of(source, target, kind, at=act.at, from_on=from_on, until_on=until_on)
    held = _both(store, tenant, own)
    if held[0] is None and len(store.subject_relations.of_subject(tenant, source.id)) >= subject_limits().relations:
        raise refuse("other_id", "too_many_relations")
    above = ancestors(store, tenant, target) if relation_rules(kind).is_hierarchy else []
    if source.id in {one.id for one in above}:
        raise refuse("other_id", "relation_in_a_circle")
    with store.change(tenant, act) as change:
        # Both subjects move on and those above must not: of two acts that together close a circle one is refused.
        for subject in (source, target):
            change.save(subject)
        for one in above:
            if one.id != target.id:
                change.unchanged(one)
        for end, before in zip((own, own.reversed), held, strict=True):
            change.save(end.model_copy(update={"version": before.version if before else 0}))
        data = {"kind": kind.value, "other_id": target.id, "from_on": _text(from_on), "until_on": _text(until_on)}
        change.event(EventType.SUBJECTS_RELATED, source, data)
    return source


@idempotent
def unrelate_subjects(
    store: Store, tenant: TenantId, act: Act, *, subject_id: str, other_id: str, kind: RelationKind
) -> Subject:
    """The subject without a relation that was entered by mistake. One that has ended is given its last day instead."""
    source = editable_subject(store, tenant, act, subject_id)
    own = store.subject_relations.get_child(tenant, source.ref, relation_id(kind, other_id, is_reverse=False))
    other = store.subject_relations.get_child(
        tenant, Ref(kind=Subject.KIND, id=other_id), relation_id(kind, source.id, is_reverse=True)
    )
    with store.change(tenant, act) as change:
        change.save(source)
        change.delete(own)
        change.delete(other)
        data = {"kind": kind.value, "other_id": other_id, "from_on": _text(own.from_on)}
        change.event(EventType.SUBJECTS_UNRELATED, source, data)
    return source


def _both(
    store: Store, tenant: TenantId, own: SubjectRelation
) -> tuple[SubjectRelation | None, SubjectRelation | None]:
    back = own.reversed
    return (
        store.subject_relations.find_child(tenant, own.parent_ref, own.id),
        store.subject_relations.find_child(tenant, back.parent_ref, back.id),
    )


def _text(day: date | None) -> str:
    return day.isoformat() if day else ""


def ancestors(store: Store, tenant: TenantId, start: Subject) -> list[Subject]:
    """`start` and what it is in or part of, all the way up. Raises InvalidInputError past the limit."""
    found: dict[str, Subject] = {start.id: start}
    waiting = [start.id]
    while waiting:
        relations = store.subject_relations.of_subject(tenant, waiting.pop())
        above = {one.other_id for one in relations if not one.is_reverse and relation_rules(one.kind).is_hierarchy}
        fresh = store.subjects.find_many(tenant, above - found.keys())
        found |= fresh
        waiting += list(fresh)
        if len(found) > subject_limits().ancestors:
            raise refuse("other_id", "too_many_ancestors")
    return list(found.values())
