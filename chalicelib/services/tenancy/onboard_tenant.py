"""Onboard a tenant: its entry in the platform's directory, its own record, and its roster of people."""

from collections import Counter
from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import AlreadyExistsError, FieldProblem, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.public_tenant import PublicTenant
from chalicelib.domain.record import Record
from chalicelib.domain.tenancy import PLATFORM, ActingBody, Department, Person, Tenant, TenantId
from chalicelib.domain.tenant_place import place_problems
from chalicelib.services.tenancy.in_parts import in_parts
from chalicelib.storage.errors import AlreadyDoneError
from chalicelib.storage.scope import entered
from chalicelib.storage.store import Store


class Roster(BaseModel):
    """Departments, acting bodies and people of one tenant, as handed in at onboarding."""

    model_config = ConfigDict(extra="forbid")

    departments: list[Department] = Field(default_factory=list)
    acting_bodies: list[ActingBody] = Field(default_factory=list)
    people: list[Person] = Field(default_factory=list)

    def problems(self) -> list[FieldProblem]:
        """References that lead nowhere and identifiers that stand twice."""
        departments, bodies = {d.id for d in self.departments}, {b.id for b in self.acting_bodies}
        codes = {d.code for d in self.departments}
        found = [
            FieldProblem(
                field=f"acting_bodies.{body.id}.departments", code="unknown_department", details={"value": code}
            )
            for body in self.acting_bodies
            for code in body.departments
            if code not in codes
        ]
        for person in self.people:
            if person.department_id and person.department_id not in departments:
                found.append(FieldProblem(field=f"people.{person.id}.department_id", code="unknown_department"))
            if person.acting_body_id and person.acting_body_id not in bodies:
                found.append(FieldProblem(field=f"people.{person.id}.acting_body_id", code="unknown_acting_body"))
        names = Counter(f"{r.KIND}.{r.id}" for r in self.records())
        found += [FieldProblem(field=name, code="twice") for name, count in sorted(names.items()) if count > 1]
        return found

    def records(self) -> list[Record]:
        return [*self.departments, *self.acting_bodies, *self.people]


def onboard_tenant(store: Store, platform: TenantId, act: Act, *, tenant: Tenant, roster: Roster) -> Tenant:
    """The onboarded tenant. Repeated with the same key it goes on where it stopped.

    Raises NotAllowedError without the platform operator's permission, AlreadyExistsError when the identifier is taken,
    InvalidInputError when the roster does not hold together, another city holds a division or the identifier names
    another prefecture (nothing is written then).
    """
    require(act.actor, Permission.TENANT_ONBOARD)
    problems = roster.problems()
    if platform != PLATFORM or tenant.id == PLATFORM:
        problems.append(FieldProblem(field="id", code="reserved", details={"value": tenant.id}))
    if problems:
        raise InvalidInputError(problems)
    known = [tenant, PublicTenant.of(tenant)]
    with entered(PLATFORM):
        refuse_closed(store, tenant.id)
        directory = store.tenants.directory(PLATFORM)
        misplaced = place_problems(tenant, directory)
        if misplaced and all(one.id != tenant.id for one in directory):
            raise InvalidInputError(misplaced)
        _once(store, PLATFORM, act.part("directory"), EventType.TENANT_ONBOARDED, tenant, known)
    with entered(tenant.id):
        _once(store, tenant.id, act.part("tenant"), EventType.TENANT_ONBOARDED, tenant, known)
        for number, chunk in enumerate(in_parts(store, tenant.id, roster.records())):
            _once(store, tenant.id, act.part(f"roster.{number}"), EventType.PERSON_ADDED, tenant, chunk)
        return store.tenants.get(tenant.id, tenant.id)


def refuse_closed(store: Store, tenant_id: TenantId) -> None:
    """Raises AlreadyExistsError for the identifier of a tenant that was closed: its certificate stands under it. Call
    inside the platform's scope."""
    if store.public_closings.find(PLATFORM, tenant_id) is not None:
        raise AlreadyExistsError(kind=Tenant.KIND, identity=tenant_id)


def _once(store: Store, tenant: TenantId, act: Act, type: EventType, about: Tenant, records: Sequence[Record]) -> None:
    """One transaction of new records under one event; done before, it is passed over."""
    if store.done(tenant, act) is not None:
        return
    try:
        with store.change(tenant, act) as change:
            for record in records:
                change.save(record.model_copy())
            change.event(type, about.ref, {"records": [f"{r.KIND}#{r.id}" for r in records]})
    except AlreadyDoneError:
        return
