"""Relations that are too many for the transaction of a merge or split: kept in a file, moved in parts by a worker.

The regrouping says which way they go: to where the merge took them, or back once it is undone. Each part is refused
when that changed meanwhile, and taken up again in the other direction.
"""

import hashlib

from chalicelib.domain.act import Act
from chalicelib.domain.event import EventType
from chalicelib.domain.record import Ref
from chalicelib.domain.subject import Subject
from chalicelib.domain.subject_regrouping import MovedRelations, SubjectRegrouping
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.register.relation_moves import RelationMoves, write_moves
from chalicelib.storage import keys
from chalicelib.storage.store import Store

PAIRS = 20
"""Relations taken away and made in one transaction, two items each way."""
MOST = 10_000
"""Relations of one regrouping; more would be a list, not a subject."""


def keep_moves(store: Store, tenant: TenantId, act: Act, moves: RelationMoves) -> str:
    """The key of the file that holds them; the same act writes the same file."""
    name = hashlib.sha256(act.key.encode()).hexdigest()[:32]
    key = keys.object_key(tenant, "regroupings", f"{name}.json")
    content = MovedRelations(removed=moves.removed, added=moves.added).model_dump_json()
    store.objects.put(tenant, key, content.encode(), "application/json")
    return key


def moved_relations(store: Store, tenant: TenantId, regrouping: SubjectRegrouping) -> MovedRelations:
    """What a regrouping moves, wherever it is kept."""
    if not regrouping.moves_key:
        return MovedRelations(removed=regrouping.removed, added=regrouping.added)
    return MovedRelations.model_validate_json(store.objects.read(tenant, regrouping.moves_key))


def settle_relations(store: Store, tenant: TenantId, act: Act, *, subject_id: str, regrouping_id: str) -> int:
    """How many relations were looked at; none once they are where they belong. Delivered twice it moves nothing twice.
    Raises ConflictError when the regrouping was undone meanwhile: delivered again, it goes the other way."""
    parent = Ref(kind=Subject.KIND, id=subject_id)
    regrouping = store.subject_regroupings.get_child(tenant, parent, regrouping_id)
    if not regrouping.is_unsettled:
        return 0
    moves = moved_relations(store, tenant, regrouping)
    gone, made = moves.removed, moves.added
    if regrouping.undone_at is not None:
        gone, made = made, gone
    count = max(len(gone), len(made))
    for start in range(0, count, PAIRS):
        part = act.part(f"relations.{start}")
        if store.done(tenant, part) is not None:
            continue
        end = start + PAIRS
        with store.change(tenant, part) as change:
            change.unchanged(regrouping)
            write_moves(change, store, tenant, gone[start:end], made[start:end])
            change.event(EventType.RELATIONS_MOVED, parent, {"regrouping_id": regrouping.id, "from": start})
    with store.change(tenant, act.part("settled")) as change:
        change.save(regrouping.with_changes(settled_at=act.at))
        change.event(EventType.RELATIONS_MOVED, parent, {"regrouping_id": regrouping.id, "count": count})
    return count
