"""The report of an import: counts of its rows, and what has to be looked at as files of JSON lines.

Rows that were refused or warned of, rows that are there already, and mendings lie in a file each, so that the few rows
that need a hand are not lost among many duplicates.
"""

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import chain, islice
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, Self, cast

from pydantic import BaseModel

from chalicelib.domain.job import Job
from chalicelib.domain.register_import import AcceptedRow, DuplicateRow, Mending, RejectedRow, RowOutcome
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.store import Store

IN_MEMORY = 8_000_000
"""Bytes that a file of ours keeps in memory before it goes to the worker's disk."""
_FILES = ("problems", "duplicates", "mendings")
_OUTCOMES: dict[str, type[RowOutcome]] = {"a": AcceptedRow, "d": DuplicateRow, "r": RejectedRow}


class MendedRow(BaseModel):
    """What was changed in one row without asking."""

    row_number: int
    mended: tuple[Mending, ...]


class ImportReport:
    """Use as `with ImportReport() as report`: note outcomes batch by batch, then keep them."""

    def __init__(self) -> None:
        self.counts = {"accepted": 0, "duplicate": 0, "rejected": 0, "mended": 0, "warned": 0}
        self._open = ExitStack()
        self._files: dict[str, SpooledTemporaryFile[bytes]] = {}

    def __enter__(self) -> Self:
        for name in _FILES:
            self._files[name] = self._open.enter_context(SpooledTemporaryFile(IN_MEMORY))
        return self

    def __exit__(self, *_: object) -> None:
        self._open.close()

    @property
    def rows(self) -> int:
        """How many rows were noted."""
        return sum(self.counts[kind] for kind in ("accepted", "duplicate", "rejected"))

    def note(self, outcomes: Iterable[RowOutcome]) -> None:
        for outcome in outcomes:
            kind = {AcceptedRow: "accepted", DuplicateRow: "duplicate", RejectedRow: "rejected"}[type(outcome)]
            self.counts[kind] += 1
            if outcome.mended:
                self.counts["mended"] += 1
                row = MendedRow(row_number=outcome.row_number, mended=outcome.mended)
                self._files["mendings"].write(f"{row.model_dump_json()}\n".encode())
            if kind == "accepted" and not outcome.problems:
                continue
            self.counts["warned"] += kind == "accepted"
            file = self._files["duplicates" if kind == "duplicate" else "problems"]
            file.write(f"{kind[0]} {outcome.model_dump_json()}\n".encode())

    def keep(self, store: Store, tenant: TenantId, job: Job) -> dict[str, Any]:
        """Put the files into the object store; the counts, and the key of each file that has lines."""
        found: dict[str, Any] = dict(self.counts)
        for name, file in self._files.items():
            if file.tell():
                file.seek(0)
                found[f"{name}_key"] = keys.object_key(tenant, "imports", job.id, f"{name}.jsonl")
                body = cast(BinaryIO, file)
                store.objects.put_file(tenant, found[f"{name}_key"], body, "application/x-ndjson")
        return found


def _lines(store: Store, tenant: TenantId, job: Job, name: str) -> Iterator[str]:
    key = job.result.get(f"{name}_key")
    return iter(()) if key is None else store.objects.lines(tenant, key)


def _outcomes(lines: Iterable[str]) -> Iterator[RowOutcome]:
    for line in lines:
        kind, _, body = line.partition(" ")
        yield _OUTCOMES[kind].model_validate_json(body)


def read_problems(store: Store, tenant: TenantId, job: Job, limit: int | None = None) -> Iterator[RowOutcome]:
    """The rows of a finished import that were refused or registered with a warning, in the order of the file."""
    return _outcomes(islice(_lines(store, tenant, job, "problems"), limit))


def read_duplicates(store: Store, tenant: TenantId, job: Job, limit: int | None = None) -> Iterator[RowOutcome]:
    """The rows whose subject stands in an earlier row or in the register, in the order of the file."""
    return _outcomes(islice(_lines(store, tenant, job, "duplicates"), limit))


def read_unregistered(store: Store, tenant: TenantId, job: Job, limit: int | None = None) -> Iterator[RowOutcome]:
    """Problems, then duplicates: what the error sheet holds."""
    return islice(chain(read_problems(store, tenant, job), read_duplicates(store, tenant, job)), limit)


def read_mendings(store: Store, tenant: TenantId, job: Job, limit: int | None = None) -> Iterator[MendedRow]:
    """The rows that were mended, in the order of the file."""
    lines = islice(_lines(store, tenant, job, "mendings"), limit)
    return (MendedRow.model_validate_json(line) for line in lines)
