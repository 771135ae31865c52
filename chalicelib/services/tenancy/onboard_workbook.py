"""Onboarding from one workbook: checked whole, every finding at once; confirmed, a job loads it; twice, it converges.

Who may load what: the platform's operator everything of a tenant that has no plan yet, and of others everything but
people; a tenant's system and security administrators its own tenant, people only when another of them uploaded it.
"""

import hashlib
import io
import json
from collections.abc import Callable, Collection, Iterator, Sequence
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from chalicelib.domain.access import Permission, reaches, require
from chalicelib.domain.act import Act
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.errors import InvalidInputError, NotAllowedError, RecordNotFoundError
from chalicelib.domain.event import EventType
from chalicelib.domain.job import Job
from chalicelib.domain.login_binding import LoginBinding
from chalicelib.domain.onboarding_cells import OnboardingDraft, Present
from chalicelib.domain.onboarding_check import OnboardingCheck
from chalicelib.domain.onboarding_sheets import SheetProblem, sheet
from chalicelib.domain.onboarding_workbook import OnboardingTables, read_workbook
from chalicelib.domain.public_tenant import PublicTenant
from chalicelib.domain.record import Record, is_id, timestamp
from chalicelib.domain.tenancy import PLATFORM, Actor, Person, Role, Tenant, TenantId, is_tenant_id
from chalicelib.services.draw.problems import SecondPersonNeededError
from chalicelib.services.jobs.request_job import request_job
from chalicelib.services.tenancy.bind_identity import identity_id
from chalicelib.services.tenancy.bind_login import bind_login
from chalicelib.services.tenancy.in_parts import in_parts
from chalicelib.services.tenancy.onboard_tenant import refuse_closed
from chalicelib.services.tenancy.present_roster import read_present
from chalicelib.storage import keys
from chalicelib.storage.errors import AlreadyDoneError
from chalicelib.storage.scope import ScopeRole, entered
from chalicelib.storage.store import Store

JOB = "load_workbook"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
ROOM = 80
"""Records of one transaction; with the event and the marker they stay below 100 actions."""
_SHEETS = {"divisions": "local_division", "departments": "department", "bodies": "acting_body", "people": "person"}


class Upload(BaseModel):
    """Who handed a workbook in, and when; kept beside the file."""

    uploaded_by: str
    uploaded_for: str | None = None
    uploaded_at: datetime
    filename: str


class PlannedChange(BaseModel):
    """One record that loading would write. fields: what changes; empty for a new record."""

    kind: str
    id: str
    label: str
    row: int = 0
    is_new: bool
    fields: list[str] = Field(default_factory=list)


class WorkbookCheck(BaseModel):
    """Everything that is to be said about a workbook before it is loaded. unchanged: rows that are already so."""

    tenant: TenantId
    label: str
    is_new: bool
    problems: list[SheetProblem]
    changes: list[PlannedChange]
    unchanged: int
    scenarios: dict[str, bool]
    logins: int
    tables: OnboardingTables
    draft: OnboardingDraft

    @property
    def errors(self) -> list[SheetProblem]:
        return [one for one in self.problems if not one.is_warning]

    @property
    def is_loadable(self) -> bool:
        return not self.errors

    @property
    def has_changes(self) -> bool:
        return bool(self.changes or self.scenarios or self.logins)

    def count(self, kind: str, *, is_new: bool) -> int:
        return sum(one.kind == kind and one.is_new is is_new for one in self.changes)


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


def check_workbook(
    store: Store,
    tenant: TenantId,
    actor: Actor,
    *,
    content: bytes,
    filename: str,
    at: datetime,
    known: Collection[str],
    issuer: str = "",
) -> WorkbookCheck:
    """The dry run: what is wrong, and what loading would change. known: names of the installed scenarios.

    tenant: where the actor works: `platform` for the operator, whose workbook names the tenant; else their own.
    """
    require(actor, Permission.TENANT_LOAD)
    tables = read_workbook(io.BytesIO(content), filename)
    target = _target(tenant, tables)
    if target:
        with entered(target, ScopeRole.READER):
            present = read_present(store, target)
            has_plan = present.tenant is not None and _has_plan(store, target, at)
            bound = {one.id for one in store.login_bindings.every(target) if one.is_active}
    else:
        present, has_plan, bound = Present(), False, set()
    check = OnboardingCheck(tables, present, known, shanghai_date(at), is_fixed=tenant != PLATFORM)
    draft = check.run()
    if draft.tenant is not None and present.tenant is None:
        draft.tenant = draft.tenant.with_changes(scenarios=sorted(n for n, on in draft.scenarios.items() if on))
    _withhold(actor, tenant, draft, check.problems)
    draft.logins = {
        person_id: login
        for person_id, login in draft.logins.items()
        if LoginBinding.id_of(person_id, identity_id(issuer, login)) not in bound
    }
    changes, unchanged = _changes(present, draft)
    if has_plan and tenant == PLATFORM:
        check.problems += [
            SheetProblem(sheet="people", row=one.row, code="people_are_the_tenants")
            for one in changes
            if one.kind == Person.KIND
        ]
    _own_roles(actor, present, draft, check.problems)
    enabled = set(present.tenant.scenarios) if present.tenant else set()
    return WorkbookCheck(
        tenant=target or "",
        label=draft.tenant.label if draft.tenant else "",
        is_new=present.tenant is None,
        problems=sorted(check.problems, key=lambda one: (_order(one.sheet), one.row)),
        changes=changes,
        unchanged=unchanged,
        scenarios={n: on for n, on in draft.scenarios.items() if present.tenant and on is not (n in enabled)},
        logins=len(draft.logins),
        tables=tables,
        draft=draft,
    )


def _order(sheet_id: str) -> int:
    return ("tenant", *_SHEETS, "certificates", "scenarios").index(sheet_id)


def _target(tenant: TenantId, tables: OnboardingTables) -> TenantId | None:
    if tenant != PLATFORM:
        return tenant
    rows = tables.of("tenant")
    id = rows[0].text("id") if len(rows) == 1 else ""
    return id if is_tenant_id(id) and id != PLATFORM else None


def _has_plan(store: Store, tenant: TenantId, at: datetime) -> bool:
    year = shanghai_date(at).year
    return any(store.plans.of_year(tenant, each, limit=1).records for each in (year, year - 1))


def _withhold(actor: Actor, tenant: TenantId, draft: OnboardingDraft, problems: list[SheetProblem]) -> None:
    """What is not the actor's to load is said and left out."""
    roles = sheet("people").column("roles").choices
    may_organise = tenant == PLATFORM or bool(reaches(actor, Permission.TENANT_ORGANISE))
    may_people = tenant == PLATFORM or bool(reaches(actor, Permission.PEOPLE_MANAGE))

    def leave_out(sheet_id: str, whose: Role) -> None:
        details: dict[str, str | int] = {"value": roles[whose.value]}
        problems.append(SheetProblem(sheet=sheet_id, code="not_yours", details=details, is_warning=True))

    if not may_organise:
        for name in ("divisions", "departments", "bodies"):
            if getattr(draft, name):
                setattr(draft, name, [])
                leave_out(name, Role.SYSTEM_ADMINISTRATOR)
    if not may_people and (draft.people or draft.logins):
        draft.people, draft.logins = [], {}
        leave_out("people", Role.SECURITY_ADMINISTRATOR)
    if tenant != PLATFORM and draft.scenarios:
        draft.scenarios = {}
        leave_out("scenarios", Role.COORDINATOR)


def _own_roles(actor: Actor, present: Present, draft: OnboardingDraft, problems: list[SheetProblem]) -> None:
    earlier = next((one for one in present.people if one.id == actor.person_id), None)
    now = next((one for one in draft.people if one.id == actor.person_id), None)
    if earlier and now and (earlier.roles, earlier.is_active) != (now.roles, now.is_active):
        row = draft.rows.get(f"person#{now.id}", 0)
        problems.append(SheetProblem(sheet="people", row=row, column="roles", code="own_roles"))


def _changes(present: Present, draft: OnboardingDraft) -> tuple[list[PlannedChange], int]:
    found, unchanged = [], 0
    for record, earlier in _pairs(present, draft):
        fields = _different(earlier, record) if earlier else []
        if earlier is not None and not fields:
            unchanged += 1
            continue
        row = draft.rows.get(f"{record.KIND}#{record.id}", 0)
        label = str(getattr(record, "label", "") or getattr(record, "name", ""))
        found.append(
            PlannedChange(kind=record.KIND, id=record.id, label=label, row=row, is_new=earlier is None, fields=fields)
        )
    return found, unchanged


def _pairs(present: Present, draft: OnboardingDraft) -> Iterator[tuple[Record, Record | None]]:
    """Every drafted record with what is there under its identifier."""
    if draft.tenant is not None:
        yield draft.tenant, present.tenant
    for name in _SHEETS:
        earlier = {one.id: one for one in getattr(present, name)}
        for record in getattr(draft, name):
            yield record, earlier.get(record.id)


def _different(earlier: Record, record: Record) -> list[str]:
    before, after = earlier.model_dump(mode="json"), record.model_dump(mode="json")
    return [name for name in after if _same_order(before[name]) != _same_order(after[name])]


def _same_order(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) and all(isinstance(one, str) for one in value) else value


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
        todo = [record for record, earlier in _pairs(present, draft) if earlier is None or _different(earlier, record)]
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
