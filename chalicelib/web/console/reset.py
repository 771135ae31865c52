"""Resetting a demo tenant: the typed confirmation, the job with its progress. A real tenant has no such page."""

from chalice import Blueprint

from chalicelib.domain.access import Permission
from chalicelib.domain.errors import InvalidInputError, RecordNotFoundError
from chalicelib.domain.job import Job
from chalicelib.domain.tenancy import Tenant
from chalicelib.services.tenancy.reset_tenant import JOB, request_reset
from chalicelib.web import messages
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.console.tenants import label_of
from chalicelib.web.i18n import gettext
from chalicelib.web.job_words import STATES
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)

BASE = "/console/tenant/reset"


def _demo(request: WebRequest) -> Tenant:
    """The own tenant, if its data are all invented; a real one has nothing here (RecordNotFoundError)."""
    home: Tenant = request.store.tenants.get(request.tenant, request.tenant)
    if not home.is_synthetic:
        raise RecordNotFoundError(kind=Tenant.KIND, id=home.id)
    return home


@route(blueprint, BASE, permission=Permission.TENANT_RESET)
def show_reset(request: WebRequest) -> Answer:
    return _form(request)


def _form(request: WebRequest, error: InvalidInputError | None = None) -> Answer:
    home = _demo(request)
    return page(
        request,
        "pages/tenants/reset.html",
        422 if error else 200,
        label=label_of(home),
        name=home.label,
        typed=request.form.text("typed") if error else "",
        problems=messages.form_problems(error, {"typed": gettext("单位名称")}) if error else [],
    )


@route(blueprint, BASE, methods=("POST",), permission=Permission.TENANT_RESET, sample_body={"typed": "示例"})
def post_reset(request: WebRequest) -> Answer:
    _demo(request)
    try:
        job = request_reset(request.store, request.tenant, request.act(), typed=request.form.text("typed"))
    except InvalidInputError as error:
        return _form(request, error)
    return see_other(f"{BASE}/{job.id}")


@route(blueprint, f"{BASE}/{{job_id}}", permission=Permission.TENANT_RESET, resource=("job", "job_id"))
def show_progress(request: WebRequest, job_id: str) -> Answer:
    job: Job = request.store.jobs.get(request.tenant, job_id)
    if job.name != JOB:
        raise RecordNotFoundError(kind=Job.KIND, id=job_id)
    context = {"job": job, "state": STATES[job.state], "is_partial": request.is_partial}
    if request.is_partial and not job.is_finished:
        return page(request, "pages/tenants/reset_progress.html", **context)
    failure = messages.code_words(job.error_code, job.error_details) if job.error_code else None
    answer = page(request, "pages/tenants/reset_job.html", **context, failure=failure)
    if request.is_partial:
        answer.headers["HX-Refresh"] = "true"
    return answer
