"""Long work that may be left and found again: the list of jobs, and one job with its progress."""

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.job import Job
from chalicelib.domain.tenancy import Actor
from chalicelib.web.answers import HTML, Answer, page
from chalicelib.web.cursors import CURSOR, open_cursor, seal_cursor
from chalicelib.web.i18n import mark
from chalicelib.web.job_words import STATES, error_words, job_name, job_problems, page_of, skipped_words
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route

blueprint = Blueprint(__name__)

BASE = "/console/jobs"
PAGE_ROWS = 25


def may_see(actor: Actor, job: Job) -> bool:
    """Who asked for it, and the coordinators, who answer for the whole."""
    return job.requested_by.person_id == actor.person_id or allowed(actor, Permission.PLAN_WRITE)


def read_job(request: WebRequest, job_id: str) -> Job:
    """The job; RecordNotFoundError also for somebody else's."""
    job: Job = request.store.jobs.get(request.tenant, job_id)
    if not may_see(request.actor, job):
        raise RecordNotFoundError(kind=Job.KIND, id=job_id)
    return job


@route(
    blueprint,
    BASE,
    permission=Permission.PLAN_READ,
    nav=Nav(group=mark("办理"), label=mark("后台任务"), order=40, icon="list-check"),
)
def list_jobs(request: WebRequest) -> Answer:
    """One query. Rows of other people's jobs are left out."""
    found = request.store.jobs.recent(request.tenant, after=open_cursor(request), limit=PAGE_ROWS)
    jobs = [job for job in found.records if may_see(request.actor, job)]
    cursor = seal_cursor(request, found.next)
    return page(
        request,
        "pages/jobs/list.html",
        rows=[{"job": job, "name": job_name(job), "state": STATES[job.state]} for job in jobs],
        running=sum(not job.is_finished for job in jobs),
        next_url=f"{BASE}?{CURSOR}={cursor}" if cursor else "",
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
    skipped = [(one["name"], skipped_words(one["reason"])) for one in job.result.get("skipped", [])]
    return page(
        request,
        "pages/jobs/progress.html" if request.is_partial else "pages/jobs/show.html",
        job=job,
        name=job_name(job),
        state=STATES[job.state],
        words=error_words(job),
        problems=job_problems(job),
        skipped=skipped,
        is_waiting=job.is_finished and not job.result.get("is_complete", True),
        result_url=page_of(job),
    )
