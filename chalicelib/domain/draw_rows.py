"""Rows of a draw in their canonical order, with the root and the file hash over them, in bounded memory.

Rows stand in the order of their blinds: that order tells nothing about the register, and every order of the input
gives the same root. A row is committed as the RFC 8785 bytes of its list of texts and integers.
"""

import hashlib
import heapq
import json
import tempfile
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack
from typing import IO

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chalicelib.domain.draw import Digest32, InvalidDrawError
from chalicelib.domain.merkle import Frontier

Row = tuple[str | int, ...]
RowSink = Callable[[Row], None]
ROWS_IN_MEMORY = 100_000
_encode = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class RowsRoot(BaseModel):
    """What the commitment says of a list of rows: how many, and the RFC 6962 root (SHA-256, hex)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    count: int = Field(ge=0)
    root: Digest32


class RowsFile(BaseModel):
    """A list of rows that is too long for the certificate: a JSON-lines file beside it, with its SHA-256."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(pattern=r"^[A-Za-z0-9._-]{1,120}$")
    sha256: Digest32
    byte_count: int = Field(ge=0)


class Rows(BaseModel):
    """A list of rows as a certificate publishes it: inline, or by reference to a file. Exactly one of the two."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rows: list[list[str | int]] | None = None
    file: RowsFile | None = None

    @model_validator(mode="after")
    def _check(self) -> "Rows":
        if (self.rows is None) == (self.file is None):
            raise ValueError("rows are inline or in a file")
        return self


def row_bytes(row: Iterable[str | int]) -> bytes:
    """RFC 8785 bytes of a list of texts and integers (for these, JSON without spaces is canonical)."""
    return _encode(list(row)).encode()


def sorted_rows(rows: Iterable[Row], *, rows_in_memory: int = ROWS_IN_MEMORY) -> Iterator[Row]:
    """The rows in ascending order: sorted in memory when few, else in runs on disk that are merged."""
    with ExitStack() as stack:
        runs: list[IO[bytes]] = []
        held: list[Row] = []
        for row in rows:
            held.append(row)
            if len(held) >= rows_in_memory:
                run = stack.enter_context(tempfile.TemporaryFile())
                run.writelines(row_bytes(each) + b"\n" for each in sorted(held))
                run.seek(0)
                runs.append(run)
                held = []
        held.sort()
        yield from heapq.merge(held, *(_read_run(run) for run in runs)) if runs else held


def _read_run(run: IO[bytes]) -> Iterator[Row]:
    for line in run:
        yield tuple(json.loads(line))


class RowsDigest:
    """Takes rows in ascending order of their first column and grows the root and the hash of their file.

    With `is_unique` a first column that comes twice raises InvalidDrawError: one subject, one row.
    """

    def __init__(self, sink: RowSink | None = None, *, is_unique: bool = True) -> None:
        self._frontier = Frontier()
        self._file = hashlib.sha256()
        self._byte_count = 0
        self._sink = sink
        self._is_unique = is_unique
        self._last: Row = ()

    def add(self, row: Row) -> None:
        if self._last and (row[:1] <= self._last[:1] if self._is_unique else row <= self._last):
            problem = "row_repeated" if row[:1] == self._last[:1] else "rows_not_sorted"
            raise InvalidDrawError(problem=problem, row=str(row[0]))
        self._last = row
        line = row_bytes(row)
        self._frontier.append(line)
        self._file.update(line + b"\n")
        self._byte_count += len(line) + 1
        if self._sink is not None:
            self._sink(row)

    def root(self) -> RowsRoot:
        return RowsRoot(count=self._frontier.size, root=self._frontier.root().hex())

    def file(self, name: str) -> RowsFile:
        """The reference to a file that holds exactly the rows added, one per line."""
        return RowsFile(name=name, sha256=self._file.hexdigest(), byte_count=self._byte_count)
