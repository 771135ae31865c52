"""Start a demo tenant anew: everything of it is erased, then its data are loaded again. Never a real tenant.

The job that does it stays, with what it needs to go on after a fault; so do the logins, which lead to the same people,
and the system clients.
"""

from collections.abc import Callable, Sequence
from typing import Any

from pydantic import BaseModel

from chalicelib.domain.access import Permission, reaches, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import FieldProblem, InvalidInputError, NotAllowedError, RecordNotFoundError
from chalicelib.domain.event import EventType
from chalicelib.domain.job import Job
from chalicelib.domain.login_binding import LoginBinding
from chalicelib.domain.onboarding_cells import Present
from chalicelib.domain.public_tenant import PublicTenant
from chalicelib.domain.record import Record, Ref
from chalicelib.domain.system_client import SystemClient
from chalicelib.domain.tenancy import PLATFORM, Tenant, TenantId
from chalicelib.services.jobs.request_job import request_job
from chalicelib.services.tenancy.in_parts import in_parts
from chalicelib.services.tenancy.present_roster import read_present
from chalicelib.storage import keys
from chalicelib.storage.store import Store

JOB = "reset_tenant"
Load = Callable[[Tenant], dict[str, Any]]
"""Loads the demo data of one erased tenant, its roster first, and says what it loaded."""
CHUNK, STEP = 90, 1_000


class _Kept(BaseModel):
    """What is put aside before anything is erased."""

    present: Present
    logins: list[LoginBinding]
    clients: list[SystemClient]


_LAST = ("tenant", "public_tenant", "department", "acting_body", "person")


def require_demo(home: Tenant) -> None:
    """Raises NotAllowedError for every tenant whose data are not all invented."""
    if not home.is_synthetic or home.id == PLATFORM:
        raise NotAllowedError(reason="not_a_demo")


def request_reset(store: Store, tenant: TenantId, act: Act, *, typed: str) -> Job:
    """The queued job. typed: the tenant's name as the administrator typed it, so that nobody resets by mistake."""
    if not reaches(act.actor, Permission.TENANT_ONBOARD):
        require(act.actor, Permission.TENANT_RESET)
    home = store.tenants.get(tenant, tenant)
    require_demo(home)
    if typed.strip() not in (home.label, home.id):
        raise InvalidInputError([FieldProblem(field="typed", code="name_not_typed", details={"value": home.label})])
    return request_job(store, tenant, act, name=JOB, values={"label": home.label, "is_demo": True})


def reset_tenant(
    store: Store,
    tenant: TenantId,
    act: Act,
    job: Job,
    progress: Callable[[int, int], None],
    *,
    load: Load | None = None,
) -> dict[str, Any]:
    """The job's work: keep who works here, erase the rest, write them again, then load what else the demo has.

    Broken off it begins anew: the roster was put aside before anything was erased. Result: counts of what was erased.
    """
    aside = keys.object_key(tenant, "reset", job.id, "roster.json")
    if not store.objects.exists(tenant, aside):
        present = read_present(store, tenant)
        if present.tenant is None:
            raise RecordNotFoundError(kind=Tenant.KIND, id=tenant)
        require_demo(present.tenant)
        logins, clients = store.login_bindings.every(tenant), store.system_clients.every(tenant)
        put_aside = _Kept(present=present, logins=logins, clients=clients)
        store.objects.put(tenant, aside, put_aside.model_dump_json().encode(), "application/json")
    all_kept = _Kept.model_validate_json(store.objects.read(tenant, aside))
    kept = all_kept.present
    erased = erase_tenant(store, tenant, progress, job_id=job.id, but_file=aside)
    home = kept.tenant
    if home is None:
        raise RecordNotFoundError(kind=Tenant.KIND, id=tenant)
    if load is None:
        write_roster(store, act, home, [*kept.divisions, *kept.departments, *kept.bodies, *kept.people])
        loaded: dict[str, Any] = {}
    else:
        loaded = load(home)
    _write_doors(store, act, home.id, all_kept)
    store.objects.delete(tenant, aside)
    return {"label": home.label, **erased, **loaded}


def write_roster(store: Store, act: Act, home: Tenant, records: Sequence[Record]) -> None:
    """The tenant's own record with its public face and these records, all new; the directory knows it already."""
    fresh = [one.model_copy(update={"version": 0}) for one in (home, PublicTenant.of(home), *records)]
    for number, chunk in enumerate(in_parts(store, home.id, fresh)):
        with store.change(home.id, act.part(f"roster.{number}")) as change:
            for record in chunk:
                change.save(record)
            change.event(EventType.TENANT_RESTARTED, home.ref, {"records": len(chunk)})


def _write_doors(store: Store, act: Act, tenant: TenantId, kept: _Kept) -> None:
    """The logins and clients by which people and systems come in, as they were."""
    doors = [*kept.logins, *kept.clients]
    for start in range(0, len(doors), CHUNK // 2):
        chunk = doors[start : start + CHUNK // 2]
        with store.change(tenant, act.part(f"doors.{start}")) as change:
            for one in chunk:
                change.save(one.model_copy(update={"version": 0}))
                if isinstance(one, SystemClient):
                    change.claim("client_subject", one.identity_id, one.ref)
            change.event(EventType.TENANT_RESTARTED, Ref(kind=Tenant.KIND, id=tenant), {"records": len(chunk)})


def erase_tenant(
    store: Store, tenant: TenantId, progress: Callable[[int, int], None], *, job_id: str = "", but_file: str = ""
) -> dict[str, int]:
    """Erase the tenant's items and files; the counts. Whoever works here goes last, so that they are away only briefly.

    job_id: the job at work, whose record, history and markers stay; but_file: a file that stays.
    """
    held = keys.record(tenant, Ref(kind=Job.KIND, id=job_id)).partition if job_id else ""
    marks = keys.marker(tenant, f"{job_id}.").partition if job_id else ""
    people = tuple(keys.record(tenant, Ref(kind=kind, id="x")).partition[:-1] for kind in _LAST)
    first: list[keys.Key] = []
    last: list[keys.Key] = []
    for key in store.eraser.every_key(tenant):
        if key.partition == held or (marks and key.partition.startswith(marks)):
            continue
        (last if key.partition.startswith(people) else first).append(key)
    files = [key for key in store.objects.every(tenant) if key != but_file]
    total, done = len(first) + len(last) + len(files), 0
    progress(0, total)
    for name in files:
        store.objects.delete(tenant, name)
    for start in range(0, len(first), STEP):
        done += store.eraser.erase(tenant, first[start : start + STEP])
        progress(done, total)
    store.eraser.erase(tenant, last)
    store.local_divisions.forget(tenant)
    return {"items": len(first) + len(last), "files": len(files)}
