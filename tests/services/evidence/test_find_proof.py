"""Proofs from a log that the sequencer wrote."""

import pytest

from chalicelib import bootstrap
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.merkle import leaf_hash, verify_consistency, verify_inclusion
from chalicelib.services.evidence.append_events import append_events
from chalicelib.services.evidence.find_proof import find_consistency, find_proof
from chalicelib.storage.store import Store
from tests.builders import NOW, TENANT


def grow(store: Store, start: int, count: int) -> None:
    leaves = [(f"event-{n}", f'{{"n":{n}}}') for n in range(start, start + count)]
    with bootstrap.scope(TENANT, bootstrap.ScopeRole.SEQUENCER):
        append_events(store.log, bootstrap.signer(), TENANT, leaves, lambda: NOW)


def test_every_leaf_is_proved_and_no_other_content(store: Store) -> None:
    grow(store, 0, 7)
    checkpoint = store.log.checkpoints(TENANT)[0]
    root = bytes.fromhex(checkpoint.root_sha256)
    for position in range(7):
        leaf, proof = find_proof(store, TENANT, position, checkpoint)
        assert verify_inclusion(leaf.sha256, position, 7, proof, root)
        assert not verify_inclusion(leaf_hash(b"another"), position, 7, proof, root)
    with pytest.raises(RecordNotFoundError):
        find_proof(store, TENANT, 7, checkpoint)


def test_a_newer_checkpoint_only_appended(store: Store) -> None:
    grow(store, 0, 3)
    grow(store, 3, 6)
    new, old = store.log.checkpoints(TENANT)
    roots = bytes.fromhex(old.root_sha256), bytes.fromhex(new.root_sha256)
    proof = find_consistency(store, TENANT, old.tree_size, new.tree_size)
    assert verify_consistency(3, 9, *roots, proof)
    assert not verify_consistency(3, 9, roots[1], roots[1], proof)
    for old_size, size in ((0, 3), (4, 3), (3, 10)):
        with pytest.raises(RecordNotFoundError):
            find_consistency(store, TENANT, old_size, size)
