"""RFC 6962 trees against the specification's own recursive definition, written out plainly here."""

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.merkle import (
    HASHES,
    Frontier,
    Hash,
    consistency_proof,
    inclusion_proof,
    inclusion_proofs,
    leaf_hash,
    merkle_root,
    sha256,
    sm3,
    verify_consistency,
    verify_inclusion,
)


def plain_root(leaves: list[bytes], hash_: Hash = sha256) -> bytes:
    """MTH of RFC 6962 §2.1."""
    if not leaves:
        return hash_(b"")
    if len(leaves) == 1:
        return hash_(b"\x00" + leaves[0])
    k = 1
    while k * 2 < len(leaves):
        k *= 2
    return hash_(b"\x01" + plain_root(leaves[:k], hash_) + plain_root(leaves[k:], hash_))


def numbered(size: int) -> list[bytes]:
    return [b"leaf %d" % number for number in range(size)]


def hashes_of(size: int, hash_: Hash = sha256) -> list[bytes]:
    return [leaf_hash(leaf, hash_) for leaf in numbered(size)]


def test_published_vectors() -> None:
    # The test vectors of the certificate-transparency reference implementation.
    leaves = [bytes.fromhex(text) for text in ("", "00", "10", "2021", "3031", "40414243", "5051525354555657")]
    leaves.append(bytes.fromhex("606162636465666768696a6b6c6d6e6f"))

    assert merkle_root(leaves).hex() == "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
    assert merkle_root([]) == hashlib.sha256(b"").digest()


def test_sm3_standard_vector() -> None:
    # GB/T 32905-2016, example 1.
    assert sm3(b"abc").hex() == "66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0"


def test_sm3_without_openssl_support(monkeypatch: pytest.MonkeyPatch) -> None:
    expected = sm3(b"abc")

    def missing(name: str, data: bytes = b"") -> None:
        raise ValueError(f"unsupported hash type {name}")

    monkeypatch.setattr(hashlib, "new", missing)

    assert sm3(b"abc") == expected


@pytest.mark.parametrize("name", HASHES)
@pytest.mark.parametrize("size", [0, 1, 2, 3, 4, 5, 7, 8, 9, 31, 32, 33])
def test_root_is_that_of_the_specification(name: str, size: int) -> None:
    assert merkle_root(numbered(size), HASHES[name]) == plain_root(numbered(size), HASHES[name])


@pytest.mark.parametrize("size", range(1, 20))
def test_every_inclusion_proof_holds_and_only_for_its_leaf(size: int) -> None:
    hashes, root = hashes_of(size), merkle_root(numbered(size))
    proofs = inclusion_proofs(range(size), size, hashes.__getitem__)

    for position in range(size):
        proof = inclusion_proof(position, size, hashes.__getitem__)
        assert proof == proofs[position]
        holds = [verify_inclusion(hashes[position], other, size, proof, root) for other in range(size)]
        assert holds == [other == position for other in range(size)]
        assert not verify_inclusion(leaf_hash(b"another"), position, size, proof, root)
        assert not verify_inclusion(hashes[position], position, size, [*proof, root], root)
        for cut in range(len(proof)):
            assert not verify_inclusion(hashes[position], position, size, proof[:cut], root)


def test_many_proofs_read_every_leaf_once() -> None:
    hashes, reads = hashes_of(100), []

    def read(position: int) -> bytes:
        reads.append(position)
        return hashes[position]

    inclusion_proofs([3, 50, 99], 100, read)

    assert sorted(reads) == list(range(100))


@pytest.mark.parametrize("size", range(1, 18))
def test_every_consistency_proof_holds_and_a_rewritten_past_is_found(size: int) -> None:
    hashes, root = hashes_of(size), merkle_root(numbered(size))
    for old_size in range(1, size + 1):
        old_root = merkle_root(numbered(old_size))
        proof = consistency_proof(old_size, size, hashes.__getitem__)

        assert verify_consistency(old_size, size, old_root, root, proof)
        forked = merkle_root([b"forked", *numbered(old_size)[1:]])
        assert not verify_consistency(old_size, size, forked, root, proof)
        assert not verify_consistency(old_size, size, old_root, sha256(b"rolled back"), proof)
        if old_size < size:
            assert not verify_consistency(size, old_size, root, old_root, proof)
            assert not verify_consistency(old_size, size, old_root, root, proof[:-1])
            assert not verify_consistency(old_size, size, old_root, root, [*proof, root])


@given(st.lists(st.binary(max_size=40), max_size=60), st.integers(min_value=0, max_value=60))
def test_a_stored_frontier_goes_on_where_it_stopped(leaves: list[bytes], cut: int) -> None:
    first = Frontier()
    for leaf in leaves[:cut]:
        first.append(leaf)

    second = Frontier.from_state(first.state().model_dump())
    for leaf in leaves[cut:]:
        second.append(leaf)

    assert second.root() == plain_root(leaves)
    assert second.size == len(leaves)
    assert len(second.state().nodes) == len(leaves).bit_count()


def test_a_frontier_that_does_not_fit_its_size_is_refused() -> None:
    with pytest.raises(ValueError, match="one node for every bit"):
        Frontier.from_state({"size": 3, "nodes": ["00" * 32]})


def test_positions_outside_the_tree_are_refused() -> None:
    with pytest.raises(ValueError, match="not in the tree"):
        inclusion_proof(3, 3, hashes_of(3).__getitem__)
    with pytest.raises(ValueError, match="part of the newer"):
        consistency_proof(0, 3, hashes_of(3).__getitem__)
    assert not verify_inclusion(b"", -1, 3, [], b"")
    assert not verify_consistency(0, 3, b"", b"", [])
