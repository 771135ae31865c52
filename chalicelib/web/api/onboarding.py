"""Onboarding by workbook over the API: a check that writes nothing, then a job that loads."""

from typing import Any

from chalice import Blueprint

from chalicelib.contract.registry import registry
from chalicelib.domain.access import Permission
from chalicelib.services.tenancy.check_workbook import PlannedChange, WorkbookCheck
from chalicelib.services.tenancy.onboard_workbook import request_load
from chalicelib.settings import settings
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Shown
from chalicelib.web.console.onboarding import keep_sent
from chalicelib.web.onboarding_view import problem_row, read_check
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/onboarding"


class ShownProblem(Shown):
    sheet: str
    row: int
    column: str
    text: str
    is_warning: bool
    code: str


class ShownCheck(Shown):
    """A workbook before it is loaded. Nothing of it is written."""

    upload_id: str
    tenant: str
    label: str
    is_new: bool
    is_loadable: bool
    problems: list[ShownProblem]
    changes: list[PlannedChange]
    scenarios: dict[str, bool]
    unchanged: int
    logins: int


class ShownLoad(Shown):
    job_id: str
    state: str


def _shown(upload_id: str, check: WorkbookCheck) -> dict[str, Any]:
    names = ("tenant", "label", "is_new", "is_loadable", "changes", "scenarios", "unchanged", "logins")
    return {
        "upload_id": upload_id,
        **{name: getattr(check, name) for name in names},
        "problems": [problem_row(one) for one in check.problems],
    }


@route(
    blueprint,
    BASE,
    methods=("POST",),
    permission=Permission.TENANT_LOAD,
    content_types=("multipart/form-data", "application/json"),
    answers={201: ShownCheck},
)
def post_workbook(request: WebRequest) -> Answer:
    """Check a workbook. multipart `file`: XLSX of at most 4 MB; every finding is listed at once."""
    upload_id = keep_sent(request)
    return json_answer(_shown(upload_id, read_check(request, upload_id)[1]), 201)


@route(blueprint, f"{BASE}/{{upload_id}}", permission=Permission.TENANT_LOAD, answers=ShownCheck)
def show_check(request: WebRequest, upload_id: str) -> Answer:
    """The same workbook against what is there now."""
    return json_answer(_shown(upload_id, read_check(request, upload_id)[1]))


@route(
    blueprint,
    f"{BASE}/{{upload_id}}/load",
    methods=("POST",),
    permission=Permission.TENANT_LOAD,
    answers={202: ShownLoad},
)
def post_load(request: WebRequest, upload_id: str) -> Answer:
    """Load a workbook without errors. A tenant's own people change only when another administrator calls this."""
    job = request_load(
        request.store,
        request.tenant,
        request.act(),
        upload_id=upload_id,
        known=registry().names(),
        issuer=settings().identity.issuer,
    )
    return json_answer({"job_id": job.id, "state": job.state}, 202)
