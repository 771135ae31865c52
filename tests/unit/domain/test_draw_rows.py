"""Canonical rows: their bytes, their order, and memory that does not grow with the pool."""

import hashlib
import tracemalloc
from pathlib import Path

import pytest
import rfc8785
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.domain.draw import InvalidDrawError, PoolRow, Stratum, draw_subjects
from chalicelib.domain.draw_rows import Row, Rows, RowsDigest, RowsFile, row_bytes, sorted_rows
from chalicelib.domain.merkle import merkle_root

cells = st.one_of(st.text(st.characters(exclude_categories=["Cs"])), st.integers(-(2**53) + 1, 2**53 - 1))


@given(st.lists(cells))
def test_row_bytes_are_canonical_json(row: list[str | int]) -> None:
    assert row_bytes(row) == rfc8785.dumps(row)


@given(st.lists(st.tuples(st.text(st.characters(exclude_categories=["Cs"])), st.integers(1, 16))), st.integers(1, 7))
def test_rows_are_sorted_whether_they_fit_in_memory_or_not(rows: list[Row], rows_in_memory: int) -> None:
    assert list(sorted_rows(iter(rows), rows_in_memory=rows_in_memory)) == sorted(rows)


def test_root_and_file_hash_are_those_of_the_rows(tmp_path: Path) -> None:
    rows: list[Row] = [("a", 1, "城区"), ("b", 16, "县")]
    path = tmp_path / "pool.jsonl"
    with path.open("wb") as stream:
        digest = RowsDigest(lambda row: stream.write(row_bytes(row) + b"\n") and None)
        for row in rows:
            digest.add(row)

    assert digest.root().count == 2
    assert digest.root().root == merkle_root(row_bytes(row) for row in rows).hex()
    assert digest.file("pool.jsonl") == RowsFile(
        name="pool.jsonl", sha256=hashlib.sha256(path.read_bytes()).hexdigest(), byte_count=path.stat().st_size
    )


def test_rows_come_sorted_and_once() -> None:
    for second, problem in ((("b", 2), "row_repeated"), (("a", 1), "rows_not_sorted")):
        digest = RowsDigest()
        digest.add(("b", 1))
        with pytest.raises(InvalidDrawError, match=problem):
            digest.add(second)

    pairs = RowsDigest(is_unique=False)
    pairs.add(("b", "c"))
    pairs.add(("b", "d"))
    with pytest.raises(InvalidDrawError, match="row_repeated"):
        pairs.add(("b", "d"))


def test_rows_are_inline_or_in_a_file() -> None:
    file = RowsFile(name="pool.jsonl", sha256="0" * 64, byte_count=0)

    assert Rows(file=file).rows is None
    for wrong in ({}, {"rows": [], "file": file}):
        with pytest.raises(ValidationError):
            Rows.model_validate(wrong)
    with pytest.raises(ValidationError):
        RowsFile(name="../pool.jsonl", sha256="0" * 64, byte_count=0)


@pytest.mark.nightly
def test_memory_does_not_grow_with_the_pool() -> None:
    def peak(size: int) -> int:
        blinds = (hashlib.sha256(b"%d" % number).hexdigest() for number in range(size))
        rows = sorted_rows(((blind, 4, "all") for blind in blinds), rows_in_memory=1000)
        digest = RowsDigest()
        tracemalloc.start()

        def committed() -> "list[PoolRow] | object":
            for row in rows:
                digest.add(row)
                yield PoolRow(str(row[0]), int(row[1]), str(row[2]))

        draw_subjects(b"seed" * 8, committed(), [Stratum(name="all", k=20)], 5)  # type: ignore[arg-type]
        used = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return used

    peak(1000)
    small, large = peak(4_000), peak(24_000)

    # Six times the rows; a merge keeps one row for each run on disk, and nothing else may grow.
    assert large < small * 2, (small, large)
