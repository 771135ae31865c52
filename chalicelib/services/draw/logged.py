"""The signed checkpoint that covers a draw's commitment: found in the evidence log, kept on the record."""

from chalicelib.domain.act import Act
from chalicelib.domain.checkpoint import SignedCheckpoint
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.event import EventType
from chalicelib.domain.random_draw import RandomDraw
from chalicelib.domain.record import Clock
from chalicelib.domain.tenancy import Actor, TenantId
from chalicelib.services.draw.problems import CommitmentNotLoggedError
from chalicelib.services.draw.save_draw import put_draw
from chalicelib.storage.errors import AlreadyDoneError
from chalicelib.storage.store import Store


def find_checkpoint(store: Store, tenant: TenantId, draw: RandomDraw) -> tuple[int, SignedCheckpoint] | None:
    """Position of the commitment's leaf and the first checkpoint that covers it, None until it is signed."""
    if draw.checkpoint is not None and draw.position is not None:
        return draw.position, draw.checkpoint
    if not draw.frozen_event_id:
        return None
    position = store.log.positions(tenant, [draw.frozen_event_id]).get(draw.frozen_event_id)
    checkpoint = None if position is None else store.log.checkpoint_covering(tenant, position)
    return None if position is None or checkpoint is None else (position, checkpoint)


def with_checkpoint(store: Store, tenant: TenantId, draw: RandomDraw) -> tuple[RandomDraw, SignedCheckpoint]:
    """The draw with its checkpoint, unsaved. Raises CommitmentNotLoggedError while it is not signed."""
    found = find_checkpoint(store, tenant, draw)
    if found is None:
        raise CommitmentNotLoggedError(draw_id=draw.id)
    return draw.with_changes(position=found[0], checkpoint=found[1]), found[1]


def note_checkpoints(store: Store, tenant: TenantId, clock: Clock) -> int:
    """Keep the checkpoint on every frozen draw that waits for one, and show it to the public. Returns how many.

    Run by the sequencer's worker after it signed. A draw that somebody changes at the same moment keeps waiting:
    whoever records a beacon saves the checkpoint too.
    """
    noted = 0
    for draw in store.draws.unlogged(tenant):
        if find_checkpoint(store, tenant, draw) is None:
            continue
        changed, checkpoint = with_checkpoint(store, tenant, draw)
        act = Act(actor=Actor.system(tenant, "sequencer"), at=clock(), key=f"{draw.id}.logged")
        try:
            with store.change(tenant, act) as change:
                put_draw(store, change, changed)
                change.event(EventType.COMMITMENT_LOGGED, changed, {"tree_size": checkpoint.tree_size})
            noted += 1
        except (AlreadyDoneError, ConflictError):
            continue
    return noted
