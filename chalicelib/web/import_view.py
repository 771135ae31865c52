"""What pages and the API show of an import: its figures, its rows to look at in words, its columns, its sheets."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from itertools import islice
from typing import Any, BinaryIO, cast

from chalicelib.domain.errors import FieldProblem
from chalicelib.domain.job import Job, JobState
from chalicelib.domain.register_error_sheet import Words, problems_of, write_error_sheet
from chalicelib.domain.text import safe_cell
from chalicelib.services.register.import_report import (
    FIGURES,
    ProblemRow,
    RegisterChange,
    read_changes,
    read_mendings,
    read_rows_of,
)
from chalicelib.services.register.request_import import read_import_job
from chalicelib.web import messages
from chalicelib.web.i18n import gettext
from chalicelib.web.register_words import MENDINGS, column_label, value_words
from chalicelib.web.request import WebRequest
from chalicelib.web.scenarios import own_columns, scenario_label

SHOWN_ROWS = 50
SHOWN_OTHERS = 10
SHEET_ROWS = 5_000
"""An answer of the gateway holds 6 MB; a longer sheet comes in parts."""
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class ShownProblem:
    """One thing about one row: where, what stood there, the sentence that says what to do."""

    row: int
    outcome: str
    column: str
    value: str
    text: str
    code: str


@dataclass(frozen=True)
class ImportResult:
    """What an import came to, or came to so far. The lists are the first of theirs."""

    counts: dict[str, int]
    problems: list[ShownProblem] = field(default_factory=list)
    warnings: list[ShownProblem] = field(default_factory=list)
    duplicates: list[ShownProblem] = field(default_factory=list)
    changes: list[dict[str, Any]] = field(default_factory=list)
    mendings: list[dict[str, Any]] = field(default_factory=list)

    @property
    def taken(self) -> int:
        """Rows that were registered or changed something."""
        return self.counts["accepted"] + self.counts["changed"]

    @property
    def sheet_parts(self) -> int:
        """Of the sheet of refused rows."""
        return -(-self.counts["rejected"] // SHEET_ROWS)


def read_import(request: WebRequest, job_id: str) -> Job:
    """The job, if it is an import that this person may see."""
    return read_import_job(request.store, request.tenant, request.act(), job_id)


def counts_of(job: Job) -> dict[str, int]:
    """The figures so far."""
    found = job.result if job.state is JobState.DONE else job.checkpoint.get("report", {}).get("counts", {})
    return {name: int(found.get(name, 0)) for name in FIGURES}


def result_of(request: WebRequest, job: Job) -> ImportResult | None:
    """The figures and the first rows to look at; None before the job has ended, or when it could read nothing."""
    counts = counts_of(job)
    if not job.is_finished or (job.state is JobState.FAILED and not sum(counts.values())):
        return None
    return ImportResult(
        counts=counts,
        problems=_shown(request, job, "problems", SHOWN_ROWS),
        warnings=_shown(request, job, "warnings", SHOWN_OTHERS),
        duplicates=_shown(request, job, "duplicates", SHOWN_OTHERS),
        changes=_changes(request, job),
        mendings=_mendings(request, job),
    )


def _shown(request: WebRequest, job: Job, name: str, count: int) -> list[ShownProblem]:
    rows = read_rows_of(request.store, request.tenant, job, name, limit=count)
    return list(islice(shown_problems(rows), count))


def row_words(found: FieldProblem) -> str:
    """The sentence for one problem of a row; its column goes by the header in the file."""
    return messages.field_words(found, str(found.details.get("column", "")) or column_label(found.field))


def shown_problems(
    rows: Iterable[ProblemRow], words: Words = row_words, label: Callable[[str], str] = column_label
) -> Iterator[ShownProblem]:
    """Every problem of these rows in words. label: of a field whose column the file does not have."""
    for row in rows:
        for found in row_problems(row):
            column = str(found.details.get("column", "")) or label(found.field)
            value = str(found.details.get("value", ""))
            yield ShownProblem(row.row_number, outcome_of(row), column, value, words(found), found.code)


def outcome_of(row: ProblemRow) -> str:
    """rejected, duplicate, or warned: taken with a doubt."""
    return row.outcome if row.outcome in ("rejected", "duplicate") else "warned"


def row_problems(row: ProblemRow) -> tuple[FieldProblem, ...]:
    """The row's problems; of a duplicate, that it is one."""
    return problems_of(row, first_row=row.first_row or None)


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
        for row in read_mendings(request.store, request.tenant, job, SHOWN_OTHERS)
        for one in row.mended
    ]
    return rows[:SHOWN_OTHERS]


def _changes(request: WebRequest, job: Job, limit: int | None = SHOWN_OTHERS) -> list[dict[str, Any]]:
    return list(shown_changes(job, read_changes(request.store, request.tenant, job, limit)))


def shown_changes(job: Job, rows: Iterable[RegisterChange]) -> Iterator[dict[str, Any]]:
    """Each changed field in words."""
    own = own_columns(job.values["scenario"])
    for row in rows:
        for one in row.changes:
            is_joining = one.field == "scenario"
            yield {
                "row": row.row_number,
                "subject_id": row.subject_id,
                "name": row.name,
                "column": gettext("场景") if is_joining else column_label(one.field, own),
                "before": value_words(one.field, one.before, own),
                "after": scenario_label(one.after) if is_joining else value_words(one.field, one.after, own),
            }


def error_sheet(request: WebRequest, job: Job, part: int = 1, words: Words = row_words) -> bytes:
    """The refused rows as the person's own sheet, the cells at fault marked, in the reader's language. part: from 1, of
    SHEET_ROWS rows each; words: the sentence for a problem."""
    from tempfile import SpooledTemporaryFile

    start = (part - 1) * SHEET_ROWS
    with SpooledTemporaryFile(8_000_000) as file:
        write_error_sheet(
            read_rows_of(request.store, request.tenant, job, "problems", start, SHEET_ROWS),
            list(job.checkpoint.get("head", {}).get("headers", [])),
            cast(BinaryIO, file),
            words=words,
            row_title=gettext("原文件行号"),
            problem_title=gettext("问题和改法"),
        )
        file.seek(0)
        return file.read()


def changes_csv(request: WebRequest, job: Job) -> bytes:
    """What the import changed of registered subjects, at most SHEET_ROWS rows of the file."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    titles = (gettext("原文件行号"), gettext("监管对象"), gettext("列"), gettext("原来"), gettext("改成"))
    writer.writerow([safe_cell(title) for title in titles])
    for one in _changes(request, job, SHEET_ROWS):
        writer.writerow([one["row"], *(safe_cell(one[name]) for name in ("name", "column", "before", "after"))])
    return text.getvalue().encode("utf-8-sig")
