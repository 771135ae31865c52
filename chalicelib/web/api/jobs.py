"""Jobs over the API: progress to be asked for, and the result once there is one."""

from datetime import datetime
from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission
from chalicelib.domain.errors import FieldProblem
from chalicelib.domain.job import Job, JobState
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Listed, ListQuery, Shown, listed
from chalicelib.web.console.jobs import may_see, read_job
from chalicelib.web.cursors import open_cursor
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)


class JobAnswer(Shown):
    """Work that goes on after its call was answered. progress of total: rows, subjects or steps, as the job counts."""

    id: str
    name: str
    values: dict[str, Any]
    requested_by: str
    requested_at: datetime
    state: JobState
    progress: int
    total: int
    result: dict[str, Any]
    error_code: str | None
    error_details: dict[str, Any]
    error_problems: list[FieldProblem]
    finished_at: datetime | None


_SHOWN = {
    "id", "name", "values", "requested_at", "state", "progress", "total", "result", "error_code", "error_details",
    "error_problems", "finished_at",
}  # fmt: skip


def job_json(job: Job) -> dict[str, Any]:
    """Without the person's name and roles, which the caller has no need of."""
    return job.model_dump(mode="json", include=_SHOWN) | {"requested_by": job.requested_by.person_id}


def job_answer(job: Job) -> Answer:
    """202: the job, and in `Location` where to ask for it."""
    answer = json_answer(job_json(job), 202, etag=job.version)
    answer.headers["Location"] = f"{PREFIX}/jobs/{job.id}"
    return answer


@route(blueprint, f"{PREFIX}/jobs", permission=Permission.PLAN_READ, query=ListQuery, answers=Listed[JobAnswer])
def list_jobs(request: WebRequest) -> Answer:
    """Jobs, newest first."""
    asked = request.asked(ListQuery)
    found = request.store.jobs.recent(request.tenant, after=open_cursor(request), limit=asked.limit)
    return listed(request, [job_json(job) for job in found.records if may_see(request.actor, job)], found.next)


@route(
    blueprint,
    f"{PREFIX}/jobs/{{job_id}}",
    permission=Permission.PLAN_READ,
    resource=(Job.KIND, "job_id"),
    answers=JobAnswer,
)
def get_job(request: WebRequest, job_id: str) -> Answer:
    """One job: its progress, and its result once it is done."""
    job = read_job(request, job_id)
    return json_answer(job_json(job), etag=job.version)
