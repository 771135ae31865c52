"""Imports over the API: a small file at once, a large one uploaded first; a trial, the real run, its problem rows."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from chalice import Blueprint
from pydantic import Field

from chalicelib.domain.access import Permission
from chalicelib.domain.errors import FieldProblem
from chalicelib.domain.job import Job, JobState
from chalicelib.services.register.import_report import FIGURES, ProblemRow, read_rows_of
from chalicelib.services.register.request_import import JOB, repeat_import, request_import
from chalicelib.web import messages
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Body, Listed, ListQuery, Query, Shown, listed
from chalicelib.web.api.uploads import UploadForm
from chalicelib.web.console.imports import IMPORT, errors_answer, start_import, upload_form
from chalicelib.web.console.jobs import page_of_jobs
from chalicelib.web.import_view import SHEET_ROWS, XLSX, counts_of, outcome_of, read_import, row_problems, row_words
from chalicelib.web.limits import limit_work
from chalicelib.web.register_words import column_label
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Media, route

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/imports"
_BODIES = ("application/json", "multipart/form-data")
PROBLEM_ROWS = 500


class ImportBody(Body):
    """The file was uploaded before (see `/imports/uploads`), or is sent along as the part `file` of a form of up to
    4 MB. Columns are proposed from the headers, or taken from what somebody chose for the same headers before."""

    scenario: str = Field(max_length=60, description="scenario whose members the subjects become")
    upload_id: str = Field(default="", max_length=26)
    filename: str = Field(default="", max_length=200)
    columns: dict[str, str] = Field(
        default_factory=dict, max_length=200, description="header to column; an empty column leaves the header out"
    )
    clears: list[str] = Field(
        default_factory=list, max_length=100, description="columns whose empty cells erase what is registered"
    )
    is_trial: bool = Field(default=False, description="check every row against the register and write nothing")


class RunBody(Body):
    """Another import of the same file: the real run after a trial, or a trial with other columns."""

    is_trial: bool = False
    columns: dict[str, str] | None = Field(default=None, max_length=200, description="absent: as in that import")
    clears: list[str] | None = Field(default=None, max_length=100, description="absent: as in that import")


class UploadSize(Body):
    size: int = Field(ge=1, description="bytes; 50 MB at most")


class ImportFigures(Shown):
    """Rows by what became of them. mended and warned rows are among those that were taken."""

    accepted: int = Field(description="registered anew")
    changed: int = Field(description="registered before and changed")
    unchanged: int = Field(description="registered before, and as the row says")
    duplicate: int = Field(description="of a subject that stands in an earlier row")
    rejected: int
    mended: int
    warned: int


class ImportColumns(Shown):
    """What was made of the file's headers. fields: column to header."""

    headers: list[str]
    encoding: str
    fields: dict[str, str]
    unknown_headers: list[str]
    doubled_headers: list[str]
    ignored_headers: list[str]
    missing: list[str] = Field(description="columns that a new subject needs and the file has not")
    clears: list[str]


class ImportProblem(Shown):
    field: str
    code: str
    detail: str
    details: dict[str, Any]


class ImportAnswer(Shown):
    """An import, with its figures so far and, once its head was read, its columns."""

    id: str
    state: JobState
    is_trial: bool
    filename: str
    scenario: str
    requested_at: datetime
    finished_at: datetime | None
    progress: int
    total: int
    result: ImportFigures
    columns: ImportColumns | None
    error: str | None
    problems: list[ImportProblem]


class ImportRow(Shown):
    """A row to look at; values: as they stood in the file."""

    row: int
    outcome: str = Field(pattern="^(rejected|duplicate|warned)$")
    values: dict[str, str]
    problems: list[ImportProblem]


class RowsQuery(Query):
    kind: str = Field(default="problems", pattern="^(problems|warnings|duplicates)$")
    start: int = Field(default=0, ge=0, le=1_000_000, description="rows to pass over")


class ImportRows(Shown):
    """Up to 500 rows; `next_start` is null at the end."""

    items: list[ImportRow]
    next_start: int | None


class SheetQuery(Query):
    part: int = Field(default=1, ge=1, le=100, description=f"of {SHEET_ROWS} rows each")


def problem_shown(found: FieldProblem, detail: str) -> dict[str, Any]:
    return {"field": found.field, "code": found.code, "detail": detail, "details": found.details}


def _shown(job: Job) -> dict[str, Any]:
    """The job without its inner keys."""
    head = job.checkpoint.get("head")
    problems = [problem_shown(p, messages.field_words(p, column_label(p.field))) for p in job.error_problems]
    return {
        "id": job.id,
        "state": job.state,
        "is_trial": bool(job.values.get("is_trial")),
        "filename": job.values["filename"],
        "scenario": job.values["scenario"],
        "requested_at": job.requested_at,
        "finished_at": job.finished_at,
        "progress": job.progress,
        "total": job.total,
        "result": {name: counts_of(job)[name] for name in FIGURES},
        "columns": {name: head[name] for name in ImportColumns.model_fields} if head else None,
        "error": job.error_code,
        "problems": problems,
    }


def _accepted(job: Job) -> Answer:
    answer = json_answer(_shown(job), 202, etag=job.version)
    answer.headers["Location"] = f"{BASE}/{job.id}"
    return answer


@route(blueprint, BASE, permission=Permission.SUBJECT_IMPORT, query=ListQuery, answers=Listed[ImportAnswer])
def list_imports(request: WebRequest) -> Answer:
    """Imports, newest first."""
    asked = request.asked(ListQuery)
    jobs, following = page_of_jobs(request, JOB, asked.limit)
    return listed(request, [_shown(job) for job in jobs], following)


@route(
    blueprint,
    BASE,
    methods=("POST",),
    permission=Permission.SUBJECT_IMPORT,
    content_types=_BODIES,
    body=ImportBody,
    answers={202: ImportAnswer},
    sample_body={"scenario": "refined_oil", "upload_id": "01JD00000000000000000SAMP0", "filename": "register.csv"},
)
def post_import(request: WebRequest) -> Answer:
    """Import a register. 202: the job, and in `Location` where to ask for it; its rows are settled one by one."""
    if not request.header("content-type").lower().startswith("application/json"):
        return _accepted(start_import(request, request.form))
    limit_work(request, "import")
    body = request.model(ImportBody)
    job = request_import(
        request.store,
        request.tenant,
        request.act(),
        upload_id=body.upload_id,
        filename=body.filename or "register",
        scenario=body.scenario,
        chosen=body.columns,
        clears=body.clears,
        is_trial=body.is_trial,
    )
    return _accepted(job)


@route(
    blueprint,
    f"{BASE}/uploads",
    methods=("POST",),
    permission=Permission.SUBJECT_IMPORT,
    body=UploadSize,
    answers={201: UploadForm},
    sample_body={"size": 1000},
)
def sign_upload(request: WebRequest) -> Answer:
    """Ask where to upload a file. Post the fields and the file (up to 50 MB) to `url` within 120 seconds."""
    return upload_form(request, request.model(UploadSize).size)


@route(
    blueprint,
    f"{BASE}/{{job_id}}",
    permission=Permission.SUBJECT_IMPORT,
    resource=IMPORT,
    answers=ImportAnswer,
)
def show_import(request: WebRequest, job_id: str) -> Answer:
    """One import: its progress, its figures, its columns."""
    job = read_import(request, job_id)
    return json_answer(_shown(job), etag=job.version)


@route(
    blueprint,
    f"{BASE}/{{job_id}}/runs",
    methods=("POST",),
    permission=Permission.SUBJECT_IMPORT,
    resource=IMPORT,
    body=RunBody,
    answers={202: ImportAnswer},
)
def run_import(request: WebRequest, job_id: str) -> Answer:
    """Import the same file again: for real after a trial, or as a trial with other columns. 202: a job of its own."""
    limit_work(request, "import")
    body = request.model(RunBody)
    job = repeat_import(
        request.store,
        request.tenant,
        request.act(),
        job_id=job_id,
        is_trial=body.is_trial,
        chosen=body.columns,
        clears=body.clears,
    )
    return _accepted(job)


@route(
    blueprint,
    f"{BASE}/{{job_id}}/problems",
    permission=Permission.SUBJECT_IMPORT,
    resource=IMPORT,
    query=RowsQuery,
    answers=ImportRows,
)
def list_problems(request: WebRequest, job_id: str) -> Answer:
    """The rows that were refused (or taken with a warning, or stand twice), with their values as they stood."""
    return rows_answer(request, read_import(request, job_id), row_words)


def rows_answer(request: WebRequest, job: Job, words: Callable[[FieldProblem], str]) -> Answer:
    """The rows to look at of a job that settles those of a file, as RowsQuery asks for them."""
    asked = request.asked(RowsQuery)
    rows = list(read_rows_of(request.store, request.tenant, job, asked.kind, asked.start, PROBLEM_ROWS + 1))
    has_more = len(rows) > PROBLEM_ROWS
    items = [_row(row, words) for row in rows[:PROBLEM_ROWS]]
    return json_answer({"items": items, "next_start": asked.start + PROBLEM_ROWS if has_more else None})


def _row(row: ProblemRow, words: Callable[[FieldProblem], str]) -> dict[str, Any]:
    return {
        "row": row.row_number,
        "outcome": outcome_of(row),
        "values": row.values,
        "problems": [problem_shown(found, words(found)) for found in row_problems(row)],
    }


@route(
    blueprint,
    f"{BASE}/{{job_id}}/errors",
    permission=Permission.SUBJECT_IMPORT,
    resource=IMPORT,
    query=SheetQuery,
    answers={200: Media(XLSX)},
)
def download_errors(request: WebRequest, job_id: str) -> Answer:
    """The refused rows as a workbook of the file's own columns, cells at fault marked, to be mended and sent again."""
    return errors_answer(request, job_id, request.asked(SheetQuery).part)
