"""Merkle trees as RFC 6962 §2.1 has them: leaf prefix 0x00, node prefix 0x01, roots that differ for every list.

The hash is a parameter, because evidence is published under SHA-256 and under SM3. Trees are never held: a frontier
of at most 64 hashes grows the root leaf by leaf, and proofs read leaf hashes by position from a callable.
"""

import hashlib
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

Hash = Callable[[bytes], bytes]
LeafHashAt = Callable[[int], bytes]


def sha256(data: bytes) -> bytes:
    """SHA-256, 32 bytes."""
    return hashlib.sha256(data).digest()


def sm3(data: bytes) -> bytes:
    """SM3 (GB/T 32905-2016), 32 bytes; from OpenSSL, or from cryptography where OpenSSL was built without it."""
    try:
        return hashlib.new("sm3", data).digest()
    except ValueError:
        from cryptography.hazmat.primitives import hashes

        digest = hashes.Hash(hashes.SM3())
        digest.update(data)
        return digest.finalize()


HASHES: dict[str, Hash] = {"sha256": sha256, "sm3": sm3}


def leaf_hash(leaf: bytes, hash_: Hash = sha256) -> bytes:
    """Hash of a leaf's content."""
    return hash_(b"\x00" + leaf)


def node_hash(left: bytes, right: bytes, hash_: Hash = sha256) -> bytes:
    """Hash of an inner node."""
    return hash_(b"\x01" + left + right)


class FrontierState(BaseModel):
    """A frontier as it is stored: size of the tree and the roots (hex) of its full subtrees, largest first."""

    model_config = ConfigDict(frozen=True)

    size: int = Field(ge=0)
    nodes: list[str]


class Frontier:
    """The right edge of a growing tree: enough to append and to tell the root, and no more."""

    def __init__(self, hash_: Hash = sha256) -> None:
        self._hash = hash_
        self._nodes: list[bytes] = []
        self.size = 0

    @classmethod
    def from_state(cls, state: FrontierState | dict[str, Any], hash_: Hash = sha256) -> "Frontier":
        """The frontier stored by `state()`. ValueError when the number of nodes does not fit the size."""
        stored = FrontierState.model_validate(state)
        if len(stored.nodes) != stored.size.bit_count():
            raise ValueError("a frontier holds one node for every bit set in its size")
        frontier = cls(hash_)
        frontier.size = stored.size
        frontier._nodes = [bytes.fromhex(node) for node in stored.nodes]
        return frontier

    def state(self) -> FrontierState:
        """What has to be kept to go on appending later."""
        return FrontierState(size=self.size, nodes=[node.hex() for node in self._nodes])

    def append(self, leaf: bytes) -> int:
        """Add a leaf by its content; returns its position, from 0."""
        return self.append_hash(self._hash(b"\x00" + leaf))

    def append_hash(self, node: bytes) -> int:
        """Add a leaf by its leaf hash; returns its position, from 0."""
        position = self.size
        carry = position
        while carry & 1:
            node = self._hash(b"\x01" + self._nodes.pop() + node)
            carry >>= 1
        self._nodes.append(node)
        self.size = position + 1
        return position

    def root(self) -> bytes:
        """Root over all leaves so far; of the empty tree the hash of nothing."""
        if not self._nodes:
            return self._hash(b"")
        root = self._nodes[-1]
        for node in reversed(self._nodes[:-1]):
            root = node_hash(node, root, self._hash)
        return root


def merkle_root(leaves: Iterable[bytes], hash_: Hash = sha256) -> bytes:
    """Root over leaf contents, read once and not kept."""
    frontier = Frontier(hash_)
    for leaf in leaves:
        frontier.append(leaf)
    return frontier.root()


def _split(size: int) -> int:
    """The largest power of two smaller than `size` (size ≥ 2)."""
    return 1 << ((size - 1).bit_length() - 1)


def _range_root(start: int, end: int, leaf_hash_at: LeafHashAt, hash_: Hash) -> bytes:
    frontier = Frontier(hash_)
    for position in range(start, end):
        frontier.append_hash(leaf_hash_at(position))
    return frontier.root()


def inclusion_proofs(
    positions: Iterable[int], size: int, leaf_hash_at: LeafHashAt, hash_: Hash = sha256
) -> dict[int, list[bytes]]:
    """Audit paths (RFC 6962 §2.1.1) of several leaves in one pass: every leaf hash is read once.

    Returns position → hashes from the leaf upwards. ValueError for a position outside the tree.
    """
    wanted = sorted(set(positions))
    if wanted and not 0 <= wanted[0] <= wanted[-1] < size:
        raise ValueError("the leaf is not in the tree")
    proofs: dict[int, list[bytes]] = {position: [] for position in wanted}

    def walk(start: int, end: int) -> bytes:
        first, last = bisect_left(wanted, start), bisect_left(wanted, end)
        if first == last:
            return _range_root(start, end, leaf_hash_at, hash_)
        if end - start == 1:
            return leaf_hash_at(start)
        middle = start + _split(end - start)
        left, right = walk(start, middle), walk(middle, end)
        for position in wanted[first:last]:
            proofs[position].append(right if position < middle else left)
        return node_hash(left, right, hash_)

    if wanted:
        walk(0, size)
    return proofs


def inclusion_proof(position: int, size: int, leaf_hash_at: LeafHashAt, hash_: Hash = sha256) -> list[bytes]:
    """Audit path of one leaf in the tree of the first `size` leaves."""
    return inclusion_proofs([position], size, leaf_hash_at, hash_)[position]


def verify_inclusion(
    leaf: bytes, position: int, size: int, proof: Sequence[bytes], root: bytes, hash_: Hash = sha256
) -> bool:
    """Whether this leaf hash stands at `position` of the tree of `size` leaves with this root (RFC 9162 §2.1.3.2)."""
    if not 0 <= position < size:
        return False
    index, last, node = position, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if index & 1 or index == last:
            node = node_hash(sibling, node, hash_)
            while not index & 1 and index:
                index >>= 1
                last >>= 1
        else:
            node = node_hash(node, sibling, hash_)
        index >>= 1
        last >>= 1
    return last == 0 and node == root


def consistency_proof(old_size: int, size: int, leaf_hash_at: LeafHashAt, hash_: Hash = sha256) -> list[bytes]:
    """Proof (RFC 6962 §2.1.2) that the tree of `size` leaves only appended to that of `old_size`. 1 ≤ old ≤ size."""
    if not 1 <= old_size <= size:
        raise ValueError("the older tree must be a part of the newer one")

    def walk(old_end: int, start: int, end: int, is_whole: bool) -> list[bytes]:
        if old_end == end:
            return [] if is_whole else [_range_root(start, end, leaf_hash_at, hash_)]
        middle = start + _split(end - start)
        if old_end <= middle:
            return [*walk(old_end, start, middle, is_whole), _range_root(middle, end, leaf_hash_at, hash_)]
        return [*walk(old_end, middle, end, False), _range_root(start, middle, leaf_hash_at, hash_)]

    return walk(old_size, 0, size, True)


def verify_consistency(
    old_size: int, size: int, old_root: bytes, root: bytes, proof: Sequence[bytes], hash_: Hash = sha256
) -> bool:
    """Whether the newer tree holds the older one as its beginning (RFC 9162 §2.1.4.2)."""
    if not 1 <= old_size <= size:
        return False
    if old_size == size:
        return not proof and old_root == root
    path = [old_root, *proof] if old_size.bit_count() == 1 else list(proof)
    if not path:
        return False
    index, last = old_size - 1, size - 1
    while index & 1:
        index >>= 1
        last >>= 1
    older = newer = path[0]
    for node in path[1:]:
        if last == 0:
            return False
        if index & 1 or index == last:
            older, newer = node_hash(node, older, hash_), node_hash(node, newer, hash_)
            while not index & 1 and index:
                index >>= 1
                last >>= 1
        else:
            newer = node_hash(newer, node, hash_)
        index >>= 1
        last >>= 1
    return last == 0 and older == old_root and newer == root
