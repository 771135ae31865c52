"""The check of an onboarding workbook: every finding at once, and what loading it would change.

Who may load what: the platform's operator everything of a tenant that has no plan yet, and of others everything but
people; a tenant's system and security administrators its own tenant.
"""

import io
from collections.abc import Collection, Iterator
from datetime import datetime
from typing import Any

from pydantic import BaseModel, Field

from chalicelib.domain.access import Permission, reaches, require
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.login_binding import LoginBinding
from chalicelib.domain.onboarding_cells import OnboardingDraft, Present
from chalicelib.domain.onboarding_check import OnboardingCheck
from chalicelib.domain.onboarding_sheets import SheetProblem, sheet
from chalicelib.domain.onboarding_workbook import OnboardingTables, read_workbook
from chalicelib.domain.record import Record
from chalicelib.domain.tenancy import PLATFORM, Actor, Person, Role, TenantId, is_tenant_id
from chalicelib.services.tenancy.bind_identity import identity_id
from chalicelib.services.tenancy.present_roster import read_present
from chalicelib.storage.scope import ScopeRole, entered
from chalicelib.storage.store import Store

_SHEETS = {"divisions": "local_division", "departments": "department", "bodies": "acting_body", "people": "person"}


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
    for record, earlier in pairs(present, draft):
        fields = different(earlier, record) if earlier else []
        if earlier is not None and not fields:
            unchanged += 1
            continue
        row = draft.rows.get(f"{record.KIND}#{record.id}", 0)
        label = str(getattr(record, "label", "") or getattr(record, "name", ""))
        found.append(
            PlannedChange(kind=record.KIND, id=record.id, label=label, row=row, is_new=earlier is None, fields=fields)
        )
    return found, unchanged


def pairs(present: Present, draft: OnboardingDraft) -> Iterator[tuple[Record, Record | None]]:
    """Every drafted record with what is there under its identifier."""
    if draft.tenant is not None:
        yield draft.tenant, present.tenant
    for name in _SHEETS:
        earlier = {one.id: one for one in getattr(present, name)}
        for record in getattr(draft, name):
            yield record, earlier.get(record.id)


def different(earlier: Record, record: Record) -> list[str]:
    before, after = earlier.model_dump(mode="json"), record.model_dump(mode="json")
    return [name for name in after if _same_order(before[name]) != _same_order(after[name])]


def _same_order(value: Any) -> Any:
    return sorted(value) if isinstance(value, list) and all(isinstance(one, str) for one in value) else value
