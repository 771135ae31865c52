"""Jobs over the API: progress to be asked for, and the result once there is one."""

from datetime import datetime
from typing import Any

from chalice import Blueprint
from pydantic import Field

from chalicelib.domain.access import Permission
from chalicelib.domain.errors import FieldProblem
from chalicelib.domain.job import Job, JobState
from chalicelib.services.jobs.cancel_job import cancel_job, retry_job
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Listed, ListQuery, Shown, listed
from chalicelib.web.console.jobs import page_of_jobs, read_job
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
    cancel_asked_at: datetime | None
    is_cancellable: bool
    is_retryable: bool


class JobsQuery(ListQuery):
    name: str = Field(default="", max_length=60, description="only this kind of work")


_SHOWN = {
    "id", "name", "values", "requested_at", "state", "progress", "total", "result", "error_code", "error_details",
    "error_problems", "finished_at", "cancel_asked_at",
}  # fmt: skip


def job_json(job: Job) -> dict[str, Any]:
    """Without the person's name and roles, which the caller has no need of."""
    return job.model_dump(mode="json", include=_SHOWN) | {
        "requested_by": job.requested_by.person_id,
        "is_cancellable": job.is_cancellable,
        "is_retryable": job.is_retryable,
    }


def job_answer(job: Job) -> Answer:
    """202: the job, and in `Location` where to ask for it."""
    answer = json_answer(job_json(job), 202, etag=job.version)
    answer.headers["Location"] = f"{PREFIX}/jobs/{job.id}"
    return answer


@route(blueprint, f"{PREFIX}/jobs", permission=Permission.PLAN_READ, query=JobsQuery, answers=Listed[JobAnswer])
def list_jobs(request: WebRequest) -> Answer:
    """Jobs, newest first; those of others only for coordinators of the whole tenant."""
    asked = request.asked(JobsQuery)
    jobs, following = page_of_jobs(request, asked.name, asked.limit)
    return listed(request, [job_json(job) for job in jobs], following)


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


@route(
    blueprint,
    f"{PREFIX}/jobs/{{job_id}}/cancel",
    methods=("POST",),
    permission=Permission.PLAN_READ,
    resource=(Job.KIND, "job_id"),
    answers={202: JobAnswer},
)
def cancel(request: WebRequest, job_id: str) -> Answer:
    """Stop a job: at once while it waits, else at its next safe point. What it has done stays done, whole."""
    return job_answer(cancel_job(request.store, request.tenant, request.act(), job_id=job_id))


@route(
    blueprint,
    f"{PREFIX}/jobs/{{job_id}}/retry",
    methods=("POST",),
    permission=Permission.PLAN_READ,
    resource=(Job.KIND, "job_id"),
    answers={202: JobAnswer},
)
def retry(request: WebRequest, job_id: str) -> Answer:
    """Let a job that failed or was cancelled go on from where it stopped."""
    return job_answer(retry_job(request.store, request.tenant, request.act(), job_id=job_id))
