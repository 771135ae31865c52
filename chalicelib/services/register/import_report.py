"""The report of an import: counts of its rows, and what has to be looked at as files of JSON lines.

Rows that were refused or warned of, rows of one subject twice, changes and mendings lie in files of their own, so that
the few rows that need a hand are not lost among many. Files are put away piece by piece, each with a checkpoint of the
job, so that a run that is killed or handed on loses no line and repeats none.
"""

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

from pydantic import BaseModel

from chalicelib.domain.job import Job
from chalicelib.domain.register_import import (
    AcceptedRow,
    ChangedRow,
    DuplicateRow,
    FieldChange,
    Mending,
    RejectedRow,
    RowOutcome,
    UnchangedRow,
)
from chalicelib.domain.subject_kind import RelationKind
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.store import Store

KINDS: dict[type[RowOutcome], str] = {
    AcceptedRow: "accepted",
    ChangedRow: "changed",
    UnchangedRow: "unchanged",
    DuplicateRow: "duplicate",
    RejectedRow: "rejected",
}
FIGURES = (*KINDS.values(), "mended", "warned")
_FILES = ("problems", "warnings", "duplicates", "changes", "mendings", "relations")
_LINES = "application/x-ndjson"


class ProblemRow(RowOutcome):
    """A row to look at, as the report keeps it; outcome: a name of KINDS."""

    outcome: str
    first_row: int = 0


class MendedRow(BaseModel):
    """What was changed in one row without asking."""

    row_number: int
    mended: tuple[Mending, ...]


class RegisterChange(BaseModel):
    """What one row changed of a registered subject."""

    row_number: int
    subject_id: str
    name: str
    changes: tuple[FieldChange, ...]


class RelatedRow(BaseModel):
    """Relations that a row tells of; codes: of the other subjects."""

    row_number: int
    subject_id: str
    values: dict[str, str]
    codes: dict[RelationKind, str]


class ImportReport:
    """`note` outcomes in the order of the file; `checkpoint` puts the files away and says where they stand."""

    def __init__(self, store: Store, tenant: TenantId, job: Job) -> None:
        self._store, self._tenant, self._job = store, tenant, job
        begun = job.checkpoint.get("report", {})
        self.counts: dict[str, int] = dict.fromkeys(FIGURES, 0) | begun.get("counts", {})
        self.pieces: dict[str, int] = dict.fromkeys(_FILES, 0) | begun.get("pieces", {})
        self._lines: dict[str, list[str]] = {name: [] for name in _FILES}

    @property
    def rows(self) -> int:
        """How many rows were noted."""
        return sum(self.counts[kind] for kind in KINDS.values())

    def note(self, outcomes: Iterable[RowOutcome]) -> None:
        for outcome in outcomes:
            self._note(outcome, KINDS[type(outcome)])

    def _note(self, outcome: RowOutcome, kind: str) -> None:
        self.counts[kind] += 1
        if outcome.mended:
            self.counts["mended"] += 1
            self._add("mendings", MendedRow(row_number=outcome.row_number, mended=outcome.mended))
        if isinstance(outcome, ChangedRow):
            subject = outcome.subject
            told = {"subject_id": subject.id, "name": subject.name, "changes": outcome.changes}
            self._add("changes", RegisterChange(row_number=outcome.row_number, **told))
        is_taken = kind not in ("duplicate", "rejected")
        if is_taken and outcome.related:
            self._note_relations(outcome)
        if outcome.problems or not is_taken:
            self.counts["warned"] += is_taken
            file = "warnings" if is_taken else "duplicates" if kind == "duplicate" else "problems"
            self._add(file, _problem_row(outcome, kind))

    def _note_relations(self, outcome: RowOutcome) -> None:
        subject_id = outcome.subject_id if isinstance(outcome, UnchangedRow) else outcome.subject.id  # type: ignore[attr-defined]
        related = RelatedRow(
            row_number=outcome.row_number, subject_id=subject_id, values=outcome.values, codes=outcome.related
        )
        self._add("relations", related)

    def warn(self, row: ProblemRow) -> None:
        """One more thing to look at, found after the row was noted."""
        self.counts["warned"] += 1
        self._add("warnings", row)

    def _add(self, file: str, line: BaseModel) -> None:
        self._lines[file].append(line.model_dump_json())

    def checkpoint(self) -> dict[str, Any]:
        """What the job's checkpoint keeps of the report, all lines so far put away."""
        for name, lines in self._lines.items():
            if lines:
                key = piece_key(self._tenant, self._job, name, self.pieces[name])
                self._store.objects.put(self._tenant, key, "\n".join(lines).encode() + b"\n", _LINES)
                self.pieces[name] += 1
                lines.clear()
        return {"counts": dict(self.counts), "pieces": dict(self.pieces)}


def _problem_row(outcome: RowOutcome, kind: str) -> ProblemRow:
    return ProblemRow(
        row_number=outcome.row_number,
        values=outcome.values,
        problems=outcome.problems,
        outcome=kind,
        first_row=outcome.first_row if isinstance(outcome, DuplicateRow) else 0,
    )


def piece_key(tenant: TenantId, job: Job, name: str, number: int) -> str:
    return keys.object_key(tenant, "imports", job.id, f"{name}.{number}.jsonl")


def _read(store: Store, tenant: TenantId, job: Job, name: str) -> Iterator[str]:
    pieces = job.checkpoint.get("report", {}).get("pieces", {}).get(name, 0)
    for number in range(pieces):
        yield from store.objects.lines(tenant, piece_key(tenant, job, name, number))


def read_rows_of(
    store: Store, tenant: TenantId, job: Job, file: str, start: int = 0, limit: int | None = None
) -> Iterator[ProblemRow]:
    """Rows of "problems" (refused), "warnings" (taken, with a doubt) or "duplicates", in the order of the file."""
    stop = None if limit is None else start + limit
    return (ProblemRow.model_validate_json(line) for line in islice(_read(store, tenant, job, file), start, stop))


def read_mendings(store: Store, tenant: TenantId, job: Job, limit: int | None = None) -> Iterator[MendedRow]:
    """The rows that were mended, in the order of the file."""
    lines = islice(_read(store, tenant, job, "mendings"), limit)
    return (MendedRow.model_validate_json(line) for line in lines)


def read_changes(store: Store, tenant: TenantId, job: Job, limit: int | None = None) -> Iterator[RegisterChange]:
    """What was changed of registered subjects, in the order of the file."""
    return (RegisterChange.model_validate_json(line) for line in islice(_read(store, tenant, job, "changes"), limit))


def read_relations(store: Store, tenant: TenantId, job: Job, start: int = 0) -> Iterator[RelatedRow]:
    """The relations that rows tell of, in the order of the file."""
    return (
        RelatedRow.model_validate_json(line) for line in islice(_read(store, tenant, job, "relations"), start, None)
    )
