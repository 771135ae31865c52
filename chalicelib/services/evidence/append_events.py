"""The sequencer: numbers a tenant's events, extends its tree and signs the checkpoint, as transparency logs do."""

from collections.abc import Sequence
from functools import partial

from chalicelib.domain.checkpoint import SignedCheckpoint, Signer, sign_checkpoint
from chalicelib.domain.merkle import Frontier, sm3
from chalicelib.domain.record import Clock
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.try_again import try_again
from chalicelib.storage.evidence_log import MAX_BATCH, EvidenceLog, Leaf, LogState


def append_events(
    log: EvidenceLog, signer: Signer, tenant: TenantId, leaves: Sequence[tuple[str, str]], clock: Clock
) -> SignedCheckpoint | None:
    """Append (event id, leaf text) pairs in order; those already numbered are passed over.

    Runs under the sequencer's scope. Returns the newest checkpoint, None when nothing was new. Raises ConflictError
    only when the log kept moving: the queue is ordered per tenant, so that means a second sequencer.
    """
    checkpoint = None
    for start in range(0, len(leaves), MAX_BATCH):
        batch = leaves[start : start + MAX_BATCH]
        checkpoint = try_again(partial(_append_batch, log, signer, tenant, batch, clock)) or checkpoint
    return checkpoint


def _append_batch(
    log: EvidenceLog, signer: Signer, tenant: TenantId, batch: Sequence[tuple[str, str]], clock: Clock
) -> SignedCheckpoint | None:
    known = log.positions(tenant, list({event_id for event_id, _ in batch}))
    fresh = {event_id: content for event_id, content in batch if event_id not in known}
    if not fresh:
        return None
    state = log.state(tenant)
    tree, tree_sm3 = Frontier.from_state(state.sha256), Frontier.from_state(state.sm3, sm3)
    leaves = [Leaf(tree.size + n, event_id, content) for n, (event_id, content) in enumerate(fresh.items())]
    for leaf in leaves:
        tree.append_hash(leaf.sha256)
        tree_sm3.append_hash(leaf.sm3)
    checkpoint = sign_checkpoint(
        signer, tenant=tenant, tree_size=tree.size, root_sha256=tree.root(), root_sm3=tree_sm3.root(), at=clock()
    )
    grown = LogState(version=state.version, sha256=tree.state(), sm3=tree_sm3.state(), tree_size=tree.size)
    log.append(tenant, grown, leaves, checkpoint)
    return checkpoint
