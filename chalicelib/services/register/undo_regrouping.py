"""Undo a merge or a split: both subjects become what they were, as far as nobody changed the same things since."""

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import IllegalTransitionError
from chalicelib.domain.event import EventType
from chalicelib.domain.record import Ref
from chalicelib.domain.subject import Subject, SubjectStatus
from chalicelib.domain.subject_regrouping import RegroupingAct, SubjectRegrouping, restore
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.services.register.members import regroup_members
from chalicelib.services.register.plates import keep_plates
from chalicelib.services.register.relation_moves import write_moves
from chalicelib.storage.store import Store


@idempotent
def undo_regrouping(store: Store, tenant: TenantId, act: Act, *, subject_id: str, regrouping_id: str) -> Subject:
    """The subject that had stayed, as it was before. After an undone split the new subject is a tombstone that leads to
    it, so that what was recorded under it meanwhile is still found.

    Raises IllegalTransitionError when it was undone already or is too old (subject_kinds.json, undo_days), and
    InvalidInputError naming the fields that somebody changed since; AlreadyExistsError (kind `plate`) when another
    vehicle has got a plate that would come back.
    """
    parent = Ref(kind=Subject.KIND, id=subject_id)
    regrouping = store.subject_regroupings.get_child(tenant, parent, regrouping_id)
    kept, other = store.subjects.get(tenant, regrouping.kept_id), store.subjects.get(tenant, regrouping.other_id)
    for one in (kept, other):
        require(act.actor, Permission.SUBJECT_EDIT, one.resource)
    if not regrouping.is_undoable(act.at) or kept.is_tombstone or kept.hand_over_id:
        raise IllegalTransitionError(state=regrouping.act.value, step="undo_regrouping")
    was_kept, was_other = _restored(regrouping, kept, other)
    with store.change(tenant, act) as change:
        for one in (was_kept, was_other):
            change.save(one)
            regroup_members(change, store, tenant, one)
        keep_plates(change, store, [(kept, was_kept), (other, was_other)])
        write_moves(change, store, tenant, regrouping.added, regrouping.removed)
        change.save(regrouping.with_changes(undone_by=act.actor.person_id, undone_at=act.at, settled_at=None))
        data = {"other_id": other.id, "regrouping_id": regrouping.id, "act": regrouping.act.value}
        change.event(EventType.REGROUPING_REVERTED, was_kept, data)
    return was_kept


def _restored(regrouping: SubjectRegrouping, kept: Subject, other: Subject) -> tuple[Subject, Subject]:
    was_kept = restore(regrouping.kept_before, regrouping.kept_after, kept)
    if regrouping.act is RegroupingAct.MERGE and regrouping.other_before is not None:
        return was_kept, restore(regrouping.other_before, regrouping.other_after, other)
    if other.is_tombstone or other.hand_over_id:
        raise IllegalTransitionError(state=other.status.value, step="undo_regrouping")
    absorbed = tuple(dict.fromkeys((*was_kept.absorbed, *other.all_ids)))
    tombstone = other.with_changes(status=SubjectStatus.MERGED, merged_into=kept.id, memberships=())
    return was_kept.with_changes(absorbed=absorbed), tombstone
