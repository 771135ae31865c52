"""Which ends of relations go and which come when relations move from one subject to another."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from chalicelib.domain.subject import Subject
from chalicelib.domain.subject_kind import relation_rules
from chalicelib.domain.subject_relation import SubjectRelation
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.register.relate_subjects import ancestors, refuse
from chalicelib.storage.change import Change
from chalicelib.storage.store import Store
from chalicelib.storage.subject_relations import place


@dataclass(frozen=True)
class RelationMoves:
    """One end of each pair that goes, and of each that comes; dropped: those that go and have no successor."""

    removed: list[SubjectRelation] = field(default_factory=list)
    added: list[SubjectRelation] = field(default_factory=list)
    dropped: list[SubjectRelation] = field(default_factory=list)

    @property
    def actions(self) -> int:
        return 2 * (len(self.removed) + len(self.added))


def moves_between(
    store: Store, tenant: TenantId, source: Subject, target: Subject, wanted: Iterable[SubjectRelation]
) -> RelationMoves:
    """The relations of `source` (ends at it) that are to become `target`'s. Those between the two, those that the
    target has already and those that its kind cannot have are dropped."""
    relations = list(wanted)
    held = {one.id for one in store.subject_relations.of_subject(tenant, target.id)}
    others = store.subjects.find_many(tenant, (one.other_id for one in relations))
    found = RelationMoves()
    for one in relations:
        found.removed.append(one)
        other = others.get(one.other_id)
        kinds = (other.kind, target.kind) if other and one.is_reverse else (target.kind, other.kind) if other else None
        fits = kinds is not None and relation_rules(one.kind).allows(*kinds)
        if one.other_id == target.id or one.id in held or not fits:
            found.dropped.append(one)
        else:
            found.added.append(one.between(target.id))
    return found


def refuse_circles(store: Store, tenant: TenantId, kept: Subject, other: Subject) -> None:
    """Raises InvalidInputError when one of two that become one lies, by way of a third, within the other."""
    pair = {kept.id, other.id}
    for subject in (kept, other):
        for one in store.subject_relations.of_subject(tenant, subject.id):
            if one.is_reverse or not relation_rules(one.kind).is_hierarchy or one.other_id in pair:
                continue
            above = store.subjects.find(tenant, one.other_id)
            if above is not None and pair & {each.id for each in ancestors(store, tenant, above)}:
                raise refuse("other_id", "relation_in_a_circle")


def write_moves(
    change: Change,
    store: Store,
    tenant: TenantId,
    removed: Iterable[SubjectRelation],
    added: Iterable[SubjectRelation],
) -> None:
    """Within this change, both ends of every pair; what is gone or there already is passed over."""
    going = [end for one in removed for end in (one, one.reversed)]
    coming = [end for one in added for end in (one, one.reversed)]
    held = store.subject_relations.held(tenant, [*going, *coming])
    for end in going:
        present = held.get(place(end))
        if present is not None:
            change.delete(present)
    for end in coming:
        if place(end) not in held:
            change.save(end.model_copy(update={"version": 0}))
