"""Merge two records of one subject: the survivor takes what was chosen, the duplicate stays as a tombstone."""

from collections.abc import Mapping

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import ConflictError, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.subject import Subject
from chalicelib.domain.subject_regrouping import (
    RegroupingAct,
    SubjectRegrouping,
    merge,
    reason_problems,
    telling_differences,
)
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.services.register.members import regroup_members
from chalicelib.services.register.plates import MOST_CLAIMS, keep_plates
from chalicelib.services.register.relate_subjects import refuse
from chalicelib.services.register.relation_moves import RelationMoves, moves_between, refuse_circles, write_moves
from chalicelib.services.register.settle_relations import MOST, keep_moves
from chalicelib.storage.change import MAX_ACTIONS
from chalicelib.storage.store import Store

_FIXED_ACTIONS = 44 + MOST_CLAIMS
"""Both subjects, their plates, the regrouping, the event and the marker; at most 39 search entries that come or go."""


def plan_merge(store: Store, tenant: TenantId, kept: Subject, other: Subject) -> RelationMoves:
    """Which relations a merge would move. Raises InvalidInputError when there are too many to be one subject's, or when
    a hierarchy would come to lie within itself."""
    refuse_circles(store, tenant, kept, other)
    moves = moves_between(store, tenant, other, kept, store.subject_relations.of_subject(tenant, other.id))
    if len(moves.removed) > MOST or _actions(kept, other) > MAX_ACTIONS:
        raise refuse("other_id", "too_much_to_move")
    return moves


def _actions(kept: Subject, other: Subject) -> int:
    """Of a merge without its relations, at most."""
    return _FIXED_ACTIONS + 2 * len(kept.memberships) + 2 * len(other.memberships)


@idempotent
def merge_subjects(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    kept_id: str,
    other_id: str,
    choices: Mapping[str, str] | None = None,
    versions: tuple[int, int] | None = None,
    reason: str = "",
) -> Subject:
    """The survivor. Visits, findings and results stay where they were recorded and are found from it; a draw that is
    frozen keeps the subject as it was drawn. Relations too many for the transaction follow in parts (settle_relations).

    choices: as `domain.subject_regrouping.merge`; versions: those of both that the person compared (ConflictError when
    one was changed since). Raises InvalidInputError when the two cannot be merged, and without a reason when both have
    a code and the codes differ.
    """
    kept, other = store.subjects.get(tenant, kept_id), store.subjects.get(tenant, other_id)
    for one in (kept, other):
        require(act.actor, Permission.SUBJECT_EDIT, one.resource)
    if versions is not None and versions != (kept.version, other.version):
        raise ConflictError(kind=Subject.KIND, id=kept_id)
    survivor, tombstone = merge(kept, other, choices or {})
    if problems := reason_problems(kept, other, reason):
        raise InvalidInputError(problems)
    moves = plan_merge(store, tenant, kept, other)
    is_small = _actions(kept, other) + moves.actions <= MAX_ACTIONS
    regrouping = SubjectRegrouping(
        act=RegroupingAct.MERGE,
        kept_id=kept.id,
        other_id=other.id,
        kept_before=kept,
        kept_after=survivor,
        other_before=other,
        other_after=tombstone,
        removed=moves.removed if is_small else [],
        added=moves.added if is_small else [],
        moves_key="" if is_small else keep_moves(store, tenant, act, moves),
        reason=reason.strip(),
        done_by=act.actor.person_id,
        done_at=act.at,
    )
    with store.change(tenant, act) as change:
        for one in (survivor, tombstone):
            change.save(one)
            regroup_members(change, store, tenant, one)
        keep_plates(change, store, [(kept, survivor), (other, tombstone)])
        write_moves(change, store, tenant, regrouping.removed, regrouping.added)
        change.save(regrouping)
        data = {
            "other_id": other.id,
            "regrouping_id": regrouping.id,
            "taken": sorted(choices or {}),
            "differs": [one.value for one in telling_differences(kept, other)],
            "reason": regrouping.reason,
        }
        change.event(EventType.SUBJECTS_MERGED, survivor, data)
    return survivor
