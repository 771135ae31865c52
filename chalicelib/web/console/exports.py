"""Exports of the register: ask for the file of what is filtered, see it grow, fetch it."""

from chalice import Blueprint

from chalicelib.domain.access import NOTHING, Permission, allowed
from chalicelib.domain.errors import InvalidInputError, RecordNotFoundError
from chalicelib.domain.job import Job, JobState
from chalicelib.domain.subject_query import SubjectQuery
from chalicelib.services.register.export_subjects import read_export, request_export
from chalicelib.web import messages
from chalicelib.web.answers import HTML, Answer, page, redirect, see_other
from chalicelib.web.console.subject_filters import asked_query
from chalicelib.web.console.subjects import BASE as SUBJECTS
from chalicelib.web.i18n import gettext
from chalicelib.web.job_words import STATES, error_words, job_problems
from chalicelib.web.limits import limit_work
from chalicelib.web.query_words import query_words
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.subject_list import address_of, values_of

blueprint = Blueprint(__name__)

BASE = "/console/exports"
ONE = BASE + "/{job_id}"


def labels() -> dict[str, str]:
    return {"format": gettext("文件格式"), "reason": gettext("用途")}


def export_of(request: WebRequest, job_id: str) -> Job:
    return read_export(request.store, request.tenant, request.actor, job_id)


def file_address(request: WebRequest, job: Job) -> str:
    """Where the file may be read for two minutes; RecordNotFoundError while there is none."""
    if job.state is not JobState.DONE:
        raise RecordNotFoundError(kind=Job.KIND, id=job.id)
    return str(request.store.objects.download_url(request.tenant, job.result["object_key"]))


@route(blueprint, f"{BASE}/new", permission=Permission.SUBJECT_READ)
def new_export(request: WebRequest) -> Answer:
    return _form(request, asked_query(request, request.query))


def _form(request: WebRequest, query: SubjectQuery, error: InvalidInputError | None = None) -> Answer:
    return page(
        request,
        "pages/exports/new.html",
        422 if error else 200,
        words=query_words(query),
        fields=values_of(query),
        back_url=address_of(SUBJECTS, values_of(query)),
        format=request.form.text("format") or "xlsx",
        reason=request.form.text("reason"),
        may_read_contacts=allowed(request.actor, Permission.CONTACT_READ, NOTHING),
        problems=messages.form_problems(error, labels()) if error else [],
    )


@route(blueprint, BASE, methods=("POST",), permission=Permission.SUBJECT_READ)
def post_export(request: WebRequest) -> Answer:
    limit_work(request, "export")
    query = asked_query(request, request.form)
    try:
        job = request_export(
            request.store,
            request.tenant,
            request.act(),
            query=query,
            format=request.form.text("format"),
            reason=request.form.text("reason"),
        )
    except InvalidInputError as error:
        return _form(request, query, error)
    return see_other(f"{BASE}/{job.id}")


@route(blueprint, ONE, permission=Permission.SUBJECT_READ, resource=(Job.KIND, "job_id"))
def show_export(request: WebRequest, job_id: str) -> Answer:
    """The page; asked by htmx while the job runs only its progress, and once it has ended the whole page again."""
    job = export_of(request, job_id)
    if request.is_partial and job.is_finished:
        answer = Answer("", content_type=HTML)
        answer.headers["HX-Refresh"] = "true"
        return answer
    query = SubjectQuery.model_validate(job.values["query"])
    return page(
        request,
        "pages/exports/progress.html" if request.is_partial else "pages/exports/show.html",
        job=job,
        state=STATES[job.state],
        words=query_words(query),
        format=job.values["format"].upper(),
        has_contacts=bool(job.values["reason"]),
        list_url=address_of(SUBJECTS, values_of(query)),
        again_url=address_of(f"{BASE}/new", values_of(query)),
        failure=error_words(job),
        problems=job_problems(job),
    )


@route(blueprint, f"{ONE}/file", permission=Permission.SUBJECT_READ, resource=(Job.KIND, "job_id"))
def fetch_file(request: WebRequest, job_id: str) -> Answer:
    return redirect(file_address(request, export_of(request, job_id)))
