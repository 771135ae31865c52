"""Importing a register: the form, the trial with its columns, the job as it runs, its result with every row that needs
a hand."""

from chalice import Blueprint

from chalicelib.domain.access import Permission
from chalicelib.domain.errors import InvalidInputError, RecordNotFoundError
from chalicelib.domain.job import Job
from chalicelib.services.register.request_import import (
    JOB,
    MAX_BYTES,
    offer_upload,
    repeat_import,
    request_import,
)
from chalicelib.web import messages
from chalicelib.web.answers import Answer, file_answer, json_answer, page, see_other
from chalicelib.web.console.jobs import page_of_jobs
from chalicelib.web.cursors import CURSOR, seal_cursor
from chalicelib.web.fields import Fields, invalid
from chalicelib.web.i18n import gettext
from chalicelib.web.import_columns import (
    chosen_columns,
    column_options,
    header_rows,
    help_rows,
    missing_labels,
    sample_csv,
)
from chalicelib.web.import_view import (
    SHEET_ROWS,
    SHOWN_OTHERS,
    SHOWN_ROWS,
    XLSX,
    changes_csv,
    counts_of,
    error_sheet,
    file_problems,
    read_import,
    result_of,
)
from chalicelib.web.job_words import STATES
from chalicelib.web.limits import limit_work
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.scenarios import scenario_label

blueprint = Blueprint(__name__)

BASE = "/console/imports"
IMPORT = ("job", "job_id")
MAX_FORM_BYTES = 4_000_000
"""What a form may carry: the gateway takes 6 MB of base64. Larger files go to the object store directly."""


def _megabytes(size: int) -> str:
    return f"{size // 1_000_000} MB"


def labels() -> dict[str, str]:
    return {"file": gettext("名录文件"), "scenario": gettext("场景")}


def scenarios_of(request: WebRequest) -> list[tuple[str, str]]:
    """(name, label) of the scenarios that the tenant has enabled."""
    enabled = request.store.tenants.get(request.tenant, request.tenant).scenarios
    return [(name, scenario_label(name)) for name in enabled]


def start_import(request: WebRequest, values: Fields) -> Job:
    """The job for the file of this request: sent along, or uploaded before as `file_id`."""
    limit_work(request, "import")
    scenario = values.text("scenario")
    if not scenario:
        raise invalid("scenario", "not_chosen")
    upload_id, act, is_trial = values.text("file_id"), request.act(), values.text("mode") == "trial"
    if upload_id:
        filename = values.text("file_name") or gettext("名录")
        return request_import(
            request.store,
            request.tenant,
            act,
            upload_id=upload_id,
            filename=filename,
            scenario=scenario,
            is_trial=is_trial,
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
        is_trial=is_trial,
    )


def upload_form(request: WebRequest, size: int) -> Answer:
    """Where and how a browser puts the file (static/js/upload.js)."""
    if size > MAX_BYTES:
        raise invalid("file", "file_over", limit=_megabytes(MAX_BYTES))
    act = request.act()
    form = offer_upload(request.store, request.tenant, act)
    return json_answer({"url": form.url, "fields": form.fields, "upload_id": act.key}, 201)


@route(blueprint, BASE, permission=Permission.SUBJECT_IMPORT)
def list_imports(request: WebRequest) -> Answer:
    """One query: the imports that this person may see, newest first."""
    jobs, following = page_of_jobs(request, JOB)
    cursor = seal_cursor(request, following)
    return page(
        request,
        "pages/imports/list.html",
        rows=[
            {
                "job": job,
                "state": STATES[job.state],
                "scenario": scenario_label(job.values["scenario"]),
                "is_trial": bool(job.values.get("is_trial")),
                "counts": counts_of(job),
            }
            for job in jobs
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
    return upload_form(request, request.form.integer("size") or 0)


@route(blueprint, f"{BASE}/sample.csv", permission=Permission.SUBJECT_IMPORT)
def download_sample(request: WebRequest) -> Answer:
    scenario = request.query.text("scenario")
    return file_answer(sample_csv(scenario), "text/csv; charset=utf-8", gettext("监管对象导入样表") + ".csv")


@route(blueprint, f"{BASE}/{{job_id}}", permission=Permission.SUBJECT_IMPORT, resource=IMPORT)
def show_import(request: WebRequest, job_id: str) -> Answer:
    """The job with its progress, then its result; htmx asks for the progress alone and reloads at its end."""
    job = read_import(request, job_id)
    if request.is_partial and not job.is_finished:
        return page(request, "pages/imports/progress.html", job=job, state=STATES[job.state])
    answer = _show(request, job)
    if request.is_partial:
        answer.headers["HX-Refresh"] = "true"
    return answer


def _show(request: WebRequest, job: Job, error: InvalidInputError | None = None) -> Answer:
    columns = {row["position"]: row for row in header_rows(job)}
    if error:
        chosen, clears = chosen_columns(job, request.form)
        for row in columns.values():
            row["column"] = chosen[row["header"]]
            row["is_clearing"] = row["column"] in clears
    return page(
        request,
        "pages/imports/show.html",
        422 if error else 200,
        job=job,
        state=STATES[job.state],
        is_trial=bool(job.values.get("is_trial")),
        scenario=scenario_label(job.values["scenario"]),
        head={"unknown_headers": [], "doubled_headers": []} | job.checkpoint.get("head", {}),
        result=result_of(request, job),
        headers=list(columns.values()),
        options=column_options(job.values["scenario"]),
        missing=missing_labels(job),
        file_problems=file_problems(job),
        failure=messages.code_words(job.error_code, job.error_details) if job.error_code else None,
        problems=messages.form_problems(error, {}) if error else [],
        shown_rows=SHOWN_ROWS,
        shown_others=SHOWN_OTHERS,
        sheet_rows=SHEET_ROWS,
    )


@route(blueprint, f"{BASE}/{{job_id}}/run", methods=("POST",), permission=Permission.SUBJECT_IMPORT, resource=IMPORT)
def run_import(request: WebRequest, job_id: str) -> Answer:
    """The real run of a file that was tried."""
    limit_work(request, "import")
    job = repeat_import(request.store, request.tenant, request.act(), job_id=job_id, is_trial=False)
    return see_other(f"{BASE}/{job.id}")


@route(
    blueprint, f"{BASE}/{{job_id}}/columns", methods=("POST",), permission=Permission.SUBJECT_IMPORT, resource=IMPORT
)
def choose_columns(request: WebRequest, job_id: str) -> Answer:
    """Another trial of the same file, with these columns."""
    limit_work(request, "import")
    job = read_import(request, job_id)
    chosen, clears = chosen_columns(job, request.form)
    try:
        tried = repeat_import(
            request.store,
            request.tenant,
            request.act(),
            job_id=job.id,
            is_trial=True,
            chosen=chosen,
            clears=clears,
        )
    except InvalidInputError as error:
        return _show(request, job, error)
    return see_other(f"{BASE}/{tried.id}")


@route(blueprint, f"{BASE}/{{job_id}}/errors.xlsx", permission=Permission.SUBJECT_IMPORT, resource=IMPORT)
def download_errors(request: WebRequest, job_id: str) -> Answer:
    return errors_answer(request, job_id, request.query.integer("part", 1) or 1)


def errors_answer(request: WebRequest, job_id: str, part: int) -> Answer:
    """The refused rows of an import as a workbook; part: from 1, of SHEET_ROWS rows each."""
    job = read_import(request, job_id)
    if not 1 <= part <= max(1, -(-counts_of(job)["rejected"] // SHEET_ROWS)):
        raise RecordNotFoundError(kind="import_sheet", id=str(part))
    suffix = f"-{part}" if part > 1 else ""
    return file_answer(error_sheet(request, job, part), XLSX, f"{gettext('没有登记的行')}{suffix}.xlsx")


@route(blueprint, f"{BASE}/{{job_id}}/changes.csv", permission=Permission.SUBJECT_IMPORT, resource=IMPORT)
def download_changes(request: WebRequest, job_id: str) -> Answer:
    job = read_import(request, job_id)
    return file_answer(changes_csv(request, job), "text/csv; charset=utf-8", gettext("更新了什么") + ".csv")
