"""Ask for a sheet of many subjects' reports of a period to be entered: a trial, then the real run of the same file."""

import hashlib
from collections.abc import Mapping
from typing import Any

from chalicelib.contract.registry import registry
from chalicelib.domain.access import Permission, Resource, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import FieldProblem, InvalidInputError, RecordNotFoundError
from chalicelib.domain.job import Job
from chalicelib.domain.report_form import ReportForm
from chalicelib.domain.tenancy import Actor, TenantId
from chalicelib.services.jobs.cancel_job import read_job
from chalicelib.services.jobs.request_job import request_job
from chalicelib.services.report.submit_report import check_period
from chalicelib.services.scenario.read_edition import Edition, edition_in_force
from chalicelib.storage import keys
from chalicelib.storage.store import Store

JOB = "enter_sheet"
_TYPE = "application/octet-stream"


def find_form(store: Store, tenant: TenantId, actor: Actor, scenario: str, form_id: str) -> tuple[Edition, ReportForm]:
    """A form that this person enters for others. Raises InvalidInputError for none, NotAllowedError for somebody who
    enters nothing, or not for who receives it."""
    edition = edition_in_force(store, tenant, scenario) if registry().holds(scenario) else None
    form = edition.scenario.evaluation.report_form(form_id) if edition else None
    if edition is None or form is None:
        raise InvalidInputError([FieldProblem(field="form", code="unknown_choice")])
    require(actor, Permission.REPORT_ENTER, Resource(departments=frozenset({form.received_by})))
    return edition, form


def request_sheet(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    content: bytes,
    filename: str,
    scenario: str,
    form_id: str,
    period: str,
    is_trial: bool = False,
) -> Job:
    """The queued job; the file is kept as it came, for it is the paper of what is entered from it. is_trial: every row
    is checked and nothing is written. Raises what `find_form` and `check_period` do."""
    sha256 = hashlib.sha256(content).hexdigest()
    values: dict[str, Any] = {"sha256": sha256, "filename": filename[:200], "scenario": scenario, "form_id": form_id}
    values |= {"period": period, "is_trial": is_trial}
    _check(store, tenant, act, values)
    store.objects.put(tenant, sheet_key(tenant, sha256), content, _TYPE)
    return _request(store, tenant, act, values)


def run_sheet(store: Store, tenant: TenantId, act: Act, *, job_id: str) -> Job:
    """The real run of a sheet that was tried. Raises RecordNotFoundError when it is no sheet, or somebody else's."""
    values = read_sheet_job(store, tenant, act.actor, job_id).values | {"is_trial": False}
    _check(store, tenant, act, values)
    return _request(store, tenant, act, values)


def _check(store: Store, tenant: TenantId, act: Act, values: Mapping[str, Any]) -> None:
    _, form = find_form(store, tenant, act.actor, values["scenario"], values["form_id"])
    check_period(form, values["period"], act.at)


def _request(store: Store, tenant: TenantId, act: Act, values: dict[str, Any]) -> Job:
    asked: Job = request_job(store, tenant, act, name=JOB, values=values, told={"sha256": values["sha256"]})
    return asked


def read_sheet_job(store: Store, tenant: TenantId, actor: Actor, job_id: str) -> Job:
    """Also RecordNotFoundError for a job that is none, or somebody else's."""
    job = read_job(store, tenant, actor, job_id)
    if job.name != JOB:
        raise RecordNotFoundError(kind=Job.KIND, id=job_id)
    return job


def sheet_key(tenant: TenantId, sha256: str) -> str:
    return keys.object_key(tenant, "report_sheets", sha256, "sheet")
