"""Onboarding from one workbook: the template, the upload with its findings, the load with its progress."""

from io import BytesIO

from chalice import Blueprint

from chalicelib.contract.registry import registry
from chalicelib.domain.access import Permission
from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.job import JobState
from chalicelib.domain.onboarding_workbook import write_workbook
from chalicelib.domain.tenancy import PLATFORM
from chalicelib.services.draw.problems import SecondPersonNeededError
from chalicelib.services.tenancy.onboard_workbook import JOB, XLSX, keep_workbook, request_load
from chalicelib.services.tenancy.present_roster import cities, present_rows, read_present, template_rows
from chalicelib.settings import settings
from chalicelib.web import messages
from chalicelib.web.answers import Answer, file_answer, page, see_other
from chalicelib.web.cursors import CURSOR, open_cursor, seal_cursor
from chalicelib.web.fields import invalid
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.job_words import STATES
from chalicelib.web.onboarding_view import (
    SHOWN_CHANGES,
    SHOWN_PROBLEMS,
    change_rows,
    marked_copy,
    problem_row,
    read_check,
    read_load,
)
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route

blueprint = Blueprint(__name__)

BASE = "/console/onboarding"
LOAD = ("job", "job_id")
MAX_BYTES = 4_000_000
"""The gateway takes 6 MB of base64; 4 MB hold some 20,000 people."""
PAGE_ROWS = 10


def labels() -> dict[str, str]:
    return {"file": gettext("工作簿")}


def keep_sent(request: WebRequest) -> str:
    """Put the file of this request aside; its identifier."""
    sent = request.file("file")
    if len(sent.content) > MAX_BYTES:
        raise invalid("file", "file_over", limit=f"{MAX_BYTES // 1_000_000} MB")
    act = request.act()
    return keep_workbook(request.store, request.tenant, act, content=sent.content, filename=sent.filename)


@route(
    blueprint,
    BASE,
    permission=Permission.TENANT_LOAD,
    nav=Nav(group=mark("单位"), label=mark("工作簿导入"), order=84, icon="upload"),
)
def show_start(request: WebRequest) -> Answer:
    return _start(request)


def _start(request: WebRequest, error: InvalidInputError | None = None) -> Answer:
    """The form and what was loaded before: one query."""
    found = request.store.jobs.of_name(request.tenant, JOB, after=open_cursor(request), limit=PAGE_ROWS)
    cursor = seal_cursor(request, found.next)
    return page(
        request,
        "pages/onboarding/start.html",
        422 if error else 200,
        is_platform=request.tenant == PLATFORM,
        cities=cities(),
        rows=[{"job": job, "state": STATES[job.state]} for job in found.records],
        next_url=f"{BASE}?{CURSOR}={cursor}" if cursor else "",
        first_url=BASE if request.query.text(CURSOR) else "",
        problems=messages.form_problems(error, labels()) if error else [],
    )


@route(blueprint, f"{BASE}/template.xlsx", permission=Permission.TENANT_LOAD)
def download_template(request: WebRequest) -> Answer:
    """The platform's operator: a template for a city; a tenant's administrators: their tenant as it is."""
    out = BytesIO()
    if request.tenant == PLATFORM:
        write_workbook(template_rows(request.query.text("division", cities()[0][0])), out, with_samples=True)
        name = gettext("单位开通工作簿")
    else:
        write_workbook(present_rows(read_present(request.store, request.tenant)), out)
        name = gettext("本单位工作簿")
    return file_answer(out.getvalue(), XLSX, f"{name}.xlsx")


@route(blueprint, BASE, methods=("POST",), permission=Permission.TENANT_LOAD)
def post_workbook(request: WebRequest) -> Answer:
    """Checked at once, so that what is no workbook is said beside its field."""
    try:
        upload_id = keep_sent(request)
        read_check(request, upload_id)
    except InvalidInputError as error:
        return _start(request, error)
    return see_other(f"{BASE}/files/{upload_id}")


@route(blueprint, f"{BASE}/files/{{upload_id}}", permission=Permission.TENANT_LOAD)
def show_check(request: WebRequest, upload_id: str) -> Answer:
    return _check(request, upload_id)


def _check(request: WebRequest, upload_id: str, *, is_second_needed: bool = False) -> Answer:
    upload, check = read_check(request, upload_id)
    return page(
        request,
        "pages/onboarding/check.html",
        409 if is_second_needed else 200,
        upload=upload,
        upload_id=upload_id,
        check=check,
        problems=[problem_row(one) for one in check.problems[:SHOWN_PROBLEMS]],
        changes=change_rows(check),
        new=sum(one.is_new for one in check.changes),
        changed=sum(not one.is_new for one in check.changes) + len(check.scenarios),
        shown_problems=SHOWN_PROBLEMS,
        shown_changes=SHOWN_CHANGES,
        is_second_needed=is_second_needed,
    )


@route(blueprint, f"{BASE}/files/{{upload_id}}/marked.xlsx", permission=Permission.TENANT_LOAD)
def download_marked(request: WebRequest, upload_id: str) -> Answer:
    _, check = read_check(request, upload_id)
    return file_answer(marked_copy(check), XLSX, gettext("标出问题的工作簿") + ".xlsx")


@route(blueprint, f"{BASE}/files/{{upload_id}}", methods=("POST",), permission=Permission.TENANT_LOAD)
def post_load(request: WebRequest, upload_id: str) -> Answer:
    try:
        job = request_load(
            request.store,
            request.tenant,
            request.act(),
            upload_id=upload_id,
            known=registry().names(),
            issuer=settings().identity.issuer,
        )
    except InvalidInputError:
        return see_other(f"{BASE}/files/{upload_id}")
    except SecondPersonNeededError:
        return _check(request, upload_id, is_second_needed=True)
    return see_other(f"{BASE}/{job.id}")


@route(blueprint, f"{BASE}/{{job_id}}", permission=Permission.TENANT_LOAD, resource=LOAD)
def show_load(request: WebRequest, job_id: str) -> Answer:
    """The load with its progress, then its result; htmx asks for the progress alone and reloads at its end."""
    job = read_load(request, job_id)
    if request.is_partial and not job.is_finished:
        return page(request, "pages/onboarding/progress.html", job=job, state=STATES[job.state])
    answer = page(
        request,
        "pages/onboarding/load.html",
        job=job,
        state=STATES[job.state],
        result=job.result if job.state is JobState.DONE else None,
        failure=messages.code_words(job.error_code, job.error_details) if job.error_code else None,
        is_platform=request.tenant == PLATFORM,
    )
    if request.is_partial:
        answer.headers["HX-Refresh"] = "true"
    return answer
