"""Inclusion and consistency proofs of a tenant's evidence log."""

from chalicelib.domain.checkpoint import SignedCheckpoint
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.merkle import consistency_proof, inclusion_proof
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage.evidence_log import Leaf
from chalicelib.storage.store import Store

HASH_BYTES = 32


def _hashes(store: Store, tenant: TenantId, size: int) -> bytearray:
    """The leaf hashes of the first `size` leaves, 32 bytes each: 32 MB for a million leaves."""
    hashes = bytearray()
    for leaf in store.log.leaves(tenant, size):
        hashes += leaf.sha256
    if len(hashes) != HASH_BYTES * size:
        raise RecordNotFoundError(kind="leaf", id=str(len(hashes) // HASH_BYTES))
    return hashes


def find_proof(store: Store, tenant: TenantId, position: int, checkpoint: SignedCheckpoint) -> tuple[Leaf, list[bytes]]:
    """The leaf at `position` and its audit path (RFC 6962 §2.1.1) in the checkpoint's tree."""
    if not 0 <= position < checkpoint.tree_size:
        raise RecordNotFoundError(kind="leaf", id=str(position))
    hashes = _hashes(store, tenant, checkpoint.tree_size)

    def hash_at(index: int) -> bytes:
        return bytes(hashes[HASH_BYTES * index : HASH_BYTES * (index + 1)])

    return store.log.leaf(tenant, position), inclusion_proof(position, checkpoint.tree_size, hash_at)


def find_consistency(store: Store, tenant: TenantId, old_size: int, size: int) -> list[bytes]:
    """That the tree of `size` leaves only appended to that of `old_size` (RFC 6962 §2.1.2); 1 ≤ old_size ≤ size."""
    if not 1 <= old_size <= size:
        raise RecordNotFoundError(kind="checkpoint", id=str(old_size))
    hashes = _hashes(store, tenant, size)
    return consistency_proof(old_size, size, lambda n: bytes(hashes[HASH_BYTES * n : HASH_BYTES * (n + 1)]))
