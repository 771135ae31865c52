"""Imports over the API: a small file at once, a large one uploaded first; the job, its result and its problem rows."""

from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission
from chalicelib.domain.job import Job, JobState
from chalicelib.domain.register_error_sheet import problems_of
from chalicelib.domain.register_import import AcceptedRow, DuplicateRow
from chalicelib.services.register.import_register import JOB
from chalicelib.services.register.import_report import read_unregistered
from chalicelib.web import messages
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.console.imports import IMPORT, start_import, upload_form
from chalicelib.web.cursors import open_cursor, seal_cursor
from chalicelib.web.errors import UnreadableRequestError
from chalicelib.web.fields import Fields
from chalicelib.web.import_view import SHEET_ROWS, read_import, row_words
from chalicelib.web.register_words import column_label
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/imports"
_BODIES = ("multipart/form-data", "application/x-www-form-urlencoded")
_FIGURES = ("accepted", "duplicate", "rejected", "mended", "warned", "unknown_headers", "doubled_headers", "encoding")


def _values(request: WebRequest) -> Fields:
    """Texts by name, of a form or of a JSON object."""
    if not request.header("content-type").lower().startswith("application/json"):
        return request.form
    found = request.json
    if not isinstance(found, dict):
        raise UnreadableRequestError()
    return Fields({str(name): [str(value)] for name, value in found.items() if value is not None})


def _shown(job: Job) -> dict[str, Any]:
    """The job without its inner keys."""
    return {
        "id": job.id,
        "state": job.state,
        "filename": job.values["filename"],
        "scenario": job.values["scenario"],
        "requested_at": job.requested_at,
        "finished_at": job.finished_at,
        "progress": job.progress,
        "total": job.total,
        "result": {name: job.result.get(name) for name in _FIGURES} if job.state is JobState.DONE else None,
        "error": job.error_code,
        "problems": [
            {
                "field": found.field,
                "code": found.code,
                "detail": messages.field_words(found, column_label(found.field)),
                "details": found.details,
            }
            for found in job.error_problems
        ],
    }


@route(blueprint, BASE, permission=Permission.SUBJECT_IMPORT)
def list_imports(request: WebRequest) -> Answer:
    """Newest first; `cursor` goes on."""
    found = request.store.jobs.of_name(request.tenant, JOB, after=open_cursor(request))
    return json_answer({"items": [_shown(job) for job in found.records], "cursor": seal_cursor(request, found.next)})


@route(
    blueprint,
    BASE,
    methods=("POST",),
    permission=Permission.SUBJECT_IMPORT,
    content_types=(*_BODIES, "application/json"),
)
def post_import(request: WebRequest) -> Answer:
    """202 with the job. multipart `scenario` and `file` (up to 4 MB), or `scenario`, `upload_id` and `filename`."""
    job = start_import(request, _values(request))
    answer = json_answer(_shown(job), 202, etag=job.version)
    answer.headers["Location"] = f"{BASE}/{job.id}"
    return answer


@route(
    blueprint,
    f"{BASE}/uploads",
    methods=("POST",),
    permission=Permission.SUBJECT_IMPORT,
    content_types=(*_BODIES, "application/json"),
)
def sign_upload(request: WebRequest) -> Answer:
    """201 with `url`, `fields` and `upload_id`: post the fields and the file (up to 50 MB) to `url` within 120 s."""
    return upload_form(request, _values(request))


@route(blueprint, f"{BASE}/{{job_id}}", permission=Permission.SUBJECT_IMPORT, resource=IMPORT)
def show_import(request: WebRequest, job_id: str) -> Answer:
    job = read_import(request, job_id)
    return json_answer(_shown(job), etag=job.version)


@route(blueprint, f"{BASE}/{{job_id}}/problems", permission=Permission.SUBJECT_IMPORT, resource=IMPORT)
def list_problems(request: WebRequest, job_id: str) -> Answer:
    """The rows that were refused, set aside or warned of (at most 5,000), with their values as they stood."""
    job = read_import(request, job_id)
    rows = []
    for outcome in read_unregistered(request.store, request.tenant, job, SHEET_ROWS):
        kind = "duplicate" if isinstance(outcome, DuplicateRow) else "rejected"
        rows.append(
            {
                "row": outcome.row_number,
                "outcome": "warned" if isinstance(outcome, AcceptedRow) else kind,
                "values": outcome.values,
                "problems": [
                    {
                        "field": found.field,
                        "code": found.code,
                        "detail": row_words(found),
                        "details": found.details,
                    }
                    for found in problems_of(outcome)
                ],
            }
        )
    return json_answer({"items": rows, "is_cut": len(rows) >= SHEET_ROWS})
