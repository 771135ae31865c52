"""The archive of the whole tenant: ask for it with a reason, see it grow, fetch it."""

from chalice import Blueprint

from chalicelib.domain.access import Permission
from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.job import Job, JobState
from chalicelib.services.tenancy.export_tenant import JOB, read_archive, request_archive
from chalicelib.web import messages
from chalicelib.web.answers import HTML, Answer, page, redirect, see_other
from chalicelib.web.console.exports import file_address
from chalicelib.web.console.tenants import label_of
from chalicelib.web.i18n import gettext
from chalicelib.web.job_words import STATES, error_words, job_problems
from chalicelib.web.limits import limit_work
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)

BASE = "/console/tenant/archives"
ONE = BASE + "/{job_id}"


@route(blueprint, BASE, permission=Permission.TENANT_EXPORT)
def list_archives(request: WebRequest) -> Answer:
    return _list(request)


def _list(request: WebRequest, error: InvalidInputError | None = None) -> Answer:
    """The newest archives, whoever asked for them, and the form: two reads."""
    found = request.store.jobs.of_name(request.tenant, JOB, limit=20).records
    own = request.actor.person_id
    return page(
        request,
        "pages/tenants/archives.html",
        422 if error else 200,
        label=label_of(request.store.tenants.get(request.tenant, request.tenant)),
        rows=[{"job": one, "state": STATES[one.state], "is_own": one.requested_by.person_id == own} for one in found],
        reason=request.form.text("reason") if error else "",
        problems=messages.form_problems(error, {"reason": gettext("用途")}) if error else [],
    )


@route(blueprint, BASE, methods=("POST",), permission=Permission.TENANT_EXPORT, sample_body={"reason": "示例"})
def post_archive(request: WebRequest) -> Answer:
    limit_work(request, "archive")
    try:
        job = request_archive(request.store, request.tenant, request.act(), reason=request.form.text("reason"))
    except InvalidInputError as error:
        return _list(request, error)
    return see_other(f"{BASE}/{job.id}")


@route(blueprint, ONE, permission=Permission.TENANT_EXPORT, resource=(Job.KIND, "job_id"))
def show_archive(request: WebRequest, job_id: str) -> Answer:
    """The page; asked by htmx while the job runs only its progress, and once it has ended the whole page again."""
    job = read_archive(request.store, request.tenant, request.actor, job_id)
    if request.is_partial and job.is_finished:
        answer = Answer("", content_type=HTML)
        answer.headers["HX-Refresh"] = "true"
        return answer
    return page(
        request,
        "pages/tenants/archive_progress.html" if request.is_partial else "pages/tenants/archive.html",
        job=job,
        state=STATES[job.state],
        is_done=job.state is JobState.DONE,
        failure=error_words(job),
        problems=job_problems(job),
    )


@route(blueprint, f"{ONE}/file", permission=Permission.TENANT_EXPORT, resource=(Job.KIND, "job_id"))
def fetch_archive(request: WebRequest, job_id: str) -> Answer:
    return redirect(file_address(request, read_archive(request.store, request.tenant, request.actor, job_id)))
