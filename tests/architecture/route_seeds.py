"""One small world per tenant for the route matrix: a record of every kind, and people who do and do not take part.

A route's `resource` names a kind of record; `build_world` has to make one, or the suite fails. Records are written as
if they had always been there. Every text of a record carries a mark of its tenant and kind, by which it is recognised
in answers that ought not to show it.
"""

from dataclasses import dataclass, field
from datetime import date

from chalicelib import bootstrap
from chalicelib.domain.access import NOTHING, Resource
from chalicelib.domain.act import Act
from chalicelib.domain.event import EventType
from chalicelib.domain.job import Job
from chalicelib.domain.record import Record, new_id
from chalicelib.domain.tenancy import ActingBody, Actor, Certificate, Department, Person, Role
from chalicelib.domain.visit import TeamMember
from chalicelib.services.tenancy.in_parts import in_parts
from chalicelib.web.routing import RouteDeclaration
from tests.architecture.seed_inspection import inspection_records, seeded_plan
from tests.architecture.seed_people import people_records
from tests.architecture.seed_subjects import seeded_subject, subject_records
from tests.architecture.seed_tenant import tenant_records
from tests.architecture.seed_values import (
    DEPARTMENT,
    ELSEWHERE,
    INSIDER,
    OTHER_COUNTY,
    OTHER_DEPARTMENT,
    OUTSIDER,
    SCENARIO,
    mark,
    marked,
)
from tests.web.site import NOW, TENANT_A, Browser, Membership, Site

JOB_PAGES = {
    "/report-sheets/": "enter_sheet",
    "/reports/sheets/": "enter_sheet",
    "/exports/": "export_subjects",
    "/onboarding/": "load_workbook",
    "/reset/": "reset_tenant",
    "/resets/": "reset_tenant",
    "/archives/": "export_tenant",
}


@dataclass
class World:
    """The records of one tenant by kind, and its people by (role, variant)."""

    site: Site
    tenant: str
    records: dict[str, Record] = field(default_factory=dict)
    jobs: dict[str, str] = field(default_factory=dict)
    people: dict[tuple[Role, str], Person] = field(default_factory=dict)
    _browsers: dict[tuple[Role, str], Browser] = field(default_factory=dict)

    def id(self, kind: str) -> str:
        assert kind in self.records, f"add a record of kind {kind} to build_world in route_seeds.py"
        return self.records[kind].id

    def id_for(self, declaration: RouteDeclaration) -> str:
        """Of the record that the route's path names; of a job one of the kind that the page shows."""
        kind, _ = declaration.resource or ("", "")
        name = next((name for part, name in JOB_PAGES.items() if part in declaration.path), "")
        return self.jobs[name] if kind == "job" and name else self.id(kind)

    def resource(self, kind: str) -> Resource:
        """Of a child its parent's."""
        record = self.records[kind]
        if record.parent_ref and record.parent_ref.kind in self.records:
            record = self.records[record.parent_ref.kind]
        return getattr(record, "resource", NOTHING)

    def actor(self, role: Role, variant: str = INSIDER) -> Actor:
        code = OTHER_DEPARTMENT if variant == OUTSIDER else DEPARTMENT
        return Actor.of(self.tenant, self.people[role, variant], code)

    def browser(self, role: Role, variant: str = INSIDER) -> Browser:
        """Signed in once; nothing in these tests lets a session end."""
        found = self._browsers.get((role, variant))
        if found is None:
            found = self._browsers[role, variant] = Browser(self.site)
            person = self.people[role, variant]
            self.site.sign_in(found, Membership(tenant=self.tenant, person_id=person.id, label="南宁市"))
        return found

    def path_values(self, parameters: tuple[str, ...]) -> dict[str, str]:
        """Identifiers of this world's records for the path parameters that name one."""
        values = {}
        for parameter in parameters:
            name = parameter.removesuffix("_id")
            found = [one for kind, one in self.records.items() if kind == name or kind.endswith(f"_{name}")]
            if parameter.endswith("_id") and found:
                values[parameter] = found[0].id
        return values


def build_world(site: Site, tenant: str) -> World:
    """Write the world of one tenant."""
    world = World(site, tenant)
    own, other = f"{tenant}-body-own", f"{tenant}-body-other"
    subject, plan = seeded_subject(tenant), seeded_plan(tenant, own)
    other_subject = subject.model_copy(update={"id": new_id()})
    roster = _roster(world, tenant, own, other, subject.id, other_subject.id)
    team = [
        TeamMember(person_id=p.id, name=p.name, acting_body_id=own, certificate_number="45010000123")
        for (role, variant), p in world.people.items()
        if role is Role.INSPECTOR and variant != OUTSIDER
    ]
    concerned = [world.people[role, INSIDER] for role in (Role.SUBJECT_USER, Role.DEPARTMENT_OFFICER, Role.APPROVER)]
    records = [
        *subject_records(tenant, subject),
        *inspection_records(plan, subject, own, team),
        *tenant_records(tenant, world.actor(Role.COORDINATOR), plan),
        *people_records(*concerned, subject),
    ]
    written = [marked(one, mark(tenant, one.KIND)) for one in [*roster, *records]]
    with bootstrap.scope(tenant):
        home = bootstrap.store().tenants.get(tenant, tenant).with_changes(scenarios=[SCENARIO])
    _save(tenant, [home, *written])
    for record in [home, *written]:
        world.records.setdefault(record.KIND, record)
        if isinstance(record, Job):
            world.jobs[record.name] = record.id
    return world


def _save(tenant: str, records: list[Record]) -> None:
    actor = Actor(tenant=tenant, person_id="seed", name="seed", roles=frozenset({Role.COORDINATOR}))
    with bootstrap.scope(tenant):
        for part in in_parts(bootstrap.store(), tenant, records):
            with bootstrap.store().change(tenant, Act(actor=actor, at=NOW)) as change:
                for record in part:
                    change.save(record)
                change.event(EventType.TENANT_ONBOARDED, part[0])


def _roster(world: World, tenant: str, own: str, other: str, subject_id: str, other_subject_id: str) -> list[Record]:
    division = f"{tenant[2:]}000000"
    certificate = Certificate(number="45010000123", valid_from=date(2025, 1, 1), valid_to=date(2030, 1, 1))
    for role in Role:
        for variant in (INSIDER, ELSEWHERE, OUTSIDER) if tenant == TENANT_A else (INSIDER,):
            is_out = variant == OUTSIDER
            bound = [other_subject_id if is_out else subject_id] if role is Role.SUBJECT_USER else []
            world.people[role, variant] = Person(
                id=f"{tenant}-{role.value}-{variant}",
                name=f"测试{role.value}",
                roles=frozenset({role}),
                department_id=f"{tenant}-{'other' if is_out else 'own'}",
                acting_body_id=other if is_out else own,
                division=OTHER_COUNTY[tenant] if variant == ELSEWHERE else None,
                certificates=[certificate],
                subject_ids=bound,
            )
    return [
        Department(id=f"{tenant}-own", code=DEPARTMENT, label="商务局", division=division),
        Department(id=f"{tenant}-other", code=OTHER_DEPARTMENT, label="税务局", division=division),
        ActingBody(id=own, label="商务局", division=division, departments=[DEPARTMENT]),
        ActingBody(id=other, label="税务局", division=division, departments=[OTHER_DEPARTMENT]),
        *world.people.values(),
    ]
