"""Ask for an import: the file in the object store, the queued job; a trial first, the real run with the same file."""

from collections.abc import Mapping, Sequence
from typing import Any

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import FieldProblem, InvalidInputError, RecordNotFoundError
from chalicelib.domain.job import Job
from chalicelib.domain.record import is_id
from chalicelib.domain.register_columns import register_columns
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.jobs.cancel_job import read_job
from chalicelib.services.jobs.request_job import request_job
from chalicelib.services.register.import_register import columns_of
from chalicelib.storage import keys
from chalicelib.storage.objects import UploadForm
from chalicelib.storage.store import Store

JOB = "import_register"
MAX_BYTES = 50_000_000
UPLOAD_TYPE = "application/octet-stream"


def upload_key(tenant: TenantId, upload_id: str) -> str:
    return keys.object_key(tenant, "imports", upload_id, "register")


def offer_upload(store: Store, tenant: TenantId, act: Act) -> UploadForm:
    """A form with which the browser puts the file into the object store; its key names the upload."""
    require(act.actor, Permission.SUBJECT_IMPORT)
    return store.objects.upload_form(tenant, upload_key(tenant, act.key), UPLOAD_TYPE, MAX_BYTES)


def request_import(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    upload_id: str,
    filename: str,
    scenario: str,
    content: bytes | None = None,
    chosen: Mapping[str, str] | None = None,
    clears: Sequence[str] = (),
    is_trial: bool = False,
) -> Job:
    """The queued job. content: the file itself when it came with the form; otherwise it was uploaded as `upload_id`.

    chosen: header to column id (empty: left out), where a person decided; it is kept for the next file with the same
    headers. clears: columns whose empty cells erase what is registered. is_trial: every row is checked against the
    register and nothing is written. Raises InvalidInputError when there is no file, the tenant has not enabled the
    scenario, or a column is not known.
    """
    require(act.actor, Permission.SUBJECT_IMPORT)
    if scenario not in store.tenants.get(tenant, tenant).scenarios:
        raise InvalidInputError([FieldProblem(field="scenario", code="unknown_scenario", details={"value": scenario})])
    _check_columns(scenario, chosen or {}, clears)
    if not is_id(upload_id):
        raise InvalidInputError([FieldProblem(field="file", code="upload_missing")])
    key = upload_key(tenant, upload_id)
    if content is not None:
        store.objects.put(tenant, key, content, UPLOAD_TYPE)
    elif not store.objects.exists(tenant, key):
        raise InvalidInputError([FieldProblem(field="file", code="upload_missing")])
    values: dict[str, Any] = {
        "object_key": key,
        "filename": filename[:200],
        "scenario": scenario,
        "chosen": dict(chosen or {}),
        "clears": sorted(set(clears)),
        "is_trial": is_trial,
    }
    return request_job(store, tenant, act, name=JOB, values=values)


def repeat_import(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    job_id: str,
    is_trial: bool,
    chosen: Mapping[str, str] | None = None,
    clears: Sequence[str] | None = None,
) -> Job:
    """Another import of the same file: the real run after a trial, or a trial with other columns. Without `chosen` and
    `clears` those of the earlier one hold. Raises RecordNotFoundError when it is no import, or somebody else's."""
    require(act.actor, Permission.SUBJECT_IMPORT)
    earlier = read_import_job(store, tenant, act, job_id)
    values = earlier.values
    return request_import(
        store,
        tenant,
        act,
        upload_id=values["object_key"].split("/")[-2],
        filename=values["filename"],
        scenario=values["scenario"],
        chosen=values.get("chosen") if chosen is None else chosen,
        clears=values.get("clears", ()) if clears is None else clears,
        is_trial=is_trial,
    )


def read_import_job(store: Store, tenant: TenantId, act: Act, job_id: str) -> Job:
    job = read_job(store, tenant, act.actor, job_id)
    if job.name != JOB:
        raise RecordNotFoundError(kind=Job.KIND, id=job_id)
    return job


def _check_columns(scenario: str, chosen: Mapping[str, str], clears: Sequence[str]) -> None:
    known = {column.id: column for column in (*register_columns(), *columns_of(scenario))}
    taken: dict[str, str] = {}
    problems = []
    for header, field in chosen.items():
        if field and field not in known:
            problems.append(FieldProblem(field="columns", code="column_unknown", details={"value": field}))
        elif field and field in taken:
            details: dict[str, str | int] = {"value": header, "other": taken[field], "column": known[field].label}
            problems.append(FieldProblem(field="columns", code="column_twice", details=details))
        taken.setdefault(field, header)
    needed = [field for field in clears if field not in known or known[field].is_required]
    problems += [FieldProblem(field="clears", code="column_not_erasable", details={"value": one}) for one in needed]
    if problems:
        raise InvalidInputError(problems)
