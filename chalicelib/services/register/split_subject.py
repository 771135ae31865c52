"""Split one record that describes two subjects: memberships and relations are taken out into a new one."""

from collections.abc import Collection

from chalicelib.domain.access import Permission, Resource, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.event import EventType
from chalicelib.domain.record import new_id
from chalicelib.domain.subject import Subject, SubjectDraft, SubjectKind
from chalicelib.domain.subject_regrouping import RegroupingAct, SubjectRegrouping, split
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.services.register.members import regroup_members
from chalicelib.services.register.plates import MOST_CLAIMS, check_plate, keep_plates
from chalicelib.services.register.relate_subjects import refuse
from chalicelib.services.register.relation_moves import moves_between, write_moves
from chalicelib.services.register.scenario_kinds import check_kind
from chalicelib.services.register.settle_relations import MOST, keep_moves
from chalicelib.storage.change import MAX_ACTIONS
from chalicelib.storage.store import Store
from chalicelib.storage.subjects import CODE

_FIXED_ACTIONS = 19 + MOST_CLAIMS
"""Both subjects, the code and the plates, the regrouping, the event and the marker; at most 13 search entries of the
new one."""


@idempotent
def split_subject(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    subject_id: str,
    draft: SubjectDraft,
    scenarios: Collection[str] = (),
    relation_ids: Collection[str] = (),
    version: int | None = None,
    reason: str = "",
) -> Subject:
    """The subject that stays; the new one is the `other_id` of its newest regrouping. Visits stay where they were
    recorded.

    Raises AlreadyExistsError when the new one's code or plate is registered, ConflictError when the subject was changed
    since `version`, InvalidInputError for what cannot be taken out.
    """
    subject = store.subjects.get(tenant, subject_id)
    require(act.actor, Permission.SUBJECT_EDIT, subject.resource)
    require(act.actor, Permission.SUBJECT_EDIT, Resource(divisions=frozenset({draft.division})))
    if version is not None and version != subject.version:
        raise ConflictError(kind=Subject.KIND, id=subject_id)
    check_plate(draft)
    kept, part = split(subject, draft, new_id(), scenarios)
    check_kind(part, "scenarios")
    wanted = [one for one in store.subject_relations.of_subject(tenant, subject.id) if one.id in set(relation_ids)]
    if len(wanted) != len(set(relation_ids)):
        raise refuse("relations", "unknown_choice")
    moves = moves_between(store, tenant, subject, part, wanted)
    if moves.dropped:
        raise refuse("relations", "kinds_do_not_relate")
    fixed = _FIXED_ACTIONS + 2 * len(subject.memberships)
    if len(moves.removed) > MOST or fixed > MAX_ACTIONS:
        raise refuse("relations", "too_much_to_move")
    is_small = fixed + moves.actions <= MAX_ACTIONS
    regrouping = SubjectRegrouping(
        act=RegroupingAct.SPLIT,
        kept_id=kept.id,
        other_id=part.id,
        kept_before=subject,
        kept_after=kept,
        other_after=part,
        removed=moves.removed if is_small else [],
        added=moves.added if is_small else [],
        moves_key="" if is_small else keep_moves(store, tenant, act, moves),
        reason=reason,
        done_by=act.actor.person_id,
        done_at=act.at,
    )
    with store.change(tenant, act) as change:
        for one in (kept, part):
            change.save(one)
            regroup_members(change, store, tenant, one)
        if part.code and part.kind is SubjectKind.COMPANY:
            change.claim(CODE, part.code, part.ref)
        keep_plates(change, store, [(subject, kept), (None, part)])
        write_moves(change, store, tenant, regrouping.removed, regrouping.added)
        change.save(regrouping)
        data = {"other_id": part.id, "regrouping_id": regrouping.id, "scenarios": sorted(scenarios)}
        change.event(EventType.SUBJECT_DIVIDED, kept, data)
    return kept
