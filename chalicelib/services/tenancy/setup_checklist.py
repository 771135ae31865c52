"""What is still missing before the first plan: one entry per condition, with who mends it; each list is read once."""

from datetime import date, datetime, timedelta
from enum import StrEnum
from itertools import chain

from pydantic import BaseModel, Field

from chalicelib.contract.registry import registry
from chalicelib.domain.access import Permission, require
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.calendar_alert import missing_years
from chalicelib.domain.division import DivisionLevel, children, county_of, division_label, level_of
from chalicelib.domain.legal_basis import BasisStatus
from chalicelib.domain.tenancy import PLATFORM, Actor, Role, TenantId, TenantKind
from chalicelib.services.working_calendar import working_calendar
from chalicelib.storage.store import Store

INSPECTORS = 2
"""Two certified officers for an inspection (行政处罚法 42)."""


class SetupTopic(StrEnum):
    """What a plan rests on, in the order in which it is set up."""

    DEPARTMENTS = "departments"
    BODIES = "bodies"
    DEPARTMENT_WITHOUT_BODY = "department_without_body"
    BODY_WITHOUT_APPROVER = "body_without_approver"
    INSPECTORS = "inspectors"
    CERTIFICATES = "certificates"
    COORDINATOR = "coordinator"
    SUPERVISOR = "supervisor"
    SCENARIO = "scenario"
    BASES = "bases"
    SUBJECTS = "subjects"
    DIVISION_WITHOUT_SUBJECTS = "division_without_subjects"
    CALENDAR = "calendar"


class SetupItem(BaseModel):
    """One condition. names: up to a few of what is missing; count: of how many, and is_more where no more were counted;
    is_blocking: no plan without it; roles: who mends it; is_done: nothing is missing."""

    topic: SetupTopic
    is_done: bool
    is_blocking: bool = True
    count: int = 0
    is_more: bool = False
    names: list[str] = Field(default_factory=list)
    roles: list[Role] = Field(default_factory=list)
    refs: list[str] = Field(default_factory=list, description="identifiers behind the names, for links")


_SHOWN = 6
_MOST_COUNTED = 100
"""Officers without a certificate that are counted: whoever has to mend more of them sees their list."""
_WHO = {
    SetupTopic.DEPARTMENTS: [Role.SYSTEM_ADMINISTRATOR],
    SetupTopic.BODIES: [Role.SYSTEM_ADMINISTRATOR],
    SetupTopic.DEPARTMENT_WITHOUT_BODY: [Role.SYSTEM_ADMINISTRATOR],
    SetupTopic.BODY_WITHOUT_APPROVER: [Role.SECURITY_ADMINISTRATOR],
    SetupTopic.INSPECTORS: [Role.SECURITY_ADMINISTRATOR],
    SetupTopic.CERTIFICATES: [Role.SECURITY_ADMINISTRATOR],
    SetupTopic.COORDINATOR: [Role.SECURITY_ADMINISTRATOR],
    SetupTopic.SUPERVISOR: [Role.SECURITY_ADMINISTRATOR],
    SetupTopic.SCENARIO: [Role.COORDINATOR],
    SetupTopic.BASES: [Role.LEGAL_REVIEWER],
    SetupTopic.SUBJECTS: [Role.COORDINATOR],
    SetupTopic.DIVISION_WITHOUT_SUBJECTS: [Role.COORDINATOR],
    SetupTopic.CALENDAR: [Role.PLATFORM_OPERATOR],
}


def setup_checklist(store: Store, tenant: TenantId, actor: Actor, now: datetime) -> list[SetupItem]:
    """Every condition, met or not. Reads: the tenant, its departments, bodies, approvers, whose certificates hold, the
    first officers without one, counties with subjects, and the confirmations of each enabled scenario: as many calls
    for a hundred bodies as for one. Nothing for the platform and for an overseer, who plan nothing."""
    require(actor, Permission.TENANT_READ)
    home = store.tenants.get(tenant, tenant)
    if tenant == PLATFORM or home.kind is TenantKind.REGION:
        return []
    today = shanghai_date(now)
    departments = [one for one in store.departments.every(tenant) if one.is_active]
    bodies = [one for one in store.acting_bodies.every(tenant) if one.is_active]
    covered = {code for body in bodies for code in body.departments}
    heads = {one.acting_body_id for one in store.people.of_role(tenant, Role.APPROVER) if one.is_active}
    certified = store.people.certified(tenant, today)
    short = [one for one in bodies if certified[one.id] < INSPECTORS]
    return [
        _item(SetupTopic.DEPARTMENTS, [] if departments else [""]),
        _item(SetupTopic.BODIES, [] if bodies else [""]),
        _item(
            SetupTopic.DEPARTMENT_WITHOUT_BODY,
            [one.label for one in departments if one.code not in covered and _acts(one.code, home.scenarios)],
            [one.id for one in departments if one.code not in covered and _acts(one.code, home.scenarios)],
            is_blocking=False,
        ),
        _item(
            SetupTopic.BODY_WITHOUT_APPROVER,
            [one.label for one in bodies if one.id not in heads],
            [one.id for one in bodies if one.id not in heads],
        ),
        _item(
            SetupTopic.INSPECTORS,
            [one.label for one in short],
            [one.id for one in short],
        ),
        _certificates(store, tenant, today),
        _item(SetupTopic.COORDINATOR, [] if store.people.holds_any(tenant, Role.COORDINATOR) else [""]),
        _item(SetupTopic.SUPERVISOR, [] if store.people.holds_any(tenant, Role.JUSTICE_SUPERVISOR) else [""]),
        _item(SetupTopic.SCENARIO, [] if home.scenarios else [""]),
        # A demo plans on bases that wait for confirmation; a real tenant does not.
        _bases(store, tenant, home.scenarios).model_copy(update={"is_blocking": not home.is_synthetic}),
        *_subjects(store, tenant, home.divisions),
        _item(
            SetupTopic.CALENDAR,
            [str(year) for year in missing_years(working_calendar(), today)],
            is_blocking=not working_calendar().knows(today.year),
        ),
    ]


def _item(
    topic: SetupTopic, missing: list[str], refs: list[str] | None = None, *, is_blocking: bool = True
) -> SetupItem:
    return SetupItem(
        topic=topic,
        is_done=not missing,
        is_blocking=is_blocking,
        count=len(missing),
        names=[one for one in missing if one][:_SHOWN],
        refs=(refs or [])[:_SHOWN],
        roles=_WHO[topic],
    )


def _acts(code: str, scenarios: list[str]) -> bool:
    """Whether an enabled scenario has check items of this department; without one every department counts."""
    installed = [registry().get(name) for name in scenarios if registry().holds(name)]
    if not installed:
        return True
    return any(item.department == code for one in installed for item in one.checklist.items)


def _certificates(store: Store, tenant: TenantId, day: date) -> SetupItem:
    most = _MOST_COUNTED + 1
    officers = chain(
        store.people.officers_covered_to(tenant, day - timedelta(days=1), most),
        store.people.officers_covered_from(tenant, day, most),
    )
    without = [one for one in officers if one.certificate_on(day) is None]
    counted = without[:_MOST_COUNTED]
    item = _item(SetupTopic.CERTIFICATES, [one.name for one in counted], [one.id for one in counted], is_blocking=False)
    return item.model_copy(update={"is_more": len(without) > len(counted)})


def _bases(store: Store, tenant: TenantId, scenarios: list[str]) -> SetupItem:
    waiting: list[str] = []
    for name in scenarios:
        if not registry().holds(name):
            continue
        package = registry().get(name)
        confirmed = {one.basis_id for one in store.confirmations.of_scenario(tenant, name)}
        waiting += [
            basis.title
            for basis in package.bases.values()
            if basis.status is BasisStatus.TO_BE_CONFIRMED and basis.id not in confirmed
        ]
    return _item(SetupTopic.BASES, list(dict.fromkeys(waiting)))


def _subjects(store: Store, tenant: TenantId, divisions: list[str]) -> list[SetupItem]:
    """Whether the register holds anything of each county: one read of where subjects were ever registered."""
    held = set(store.subject_filters.contents(tenant).counties)
    empty = [code for code in dict.fromkeys(code for one in divisions for code in _counties(one)) if code not in held]
    return [
        _item(SetupTopic.SUBJECTS, [] if held else [""]),
        _item(
            SetupTopic.DIVISION_WITHOUT_SUBJECTS,
            [division_label(code) for code in empty] if held else [],
            empty if held else [],
            is_blocking=False,
        ),
    ]


def _counties(code: str) -> list[str]:
    if level_of(code) is DivisionLevel.CITY:
        return [one.code for one in children(code)]
    return [county_of(code) or code]
