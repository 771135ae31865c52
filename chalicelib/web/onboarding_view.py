"""What pages and the API show of an onboarding workbook: its findings in words, and what loading it would write."""

from io import BytesIO
from typing import Any

from chalicelib.contract.registry import registry
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.job import Job
from chalicelib.domain.onboarding_sheets import SheetProblem, column_label, problem_words, sheet
from chalicelib.domain.onboarding_workbook import write_workbook
from chalicelib.services.tenancy.check_workbook import WorkbookCheck, check_workbook
from chalicelib.services.tenancy.onboard_workbook import JOB, Upload, read_upload
from chalicelib.settings import settings
from chalicelib.web.i18n import current_locale, gettext, mark
from chalicelib.web.request import WebRequest
from chalicelib.web.scenarios import scenario_label

SHOWN_PROBLEMS = 200
SHOWN_CHANGES = 100
KINDS = {
    "tenant": mark("单位"),
    "local_division": mark("区划"),
    "department": mark("部门"),
    "acting_body": mark("执法主体"),
    "person": mark("人员"),
}
FIELDS = {
    "label": mark("名称"),
    "label_en": mark("英文名称"),
    "short_label": mark("文号简称"),
    "kind": mark("单位类型"),
    "divisions": mark("管辖的行政区划"),
    "name": mark("名称"),
    "valid_from": mark("启用日期"),
    "closed_on": mark("撤销日期"),
    "earlier_names": mark("曾用名"),
    "division": mark("区划"),
    "is_active": mark("在用"),
    "departments": mark("代表的部门"),
    "document_code": mark("机关代字"),
    "entrustment": mark("委托"),
    "roles": mark("角色"),
    "department_id": mark("部门"),
    "acting_body_id": mark("执法主体"),
    "certificates": mark("执法证"),
    "scenarios": mark("场景"),
}


def read_check(request: WebRequest, upload_id: str) -> tuple[Upload, WorkbookCheck]:
    """The workbook that was put aside, compared with what is there now."""
    store, tenant = request.store, request.tenant
    upload, content = read_upload(store, tenant, upload_id)
    check = check_workbook(
        store,
        tenant,
        request.actor,
        content=content,
        filename=upload.filename,
        at=request.now,
        known=registry().names(),
        issuer=settings().identity.issuer,
    )
    return upload, check


def read_load(request: WebRequest, job_id: str) -> Job:
    """The job, if it loads a workbook."""
    job: Job = request.store.jobs.get(request.tenant, job_id)
    if job.name != JOB:
        raise RecordNotFoundError(kind=Job.KIND, id=job_id)
    return job


def problem_row(problem: SheetProblem) -> dict[str, Any]:
    """One finding: sheet and header as they stand in the workbook, the row, and the sentence."""
    if problem.code == "not_yours":
        problem = problem.model_copy(update={"details": {"value": gettext(str(problem.details["value"]))}})
    return {
        "sheet": sheet(problem.sheet).label,
        "row": problem.row,
        "column": column_label(problem),
        "text": problem_words(problem, current_locale()),
        "is_warning": problem.is_warning,
        "code": problem.code,
    }


def change_rows(check: WorkbookCheck) -> list[dict[str, Any]]:
    """What loading would write, new records first."""
    ordered = sorted(check.changes, key=lambda one: not one.is_new)
    rows = [
        {
            "kind": gettext(KINDS[one.kind]),
            "label": one.label or one.id,
            "id": one.id,
            "row": one.row,
            "is_new": one.is_new,
            "fields": [gettext(FIELDS[name]) for name in one.fields if name in FIELDS],
        }
        for one in ordered[:SHOWN_CHANGES]
    ]
    return rows + [
        {
            "kind": gettext("场景"),
            "label": scenario_label(name),
            "id": name,
            "row": 0,
            "is_new": False,
            "fields": [gettext("启用") if is_enabled else gettext("停用")],
        }
        for name, is_enabled in check.scenarios.items()
    ]


def marked_copy(check: WorkbookCheck) -> bytes:
    """The workbook with every finding in its cell, in the reader's language."""
    out = BytesIO()
    write_workbook(check.tables.rows, out, problems=check.problems, locale=current_locale())
    return out.getvalue()
