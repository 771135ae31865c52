"""Long work that may be left and found again: the list of jobs, one job with its progress, stopping it, going on."""

from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.job import Job
from chalicelib.services.jobs import cancel_job as service
from chalicelib.services.jobs.cancel_job import may_see
from chalicelib.web.answers import HTML, Answer, page, see_other
from chalicelib.web.cursors import CURSOR, open_cursor, seal_cursor
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.job_words import (
    NAMES,
    STATES,
    error_words,
    job_name,
    job_problems,
    left_out,
    page_of,
)
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route

__all__ = ["PAGE_ROWS", "blueprint", "may_see", "page_of_jobs", "read_job"]

blueprint = Blueprint(__name__)

BASE = "/console/jobs"
PAGE_ROWS = 25
_OWN_ROWS = 100


def read_job(request: WebRequest, job_id: str) -> Job:
    """The job; RecordNotFoundError also for somebody else's."""
    return service.read_job(request.store, request.tenant, request.actor, job_id)


def page_of_jobs(request: WebRequest, name: str = "", limit: int = PAGE_ROWS) -> tuple[list[Job], Any]:
    """One page of the jobs that this person may see, newest first, of one kind or of all: one query. Whoever sees only
    their own reads only their own, and a page of one kind may then be short."""
    after, jobs = open_cursor(request), request.store.jobs
    if request.actor.division is not None or not allowed(request.actor, Permission.PLAN_WRITE):
        found = jobs.of_person(request.tenant, request.actor.person_id, after, _OWN_ROWS if name else limit)
    elif name:
        found = jobs.of_name(request.tenant, name, after=after, limit=limit)
    else:
        found = jobs.recent(request.tenant, after=after, limit=limit)
    return [job for job in found.records if not name or job.name == name], found.next


@route(
    blueprint,
    BASE,
    permission=Permission.PLAN_READ,
    nav=Nav(group=mark("办理"), label=mark("后台任务"), order=40, icon="list-check"),
)
def list_jobs(request: WebRequest) -> Answer:
    """One query. ?kind=: a name of job_words.NAMES."""
    kind = request.query.text("kind")
    name = kind if kind in NAMES else ""
    jobs, following = page_of_jobs(request, name)
    cursor = seal_cursor(request, following)
    return page(
        request,
        "pages/jobs/list.html",
        rows=[{"job": job, "name": job_name(job), "state": STATES[job.state]} for job in jobs],
        kinds=[("", gettext("全部")), *((one, gettext(words)) for one, words in NAMES.items())],
        kind=name,
        running=sum(not job.is_finished for job in jobs),
        next_url=f"{BASE}?{request.query.encoded({CURSOR: cursor})}" if cursor else "",
        first_url=BASE if request.query.text(CURSOR) else "",
    )


@route(blueprint, BASE + "/{job_id}", permission=Permission.PLAN_READ, resource=(Job.KIND, "job_id"))
def show_job(request: WebRequest, job_id: str) -> Answer:
    """The page; asked by htmx while the job runs only its progress, and once it has ended the whole page again."""
    job = read_job(request, job_id)
    if request.is_partial and job.is_finished:
        answer = Answer("", content_type=HTML)
        answer.headers["HX-Refresh"] = "true"
        return answer
    return page(
        request,
        "pages/jobs/progress.html" if request.is_partial else "pages/jobs/show.html",
        job=job,
        name=job_name(job),
        state=STATES[job.state],
        words=error_words(job),
        problems=job_problems(job),
        skipped=left_out(job),
        is_waiting=job.is_finished and not job.result.get("is_complete", True),
        result_url=page_of(job),
    )


@route(
    blueprint,
    BASE + "/{job_id}/cancel",
    methods=("POST",),
    permission=Permission.PLAN_READ,
    resource=(Job.KIND, "job_id"),
)
def cancel(request: WebRequest, job_id: str) -> Answer:
    job = service.cancel_job(request.store, request.tenant, request.act(), job_id=job_id)
    words = gettext("已停止。") if job.is_finished else gettext("正在停：做完手上这几行就停，已经做完的会保留。")
    return see_other(page_of(job) or f"{BASE}/{job.id}", flash=words, tone="orange")


@route(
    blueprint,
    BASE + "/{job_id}/retry",
    methods=("POST",),
    permission=Permission.PLAN_READ,
    resource=(Job.KIND, "job_id"),
)
def retry(request: WebRequest, job_id: str) -> Answer:
    job = service.retry_job(request.store, request.tenant, request.act(), job_id=job_id)
    return see_other(page_of(job) or f"{BASE}/{job.id}", flash=gettext("接着做，从停下的地方开始。"))
