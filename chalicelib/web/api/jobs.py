"""Jobs over the API: progress to be asked for, and the result once there is one."""

from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission
from chalicelib.domain.job import Job
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.console.jobs import PAGE_ROWS, may_see, read_job
from chalicelib.web.cursors import open_cursor, seal_cursor
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)

_SHOWN = {
    "id", "name", "values", "requested_at", "state", "progress", "total", "result", "error_code", "error_details",
    "error_problems", "finished_at",
}  # fmt: skip


def job_json(job: Job) -> dict[str, Any]:
    """Without the person's name and roles, which the caller has no need of."""
    return job.model_dump(mode="json", include=_SHOWN) | {"requested_by": job.requested_by.person_id}


@route(blueprint, f"{PREFIX}/jobs", permission=Permission.PLAN_READ)
def list_jobs(request: WebRequest) -> Answer:
    """?cursor=: {"jobs", "cursor"}, newest first."""
    found = request.store.jobs.recent(request.tenant, after=open_cursor(request), limit=PAGE_ROWS)
    jobs = [job_json(job) for job in found.records if may_see(request.actor, job)]
    return json_answer({"jobs": jobs, "cursor": seal_cursor(request, found.next)})


@route(blueprint, f"{PREFIX}/jobs/{{job_id}}", permission=Permission.PLAN_READ, resource=(Job.KIND, "job_id"))
def get_job(request: WebRequest, job_id: str) -> Answer:
    return json_answer(job_json(read_job(request, job_id)))
