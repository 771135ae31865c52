"""Exports of the register over the API: ask, look how far it is, fetch the file."""

from datetime import datetime
from typing import Any, Literal

from chalice import Blueprint
from pydantic import Field

from chalicelib.domain.access import Permission
from chalicelib.domain.job import Job, JobState
from chalicelib.services.register.export_subjects import MAX_REASON, request_export
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Shown
from chalicelib.web.api.subject_filters import QueryBody
from chalicelib.web.console.exports import export_of, file_address
from chalicelib.web.limits import limit_work
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.subject_list import read_query

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/exports"


class ExportBody(QueryBody):
    """What is exported: everything that the list of subjects shows for these filters, page after page."""

    format: Literal["csv", "xlsx"] = "csv"
    reason: str = Field(
        default="", max_length=MAX_REASON, description="what contacts are needed in full for; else masked"
    )


class ExportAnswer(Shown):
    """rows, size (bytes) and sha256 (hex) are there once it is done."""

    id: str
    state: JobState
    format: str
    requested_at: datetime
    finished_at: datetime | None
    progress: int
    rows: int | None
    size: int | None
    sha256: str | None


class ExportFile(Shown):
    url: str = Field(description="reads the file, for two minutes")
    sha256: str


def _shown(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "state": job.state,
        "format": job.values["format"],
        "requested_at": job.requested_at,
        "finished_at": job.finished_at,
        "progress": job.progress,
        **{name: job.result.get(name) for name in ("rows", "size", "sha256")},
    }


@route(
    blueprint,
    BASE,
    methods=("POST",),
    permission=Permission.SUBJECT_READ,
    body=ExportBody,
    answers={202: ExportAnswer},
    sample_body={"format": "csv", "status": "active"},
)
def post_export(request: WebRequest) -> Answer:
    """Begin an export of the subjects that these filters find."""
    limit_work(request, "export")
    body = request.model(ExportBody)
    head = request.store.subject_filters.head(request.tenant, request.actor.person_id)
    query = read_query(body.fields(), request.actor, head, is_strict=True)
    job = request_export(
        request.store, request.tenant, request.act(), query=query, format=body.format, reason=body.reason
    )
    answer = json_answer(_shown(job), 202)
    answer.headers["Location"] = f"{BASE}/{job.id}"
    return answer


@route(
    blueprint,
    f"{BASE}/{{job_id}}",
    permission=Permission.SUBJECT_READ,
    resource=(Job.KIND, "job_id"),
    answers=ExportAnswer,
)
def show_export(request: WebRequest, job_id: str) -> Answer:
    """One's own export."""
    return json_answer(_shown(export_of(request, job_id)))


@route(
    blueprint,
    f"{BASE}/{{job_id}}/file",
    permission=Permission.SUBJECT_READ,
    resource=(Job.KIND, "job_id"),
    answers=ExportFile,
)
def show_file(request: WebRequest, job_id: str) -> Answer:
    """Where the finished file is read."""
    job = export_of(request, job_id)
    return json_answer({"url": file_address(request, job), "sha256": job.result["sha256"]})
