"""The sequencer: every leaf once, in order, under a checkpoint that verifies."""

import pytest

from chalicelib import bootstrap
from chalicelib.bootstrap import ScopeRole
from chalicelib.domain.checkpoint import verify_checkpoint
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.merkle import inclusion_proof, merkle_root, sm3, verify_inclusion
from chalicelib.services.evidence.append_events import append_events
from tests.builders import NOW, TENANT


def append(store, *names):
    leaves = [(name, f'{{"event_id":"{name}"}}') for name in names]
    with bootstrap.scope(TENANT, ScopeRole.SEQUENCER):
        return append_events(store.log, bootstrap.signer(), TENANT, leaves, lambda: NOW)


def test_leaves_are_numbered_in_order_and_the_checkpoint_is_signed(store):
    checkpoint = append(store, "a", "b", "c")

    contents = [leaf.content.encode() for leaf in store.log.leaves(TENANT, 3)]
    assert [leaf.event_id for leaf in store.log.leaves(TENANT, 3)] == ["a", "b", "c"]
    assert checkpoint.tree_size == 3
    assert checkpoint.root_sha256 == merkle_root(contents).hex()
    assert checkpoint.root_sm3 == merkle_root(contents, sm3).hex()
    key = bootstrap.signer().key
    verify_checkpoint(checkpoint, {key.key_id: key})


def test_duplicates_and_reordering_change_nothing(store):
    append(store, "a", "b")

    assert append(store, "b", "a") is None
    assert append(store, "b", "c", "c").tree_size == 3
    assert store.log.positions(TENANT, ["a", "b", "c", "d"]) == {"a": 0, "b": 1, "c": 2}


def test_more_than_one_batch(store):
    names = [f"e{n:03d}" for n in range(100)]

    assert append(store, *names).tree_size == 100
    assert [leaf.event_id for leaf in store.log.leaves(TENANT, 100)] == names


def test_a_leaf_is_proved_under_the_checkpoint_that_covers_it(store):
    append(store, "a", "b")
    append(store, "c", "d", "e")

    covering = store.log.checkpoint_covering(TENANT, 3)
    hashes = [leaf.sha256 for leaf in store.log.leaves(TENANT, covering.tree_size)]
    proof = inclusion_proof(3, covering.tree_size, lambda n: hashes[n])
    root = bytes.fromhex(covering.root_sha256)
    assert store.log.checkpoint_covering(TENANT, 1).tree_size == 2
    assert covering.tree_size == 5
    assert verify_inclusion(hashes[3], 3, 5, proof, root)
    assert not verify_inclusion(hashes[2], 3, 5, proof, root)
    assert store.log.checkpoint_covering(TENANT, 5) is None


def test_a_log_that_moved_on_is_read_again(store, monkeypatch):
    append(store, "a")
    real, moved = store.log.append, []

    def append_after_another(tenant, state, leaves, checkpoint):
        if not moved:
            moved.append(True)
            append(store, "b")
        real(tenant, state, leaves, checkpoint)

    monkeypatch.setattr(store.log, "append", append_after_another)
    append(store, "c")

    assert [leaf.event_id for leaf in store.log.leaves(TENANT, 3)] == ["a", "b", "c"]


def test_a_log_that_keeps_moving_is_given_up(store, monkeypatch):
    def always_moved(*_):
        raise ConflictError(kind="log_state")

    monkeypatch.setattr(store.log, "append", always_moved)
    with pytest.raises(ConflictError):
        append(store, "a")
