"""Importing a register: the form, the job as it runs, its result with every row that needs a hand."""

from chalice import Blueprint

from chalicelib.domain.access import Permission
from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.job import Job
from chalicelib.services.register.import_register import JOB, MAX_BYTES, offer_upload, request_import
from chalicelib.web import messages
from chalicelib.web.answers import Answer, file_answer, json_answer, page, see_other
from chalicelib.web.cursors import CURSOR, open_cursor, seal_cursor
from chalicelib.web.fields import Fields, invalid
from chalicelib.web.i18n import gettext
from chalicelib.web.import_view import (
    SHEET_ROWS,
    SHOWN_ROWS,
    XLSX,
    error_sheet,
    file_problems,
    help_rows,
    read_import,
    result_of,
    sample_csv,
)
from chalicelib.web.job_words import STATES
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.scenarios import scenario_label

blueprint = Blueprint(__name__)

BASE = "/console/imports"
IMPORT = ("job", "job_id")
MAX_FORM_BYTES = 4_000_000
"""What a form may carry: the gateway takes 6 MB of base64. Larger files go to the object store directly."""
PAGE_ROWS = 25


def _megabytes(size: int) -> str:
    return f"{size // 1_000_000} MB"


def labels() -> dict[str, str]:
    return {"file": gettext("名录文件"), "scenario": gettext("场景")}


def scenarios_of(request: WebRequest) -> list[tuple[str, str]]:
    """(name, label) of the scenarios that the tenant has enabled."""
    enabled = request.store.tenants.get(request.tenant, request.tenant).scenarios
    return [(name, scenario_label(name)) for name in enabled]


def start_import(request: WebRequest, values: Fields) -> Job:
    """The job for the file of this request: sent along, or uploaded before as `file_id` (`upload_id` of the API)."""
    scenario = values.text("scenario")
    if not scenario:
        raise invalid("scenario", "not_chosen")
    upload_id = values.text("file_id") or values.text("upload_id")
    act = request.act()
    if upload_id:
        filename = values.text("file_name") or values.text("filename") or gettext("名录")
        return request_import(
            request.store, request.tenant, act, upload_id=upload_id, filename=filename, scenario=scenario
        )
    sent = request.file("file")
    if len(sent.content) > MAX_FORM_BYTES:
        raise invalid("file", "file_over", limit=_megabytes(MAX_FORM_BYTES))
    return request_import(
        request.store,
        request.tenant,
        act,
        upload_id=act.key,
        filename=sent.filename or gettext("名录"),
        scenario=scenario,
        content=sent.content,
    )


def upload_form(request: WebRequest, values: Fields) -> Answer:
    """Where and how a browser puts the file (static/js/upload.js)."""
    size = values.integer("size") or 0
    if size > MAX_BYTES:
        raise invalid("file", "file_over", limit=_megabytes(MAX_BYTES))
    act = request.act()
    form = offer_upload(request.store, request.tenant, act)
    return json_answer({"url": form.url, "fields": form.fields, "upload_id": act.key}, 201)


@route(blueprint, BASE, permission=Permission.SUBJECT_IMPORT)
def list_imports(request: WebRequest) -> Answer:
    """One query: the tenant's imports, newest first."""
    found = request.store.jobs.of_name(request.tenant, JOB, after=open_cursor(request), limit=PAGE_ROWS)
    cursor = seal_cursor(request, found.next)
    return page(
        request,
        "pages/imports/list.html",
        rows=[
            {"job": job, "state": STATES[job.state], "scenario": scenario_label(job.values["scenario"])}
            for job in found.records
        ],
        next_url=f"{BASE}?{CURSOR}={cursor}" if cursor else "",
        first_url=BASE if request.query.text(CURSOR) else "",
    )


@route(blueprint, f"{BASE}/new", permission=Permission.SUBJECT_IMPORT)
def new_import(request: WebRequest) -> Answer:
    return _form(request)


def _form(request: WebRequest, error: InvalidInputError | None = None) -> Answer:
    choices = scenarios_of(request)
    wanted = (request.form.text("scenario") if error else "") or request.query.text("scenario")
    chosen = wanted if wanted in dict(choices) else (choices[0][0] if choices else "")
    return page(
        request,
        "pages/imports/new.html",
        422 if error else 200,
        scenarios=choices,
        scenario=chosen,
        columns=help_rows(chosen) if chosen else [],
        max_size=_megabytes(MAX_BYTES),
        max_form_size=_megabytes(MAX_FORM_BYTES),
        problems=messages.form_problems(error, labels()) if error else [],
    )


@route(blueprint, BASE, methods=("POST",), permission=Permission.SUBJECT_IMPORT)
def post_import(request: WebRequest) -> Answer:
    try:
        job = start_import(request, request.form)
    except InvalidInputError as error:
        return _form(request, error)
    return see_other(f"{BASE}/{job.id}")


@route(blueprint, f"{BASE}/uploads", methods=("POST",), permission=Permission.SUBJECT_IMPORT)
def sign_upload(request: WebRequest) -> Answer:
    return upload_form(request, request.form)


@route(blueprint, f"{BASE}/sample.csv", permission=Permission.SUBJECT_IMPORT)
def download_sample(request: WebRequest) -> Answer:
    scenario = request.query.text("scenario")
    return file_answer(sample_csv(scenario), "text/csv; charset=utf-8", gettext("监管对象导入样表") + ".csv")


@route(blueprint, f"{BASE}/{{job_id}}", permission=Permission.SUBJECT_IMPORT, resource=IMPORT)
def show_import(request: WebRequest, job_id: str) -> Answer:
    """The job with its progress, then its result; htmx asks for the progress alone and reloads at its end."""
    job = read_import(request, job_id)
    context = {"job": job, "state": STATES[job.state]}
    if request.is_partial and not job.is_finished:
        return page(request, "pages/imports/progress.html", **context)
    answer = page(
        request,
        "pages/imports/show.html",
        **context,
        scenario=scenario_label(job.values["scenario"]),
        result=result_of(request, job),
        file_problems=file_problems(job),
        failure=messages.code_words(job.error_code, job.error_details) if job.error_code else None,
        shown_rows=SHOWN_ROWS,
        sheet_rows=SHEET_ROWS,
    )
    if request.is_partial:
        answer.headers["HX-Refresh"] = "true"
    return answer


@route(blueprint, f"{BASE}/{{job_id}}/errors.xlsx", permission=Permission.SUBJECT_IMPORT, resource=IMPORT)
def download_errors(request: WebRequest, job_id: str) -> Answer:
    job = read_import(request, job_id)
    return file_answer(error_sheet(request, job), XLSX, gettext("没有登记的行") + ".xlsx")
