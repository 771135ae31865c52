"""Sheets of periodic reports over the API: many subjects' figures of one period at once, each row by itself."""

from datetime import datetime
from typing import Any

from chalice import Blueprint
from pydantic import Field

from chalicelib.domain.access import Permission
from chalicelib.domain.job import Job, JobState
from chalicelib.domain.label import Code
from chalicelib.services.register.import_report import KINDS
from chalicelib.services.report.request_sheet import request_sheet, run_sheet
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.imports import ImportProblem, ImportRows, RowsQuery, problem_shown, rows_answer
from chalicelib.web.api.shapes import Body, Shown
from chalicelib.web.console.report_sheets import SHEET, errors_of, start_sheet
from chalicelib.web.import_view import XLSX, counts_of
from chalicelib.web.limits import limit_work
from chalicelib.web.report_sheet_view import read_sheet_of, sheet_words
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Media, route

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/report-sheets"
ONE = BASE + "/{job_id}"
_BODIES = ("application/json", "multipart/form-data")


class ReportSheetBody(Body):
    """The rows as CSV text with a header; or a file (CSV or XLSX, up to 4 MB) as the part `file` of a form with `form`
    (scenario.form_id), `period` and `mode` (trial or run). Columns: 对象编号 (subject id) or 统一社会信用代码; fields
    of the form by label or id, in the units in which they are typed; 已核对: values far from those of the period before
    are right; 更正的原因: of a correction."""

    scenario: Code
    form_id: Code
    period: str = Field(min_length=4, max_length=10)
    csv: str = Field(min_length=1, max_length=1_000_000)
    filename: str = Field(default="reports.csv", min_length=1, max_length=200)
    is_trial: bool = Field(default=False, description="check every row and write nothing")


class ReportSheetFigures(Shown):
    """Rows by what became of them; rows without a number are passed over."""

    accepted: int = Field(description="first versions")
    changed: int = Field(description="corrections")
    unchanged: int = Field(description="reported before, with the same numbers")
    duplicate: int = Field(description="of a subject that stands in an earlier row")
    rejected: int


class ReportSheetAnswer(Shown):
    """A sheet, with its figures so far."""

    id: str
    state: JobState
    is_trial: bool
    filename: str
    sha256: str
    scenario: str
    form_id: str
    period: str
    requested_at: datetime
    finished_at: datetime | None
    progress: int
    total: int
    result: ReportSheetFigures
    error: str | None
    problems: list[ImportProblem]


def _shown(job: Job) -> dict[str, Any]:
    names = ("filename", "sha256", "scenario", "form_id", "period")
    return {
        "id": job.id,
        "state": job.state,
        "is_trial": bool(job.values.get("is_trial")),
        **{name: job.values[name] for name in names},
        "requested_at": job.requested_at,
        "finished_at": job.finished_at,
        "progress": job.progress,
        "total": job.total,
        "result": {name: counts_of(job)[name] for name in KINDS.values()},
        "error": job.error_code,
        "problems": [problem_shown(one, sheet_words(job, one)) for one in job.error_problems],
    }


def _accepted(job: Job) -> Answer:
    answer = json_answer(_shown(job), 202, etag=job.version)
    answer.headers["Location"] = f"{BASE}/{job.id}"
    return answer


@route(
    blueprint,
    BASE,
    methods=("POST",),
    permission=Permission.REPORT_ENTER,
    content_types=_BODIES,
    body=ReportSheetBody,
    answers={202: ReportSheetAnswer},
    sample_body={"scenario": "refined_oil", "form_id": "fuel_month", "period": "2026-M10", "csv": "a,b\n1,2\n"},
)
def post_sheet(request: WebRequest) -> Answer:
    """Enter a sheet of reports. 202: the job, and in `Location` where to ask for it; rows are settled one by one."""
    if not request.header("content-type").lower().startswith("application/json"):
        return _accepted(start_sheet(request, request.form))
    limit_work(request, "import")
    body = request.model(ReportSheetBody)
    job = request_sheet(
        request.store,
        request.tenant,
        request.act(),
        content=body.csv.encode(),
        **body.model_dump(exclude={"csv"}),
    )
    return _accepted(job)


@route(blueprint, ONE, permission=Permission.REPORT_ENTER, resource=SHEET, answers=ReportSheetAnswer)
def show_sheet(request: WebRequest, job_id: str) -> Answer:
    """One sheet: its progress and its figures."""
    job = read_sheet_of(request, job_id)
    return json_answer(_shown(job), etag=job.version)


@route(
    blueprint,
    f"{ONE}/runs",
    methods=("POST",),
    permission=Permission.REPORT_ENTER,
    resource=SHEET,
    answers={202: ReportSheetAnswer},
)
def post_run(request: WebRequest, job_id: str) -> Answer:
    """Enter a sheet that was tried. 202: a job of its own."""
    limit_work(request, "import")
    return _accepted(run_sheet(request.store, request.tenant, request.act(), job_id=job_id))


@route(
    blueprint,
    f"{ONE}/problems",
    permission=Permission.REPORT_ENTER,
    resource=SHEET,
    query=RowsQuery,
    answers=ImportRows,
)
def list_problems(request: WebRequest, job_id: str) -> Answer:
    """The rows that were refused, or name a subject again, with their values as they stood."""
    job = read_sheet_of(request, job_id)
    return rows_answer(request, job, lambda found: sheet_words(job, found))


@route(
    blueprint,
    f"{ONE}/errors",
    permission=Permission.REPORT_ENTER,
    resource=SHEET,
    answers={200: Media(XLSX)},
)
def fetch_errors(request: WebRequest, job_id: str) -> Answer:
    """The refused rows as a workbook of the file's own columns, cells at fault marked, to be mended and sent again."""
    return errors_of(request, job_id)
