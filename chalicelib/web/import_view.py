"""What pages and the API show of an import: its state, its figures, its problem rows in words, its error sheet."""

import csv
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, BinaryIO, cast

from chalicelib.domain.errors import FieldProblem, RecordNotFoundError
from chalicelib.domain.job import Job, JobState
from chalicelib.domain.register_columns import Column, register_columns
from chalicelib.domain.register_error_sheet import problems_of, write_error_sheet
from chalicelib.domain.register_import import AcceptedRow, DuplicateRow, RowOutcome
from chalicelib.domain.text import safe_cell
from chalicelib.services.register.import_register import JOB, columns_of
from chalicelib.services.register.import_report import (
    read_duplicates,
    read_mendings,
    read_problems,
    read_unregistered,
)
from chalicelib.web import messages
from chalicelib.web.i18n import gettext
from chalicelib.web.register_words import MENDINGS, allowed_words, column_label
from chalicelib.web.request import WebRequest
from chalicelib.web.scenarios import own_columns

SHOWN_ROWS = 50
SHOWN_DUPLICATES = 10
SHEET_ROWS = 5_000
"""An answer of the gateway holds 6 MB; a longer sheet is cut, and the page says so."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class ProblemRow:
    """One thing wrong with one row: where, what stood there, the sentence that says what to do."""

    row: int
    outcome: str
    column: str
    value: str
    text: str
    code: str


@dataclass(frozen=True)
class ImportResult:
    """What a finished import came to. `problems`, `duplicates` and `mendings` are the first of theirs."""

    counts: dict[str, int]
    unknown_headers: list[str]
    doubled_headers: list[str]
    problems: list[ProblemRow] = field(default_factory=list)
    duplicates: list[ProblemRow] = field(default_factory=list)
    mendings: list[dict[str, Any]] = field(default_factory=list)

    @property
    def problem_rows(self) -> int:
        """Rows that need a hand."""
        return self.counts["rejected"] + self.counts["warned"]


def read_import(request: WebRequest, job_id: str) -> Job:
    """The job, if it is an import."""
    job: Job = request.store.jobs.get(request.tenant, job_id)
    if job.name != JOB:
        raise RecordNotFoundError(kind=Job.KIND, id=job_id)
    return job


def result_of(request: WebRequest, job: Job) -> ImportResult | None:
    """The figures and the first rows to look at; None while the job has not ended well."""
    if job.state is not JobState.DONE:
        return None
    result = job.result
    counts = {name: int(result[name]) for name in ("accepted", "duplicate", "rejected", "mended", "warned")}
    return ImportResult(
        counts=counts,
        unknown_headers=list(result["unknown_headers"]),
        doubled_headers=list(result.get("doubled_headers", [])),
        problems=_first(read_problems(request.store, request.tenant, job, SHOWN_ROWS), SHOWN_ROWS),
        duplicates=_first(read_duplicates(request.store, request.tenant, job, SHOWN_DUPLICATES), SHOWN_DUPLICATES),
        mendings=_mendings(request, job),
    )


def _first(outcomes: Iterable[RowOutcome], count: int) -> list[ProblemRow]:
    return list(islice(problem_rows(outcomes), count))


def problem_rows(outcomes: Iterable[RowOutcome]) -> Iterator[ProblemRow]:
    """Every problem of these rows in words."""
    for outcome in outcomes:
        kind = "warned" if isinstance(outcome, AcceptedRow) else "rejected"
        kind = "duplicate" if isinstance(outcome, DuplicateRow) else kind
        for found in problems_of(outcome):
            column = str(found.details.get("column", "")) or column_label(found.field)
            value = str(found.details.get("value", ""))
            yield ProblemRow(outcome.row_number, kind, column, value, row_words(found), found.code)


def row_words(found: FieldProblem) -> str:
    """The sentence for one problem of a row; its column goes by the header in the file."""
    return messages.field_words(found, str(found.details.get("column", "")))


def file_problems(job: Job) -> list[str]:
    """Why a failed import could not read its file, in words."""
    return [messages.field_words(found, column_label(found.field)) for found in job.error_problems]


def _mendings(request: WebRequest, job: Job) -> list[dict[str, Any]]:
    own = own_columns(job.values["scenario"])
    rows = [
        {
            "row": row.row_number,
            "column": column_label(one.field, own),
            "before": one.before,
            "after": one.after,
            "text": gettext(MENDINGS[one.code]),
        }
        for row in read_mendings(request.store, request.tenant, job, SHOWN_ROWS)
        for one in row.mended
    ]
    return rows[:SHOWN_ROWS]


def error_sheet(request: WebRequest, job: Job) -> bytes:
    """The rows to mend as a workbook in the reader's language, at most SHEET_ROWS of them."""
    from tempfile import SpooledTemporaryFile

    with SpooledTemporaryFile(8_000_000) as file:
        write_error_sheet(
            read_unregistered(request.store, request.tenant, job, SHEET_ROWS),
            list(job.result.get("headers", [])),
            cast(BinaryIO, file),
            words=row_words,
            row_title=gettext("原文件行号"),
            problem_title=gettext("问题和改法"),
        )
        file.seek(0)
        return file.read()


def help_rows(scenario: str) -> list[dict[str, Any]]:
    """The columns that a file may have: the header, its name in the reader's language, other headers, what goes in."""
    source = {column.id: column for column in columns_of(scenario)}
    own = own_columns(scenario)
    columns: list[tuple[Column, Column, bool]] = [(column, column, False) for column in register_columns()]
    columns += [(source[column.id], column, True) for column in own]
    return [
        {
            "header": written.label,
            "label": shown.label if is_own else gettext(shown.label),
            "also": [name for name in written.synonyms if name != written.label][:4],
            "words": allowed_words(shown, is_own=is_own),
            "is_required": written.is_required,
            "default": _default(shown),
        }
        for written, shown, is_own in columns
    ]


def _default(column: Column) -> str:
    if isinstance(column.default, bool):
        return gettext("是") if column.default else gettext("否")
    return next((one.label for one in column.choices if one.code == column.default), str(column.default or ""))


def sample_csv(scenario: str) -> bytes:
    """A file to start from: every header and one example row, which imports pass over. The headers stay Chinese: they
    are what is understood."""
    columns = [*register_columns(), *columns_of(scenario)]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([safe_cell(column.label) for column in columns])
    writer.writerow([safe_cell(column.sample) for column in columns])
    return text.getvalue().encode("utf-8-sig")
