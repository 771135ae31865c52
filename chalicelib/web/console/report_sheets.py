"""Officials enter one period's reports of many subjects from a sheet: the template, the trial, the job, what is to be
mended."""

from chalice import Blueprint

from chalicelib.domain.access import Permission
from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.job import Job
from chalicelib.domain.report_sheet import MAX_ROWS
from chalicelib.services.report.request_sheet import request_sheet, run_sheet
from chalicelib.web import messages
from chalicelib.web.answers import Answer, file_answer, page, see_other
from chalicelib.web.console.imports import MAX_FORM_BYTES
from chalicelib.web.console.reports import Chosen
from chalicelib.web.fields import Fields, invalid
from chalicelib.web.i18n import gettext
from chalicelib.web.import_view import SHOWN_ROWS, XLSX, counts_of, error_sheet
from chalicelib.web.job_words import STATES
from chalicelib.web.limits import limit_work
from chalicelib.web.report_sheet_view import file_problems, read_sheet_of, sheet_words, shown_rows, template
from chalicelib.web.report_words import form_label, period_words
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.scenarios import scenario_label

blueprint = Blueprint(__name__)

BASE = "/console/reports/sheets"
ONE = BASE + "/{job_id}"
SHEET = (Job.KIND, "job_id")


def start_sheet(request: WebRequest, values: Fields) -> Job:
    """The job for the file of this request."""
    limit_work(request, "import")
    sent = request.file("file")
    if not sent.content:
        raise invalid("file", "file_missing")
    if len(sent.content) > MAX_FORM_BYTES:
        raise invalid("file", "file_over", limit=f"{MAX_FORM_BYTES // 1_000_000} MB")
    scenario, _, form_id = values.text("form").partition(".")
    return request_sheet(
        request.store,
        request.tenant,
        request.act(),
        content=sent.content,
        filename=sent.filename or gettext("报送表"),
        scenario=scenario,
        form_id=form_id,
        period=values.text("period"),
        is_trial=values.text("mode") == "trial",
    )


@route(blueprint, f"{BASE}/new", permission=Permission.REPORT_ENTER)
def new_sheet(request: WebRequest) -> Answer:
    return _form(request)


def _form(request: WebRequest, error: InvalidInputError | None = None) -> Answer:
    chosen = Chosen(request, request.form.text("form") if error else "", Permission.REPORT_ENTER)
    labels = {"file": gettext("报送表"), "form": gettext("报表"), "period": gettext("期间")}
    return page(
        request,
        "pages/reports/sheet_new.html",
        422 if error else 200,
        base=BASE,
        forms=chosen.offered_forms,
        form_key=chosen.key,
        periods=chosen.offered_periods,
        period=request.form.text("period") if error else chosen.period,
        template_url=f"{BASE}/template?form={chosen.key}&period={chosen.period}",
        most=MAX_ROWS,
        problems=messages.form_problems(error, labels) if error else [],
    )


@route(blueprint, f"{BASE}/template", permission=Permission.REPORT_ENTER)
def fetch_template(request: WebRequest) -> Answer:
    """The columns to fill in, with whom this person waits for."""
    chosen = Chosen(request, permission=Permission.REPORT_ENTER)
    name = f"{chosen.form.label if chosen.form else ''}{period_words(chosen.period)}.xlsx"
    return file_answer(template(request, chosen), XLSX, name)


@route(blueprint, BASE, methods=("POST",), permission=Permission.REPORT_ENTER)
def post_sheet(request: WebRequest) -> Answer:
    try:
        job = start_sheet(request, request.form)
    except InvalidInputError as error:
        return _form(request, error)
    return see_other(f"{BASE}/{job.id}")


@route(blueprint, ONE, permission=Permission.REPORT_ENTER, resource=SHEET)
def show_sheet(request: WebRequest, job_id: str) -> Answer:
    """The job with its progress, then what became of its rows; htmx asks for the progress alone."""
    job = read_sheet_of(request, job_id)
    values = job.values
    counts = counts_of(job)
    context = {
        "job": job,
        "state": STATES[job.state],
        "url": f"{BASE}/{job.id}",
        "is_trial": bool(values.get("is_trial")),
        "form_label": form_label(values["scenario"], values["form_id"]),
        "period": period_words(values["period"]),
        "scenario": scenario_label(values["scenario"]),
        "list_url": f"/console/reports?form={values['scenario']}.{values['form_id']}&period={values['period']}",
        "new_url": f"{BASE}/new?form={values['scenario']}.{values['form_id']}&period={values['period']}",
    }
    if request.is_partial and not job.is_finished:
        return page(request, "pages/reports/sheet_progress.html", **context)
    has_rows = job.is_finished and sum(counts.values()) > 0
    answer = page(
        request,
        "pages/reports/sheet.html",
        **context,
        counts=counts if has_rows else None,
        taken=counts["accepted"] + counts["changed"],
        refused=shown_rows(request, job, "problems") if has_rows else [],
        doubled=shown_rows(request, job, "duplicates") if has_rows else [],
        file_problems=file_problems(job),
        failure=messages.code_words(job.error_code, job.error_details) if job.error_code else None,
        shown=SHOWN_ROWS,
    )
    if request.is_partial:
        answer.headers["HX-Refresh"] = "true"
    return answer


@route(blueprint, f"{ONE}/run", methods=("POST",), permission=Permission.REPORT_ENTER, resource=SHEET)
def post_run(request: WebRequest, job_id: str) -> Answer:
    """The real run of a sheet that was tried."""
    limit_work(request, "import")
    job = run_sheet(request.store, request.tenant, request.act(), job_id=job_id)
    return see_other(f"{BASE}/{job.id}")


@route(blueprint, f"{ONE}/errors.xlsx", permission=Permission.REPORT_ENTER, resource=SHEET)
def fetch_errors(request: WebRequest, job_id: str) -> Answer:
    return errors_of(request, job_id)


def errors_of(request: WebRequest, job_id: str) -> Answer:
    """The refused rows as the person's own sheet, cells at fault marked, to be mended and sent again."""
    job = read_sheet_of(request, job_id)
    content = error_sheet(request, job, words=lambda found: sheet_words(job, found))
    return file_answer(content, XLSX, gettext("没有录入的行") + ".xlsx")
