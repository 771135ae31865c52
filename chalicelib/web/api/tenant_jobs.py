"""Long work over the whole tenant by the API: start a demo anew, export everything; and asking that it be closed."""

from datetime import datetime
from typing import Any

from chalice import Blueprint
from pydantic import Field

from chalicelib.domain.access import Permission
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.job import Job
from chalicelib.domain.tenant_closing import ClosingState, TenantClosing
from chalicelib.services.tenancy.close_tenant import ask_closing, withdraw_closing
from chalicelib.services.tenancy.export_tenant import read_archive, request_archive
from chalicelib.services.tenancy.reset_tenant import JOB as RESET
from chalicelib.services.tenancy.reset_tenant import request_reset
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.exports import ExportFile
from chalicelib.web.api.jobs import JobAnswer, job_json
from chalicelib.web.api.shapes import Body, Shown
from chalicelib.web.console.exports import file_address
from chalicelib.web.limits import limit_work
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)

RESETS, ARCHIVES, CLOSING = f"{PREFIX}/tenant/resets", f"{PREFIX}/tenant/archives", f"{PREFIX}/tenant/closing"
JOB = (Job.KIND, "job_id")


class NameBody(Body):
    name: str = Field(max_length=60, description="the tenant's official name, typed out")


class ReasonBody(Body):
    reason: str = Field(max_length=400, description="what it is needed for; stands in the tenant's history")


class ClosingBody(NameBody, ReasonBody):
    """A request to close the tenant."""


class ClosingAnswer(Shown):
    """The newest request to close the tenant. archive_sha256: of the archive that was exported before."""

    id: str
    reason: str
    archive_sha256: str
    manifest_sha256: str
    asked_by: str
    asked_at: datetime
    expires_at: datetime | None
    state: ClosingState
    decided_at: datetime | None
    version: int


def _accepted(job: Job, base: str) -> Answer:
    answer = json_answer(job_json(job), 202, etag=job.version)
    answer.headers["Location"] = f"{base}/{job.id}"
    return answer


@route(
    blueprint,
    RESETS,
    methods=("POST",),
    permission=Permission.TENANT_RESET,
    body=NameBody,
    answers={202: JobAnswer},
    sample_body={"name": "示例"},
)
def reset(request: WebRequest) -> Answer:
    """Erase a demo tenant and load its demo data again. Refused for every tenant whose data are real."""
    name = request.model(NameBody).name
    return _accepted(request_reset(request.store, request.tenant, request.act(), typed=name), RESETS)


@route(blueprint, f"{RESETS}/{{job_id}}", permission=Permission.TENANT_RESET, resource=JOB, answers=JobAnswer)
def get_reset(request: WebRequest, job_id: str) -> Answer:
    """How far it is."""
    job = request.store.jobs.get(request.tenant, job_id)
    if job.name != RESET:
        raise RecordNotFoundError(kind=Job.KIND, id=job_id)
    return json_answer(job_json(job), etag=job.version)


@route(
    blueprint,
    ARCHIVES,
    methods=("POST",),
    permission=Permission.TENANT_EXPORT,
    body=ReasonBody,
    answers={202: JobAnswer},
    sample_body={"reason": "示例"},
)
def export(request: WebRequest) -> Answer:
    """Export everything of the tenant into one zip with a manifest of hashes."""
    limit_work(request, "archive")
    reason = request.model(ReasonBody).reason
    return _accepted(request_archive(request.store, request.tenant, request.act(), reason=reason), ARCHIVES)


@route(blueprint, f"{ARCHIVES}/{{job_id}}", permission=Permission.TENANT_EXPORT, resource=JOB, answers=JobAnswer)
def get_archive(request: WebRequest, job_id: str) -> Answer:
    """How far it is; one's own only."""
    job = read_archive(request.store, request.tenant, request.actor, job_id)
    return json_answer(job_json(job), etag=job.version)


@route(
    blueprint,
    f"{ARCHIVES}/{{job_id}}/file",
    permission=Permission.TENANT_EXPORT,
    resource=JOB,
    answers=ExportFile,
)
def fetch_archive(request: WebRequest, job_id: str) -> Answer:
    """Where the finished zip is read."""
    job = read_archive(request.store, request.tenant, request.actor, job_id)
    return json_answer({"url": file_address(request, job), "sha256": job.result["sha256"]})


def _closing(request: WebRequest, one: TenantClosing, status: int = 200) -> Answer:
    body: dict[str, Any] = one.model_dump(mode="json", include=set(ClosingAnswer.model_fields))
    body |= {"state": one.state_at(request.now).value, "version": one.version}
    return json_answer(body, status, etag=one.version)


def _newest(request: WebRequest) -> TenantClosing:
    found: TenantClosing | None = request.store.closings.newest(request.tenant)
    if found is None:
        raise RecordNotFoundError(kind=TenantClosing.KIND)
    return found


@route(blueprint, CLOSING, permission=Permission.TENANT_READ, answers=ClosingAnswer)
def get_closing(request: WebRequest) -> Answer:
    """Whether a request to close the tenant waits. It is confirmed on the page only, by a person who types the name."""
    return _closing(request, _newest(request))


@route(
    blueprint,
    CLOSING,
    methods=("POST",),
    permission=Permission.TENANT_CLOSE,
    body=ClosingBody,
    answers={202: ClosingAnswer},
    sample_body={"name": "示例", "reason": "示例"},
)
def ask(request: WebRequest) -> Answer:
    """Ask that the tenant be closed, once its archive is there."""
    body = request.model(ClosingBody)
    asked = ask_closing(request.store, request.tenant, request.act(), typed=body.name, reason=body.reason)
    return _closing(request, asked, 202)


@route(blueprint, CLOSING, methods=("DELETE",), permission=Permission.TENANT_READ, answers=ClosingAnswer)
def withdraw(request: WebRequest) -> Answer:
    """Take the request back: a coordinator of the whole tenant, or the security administrator who would confirm it."""
    asked = _newest(request)
    return _closing(request, withdraw_closing(request.store, request.tenant, request.act(), closing_id=asked.id))
