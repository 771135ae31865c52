"""Onboarding from one workbook: kept, checked, and, once confirmed, loaded by a job; loaded twice, it converges.

People of a tenant at work are loaded only when another administrator uploaded them.
"""

import hashlib
import json
from collections.abc import Callable, Collection, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import InvalidInputError, NotAllowedError, RecordNotFoundError
from chalicelib.domain.event import EventType
from chalicelib.domain.job import Job
from chalicelib.domain.public_tenant import PublicTenant
from chalicelib.domain.record import Record, is_id, timestamp
from chalicelib.domain.tenancy import PLATFORM, Person, Tenant, TenantId
from chalicelib.services.draw.problems import SecondPersonNeededError
from chalicelib.services.jobs.request_job import request_job
from chalicelib.services.tenancy.bind_login import bind_login
from chalicelib.services.tenancy.check_workbook import WorkbookCheck, check_workbook, different, pairs
from chalicelib.services.tenancy.in_parts import in_parts
from chalicelib.services.tenancy.onboard_tenant import refuse_closed
from chalicelib.services.tenancy.present_roster import read_present
from chalicelib.storage import keys
from chalicelib.storage.errors import AlreadyDoneError
from chalicelib.storage.scope import entered
from chalicelib.storage.store import Store

JOB = "load_workbook"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROOM = 80
"""Records of one transaction; with the event and the marker they stay below 100 actions."""


class Upload(BaseModel):
    """Who handed a workbook in, and when; kept beside the file."""

    uploaded_by: str
    uploaded_for: str | None = None
    uploaded_at: datetime
    filename: str


def workbook_key(tenant: TenantId, upload_id: str, name: str = "workbook.xlsx") -> str:
    return keys.object_key(tenant, "onboarding", upload_id, name)


def keep_workbook(store: Store, tenant: TenantId, act: Act, *, content: bytes, filename: str) -> str:
    """Put a workbook aside to be checked; its identifier. Nothing of it is loaded."""
    require(act.actor, Permission.TENANT_LOAD)
    upload = Upload(
        uploaded_by=act.actor.person_id,
        uploaded_for=act.actor.acting_for,
        uploaded_at=act.at,
        filename=filename[:120],
    )
    store.objects.put(tenant, workbook_key(tenant, act.key), content, XLSX)
    store.objects.put(
        tenant, workbook_key(tenant, act.key, "upload.json"), upload.model_dump_json().encode(), "application/json"
    )
    return act.key


def read_upload(store: Store, tenant: TenantId, upload_id: str) -> tuple[Upload, bytes]:
    """The workbook that was put aside. Raises RecordNotFoundError."""
    if not is_id(upload_id):
        raise RecordNotFoundError(kind="workbook", id=upload_id)
    upload = Upload.model_validate_json(store.objects.read(tenant, workbook_key(tenant, upload_id, "upload.json")))
    return upload, store.objects.read(tenant, workbook_key(tenant, upload_id))


def request_load(
    store: Store, tenant: TenantId, act: Act, *, upload_id: str, known: Collection[str], issuer: str = ""
) -> Job:
    """The job that loads a workbook which was put aside and has no errors.

    Raises InvalidInputError with every finding; SecondPersonNeededError when people of a tenant at work would
    change and whoever confirms also uploaded.
    """
    require(act.actor, Permission.TENANT_LOAD)
    upload, content = read_upload(store, tenant, upload_id)
    check = check_workbook(store, tenant, act.actor, content=content, filename=upload.filename, at=act.at, known=known)
    _require_loadable(check)
    touches_people = any(one.kind == Person.KIND for one in check.changes) or check.logins
    if tenant != PLATFORM and touches_people and act.actor.is_behind(upload.uploaded_by, upload.uploaded_for):
        raise SecondPersonNeededError(step="load_workbook")
    values = {"upload_id": upload_id, "filename": upload.filename, "tenant": check.tenant, "issuer": issuer}
    return request_job(store, tenant, act, name=JOB, values=values | {"known": sorted(known), "label": check.label})


def _require_loadable(check: WorkbookCheck) -> None:
    if not check.is_loadable:
        raise InvalidInputError([one.as_field_problem() for one in check.errors])


def load_workbook(
    store: Store, tenant: TenantId, act: Act, job: Job, progress: Callable[[int, int], None]
) -> dict[str, Any]:
    """The job's work: checked again against what is there now, then written."""
    upload, content = read_upload(store, tenant, str(job.values["upload_id"]))
    issuer = str(job.values["issuer"])
    check = check_workbook(
        store,
        tenant,
        act.actor,
        content=content,
        filename=upload.filename,
        at=act.at,
        known=job.values["known"],
        issuer=issuer,
    )
    _require_loadable(check)
    return write_workbook_changes(store, tenant, act, check, progress, issuer=issuer)


def write_workbook_changes(
    store: Store,
    tenant: TenantId,
    act: Act,
    check: WorkbookCheck,
    progress: Callable[[int, int], None],
    *,
    issuer: str = "",
) -> dict[str, Any]:
    """Write what a check found to be new or changed. Broken off and repeated it goes on, because it compares first."""
    target, draft = check.tenant, check.draft
    if target == "" or draft.tenant is None:
        raise RecordNotFoundError(kind=Tenant.KIND)
    if tenant not in (PLATFORM, target):
        raise NotAllowedError(permission=Permission.TENANT_LOAD.value)
    home = draft.tenant
    with entered(target):
        present = read_present(store, target)
        for name, is_enabled in check.scenarios.items():
            others = [one for one in home.scenarios if one != name]
            home = home.with_changes(scenarios=sorted([*others, name] if is_enabled else others))
        draft.tenant = home
        todo = [record for record, earlier in pairs(present, draft) if earlier is None or different(earlier, record)]
    total = len(todo) + len(draft.logins)
    _write_home(store, tenant, act, home, is_due=any(one is home for one in todo))
    rest = [record for record in todo if record is not home]
    done = len(todo) - len(rest)
    with entered(target):
        for chunk in in_parts(store, target, rest, ROOM):
            _write(store, target, act, home, chunk)
            done += len(chunk)
            with entered(tenant):
                progress(done, total)
        store.local_divisions.forget(target)
        bound = 0
        for person_id, login in draft.logins.items() if issuer else ():
            bound += bind_login(
                store,
                target,
                act.part(f"login.{person_id}"),
                person_id=person_id,
                issuer=issuer,
                subject=login,
                label=home.label,
            )
    with entered(tenant):
        progress(total, total)
    return {
        "tenant": target,
        "new": sum(one.is_new for one in check.changes),
        "changed": sum(not one.is_new for one in check.changes),
        "unchanged": check.unchanged,
        "logins": bound,
    }


def _write_home(store: Store, tenant: TenantId, act: Act, home: Tenant, *, is_due: bool) -> None:
    """The tenant's own record, its public face, and both in the platform's directory when the operator writes."""
    if not is_due:
        return
    places = (PLATFORM, home.id) if tenant == PLATFORM else (home.id,)
    for place in places:
        with entered(place):
            if place == PLATFORM:
                refuse_closed(store, home.id)
            earlier, public = store.tenants.find(place, home.id), store.public_tenants.find(place, home.id)
            record = home.model_copy(update={"version": earlier.version if earlier else 0})
            kind = EventType.WORKBOOK_LOADED if earlier else EventType.TENANT_ONBOARDED
            records = [record, PublicTenant.of(home, public.version if public else 0)]
            _commit(store, place, act.part(f"home.{_digest(records)}"), kind, home, records)


def _write(store: Store, target: TenantId, act: Act, home: Tenant, chunk: Sequence[Record]) -> None:
    _commit(store, target, act.part(f"rows.{_digest(chunk)}"), EventType.WORKBOOK_LOADED, home, chunk)


def _commit(store: Store, tenant: TenantId, act: Act, type: EventType, home: Tenant, records: Sequence[Record]) -> None:
    try:
        with store.change(tenant, act) as change:
            for record in records:
                change.save(record)
            named = [f"{one.KIND}#{one.id}" for one in records]
            change.event(type, home.ref, {"records": named, "at": timestamp(act.at)})
    except AlreadyDoneError:
        return


def _digest(records: Sequence[Record]) -> str:
    """Names a chunk by what it holds: a repeat after a crash has other chunks, and must not take them for done."""
    text = json.dumps([[one.KIND, one.version, one.model_dump(mode="json")] for one in records], sort_keys=True)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
