"""Tenants, departments, acting bodies and people: small partitions, listed whole."""

from chalicelib.domain.search_text import MAX_STARTS, MIN_TEXT, search_form
from chalicelib.domain.tenancy import (
    ADMINISTRATORS,
    ActingBody,
    Department,
    Person,
    Role,
    Tenant,
    TenantId,
    TenantKind,
    role_owner,
)
from chalicelib.storage import keys
from chalicelib.storage.errors import translated
from chalicelib.storage.repository import Page, Placement, Position, Repository
from chalicelib.storage.table import PointerItem


class Tenants(Repository[Tenant]):
    """A tenant's own record; the directory of all of them lies in tenant `platform`."""

    model = Tenant

    def placement(self, tenant: TenantId, record: Tenant) -> Placement:
        return Placement(index1=(keys.listing(tenant, "tenant"), record.id))

    def directory(self, tenant: TenantId) -> list[Tenant]:
        """Every tenant of the directory kept by `tenant` (which is `platform`), the platform itself left out."""
        return [one for one in self.all(1, keys.listing(tenant, "tenant")) if one.kind is not TenantKind.PLATFORM]


class Departments(Repository[Department]):
    model = Department

    def placement(self, tenant: TenantId, record: Department) -> Placement:
        return Placement(index1=(keys.listing(tenant, "department"), f"{record.division}#{record.code}"))

    def every(self, tenant: TenantId) -> list[Department]:
        return list(self.all(1, keys.listing(tenant, "department")))


class ActingBodies(Repository[ActingBody]):
    model = ActingBody

    def placement(self, tenant: TenantId, record: ActingBody) -> Placement:
        return Placement(index1=(keys.listing(tenant, "acting_body"), f"{record.division}#{record.id}"))

    def every(self, tenant: TenantId) -> list[ActingBody]:
        return list(self.all(1, keys.listing(tenant, "acting_body")))

    def in_use(self, tenant: TenantId) -> list[ActingBody]:
        """Those that a new plan may name."""
        return [one for one in self.every(tenant) if one.is_active]


class People(Repository[Person]):
    """Small items lead to each person from their roles, their department and, of staff, each part of their name."""

    model = Person
    has_pointers = True

    def pointers(self, tenant: TenantId, record: Person) -> tuple[keys.Key, ...]:
        owners = [*(role_owner(role) for role in sorted(record.roles)), *filter(None, [record.department_id])]
        held = [keys.Key(keys.people_of(tenant, owner), record.id) for owner in owners]
        # People of firms are known here for their account only: no search names them.
        name = "" if Role.SUBJECT_USER in record.roles else search_form(record.name)
        starts = range(min(max(len(name) - MIN_TEXT + 1, 0), MAX_STARTS))
        return (*held, *(keys.person_named(tenant, name[start:], record.id) for start in starts))

    def near(self, tenant: TenantId, person: Person) -> list[Person]:
        """Everybody of the person's department or acting body, the person too."""
        found = self.of_department(tenant, person.department_id) if person.department_id else []
        found += self.of_body(tenant, person.acting_body_id) if person.acting_body_id else []
        return list({one.id: one for one in found}.values())

    def of_role(self, tenant: TenantId, role: Role) -> list[Person]:
        """Whoever holds the role: two calls for up to a hundred."""
        return self._of(tenant, role_owner(role))

    def of_department(self, tenant: TenantId, department_id: str) -> list[Person]:
        return self._of(tenant, department_id)

    def _of(self, tenant: TenantId, owner: str) -> list[Person]:
        with translated():
            found = [item.sk for item in PointerItem.query(keys.people_of(tenant, owner), page_size=1000)]
        people = self.find_many(tenant, found)
        return [people[id] for id in found if id in people]

    def page_of_owner(
        self, tenant: TenantId, owner: str, after: Position | None = None, limit: int = 50
    ) -> Page[Person]:
        """One page of a role's (`role_owner`) or a department's people, by identifier: two calls."""
        with translated():
            partition = keys.people_of(tenant, owner)
            result = PointerItem.query(partition, last_evaluated_key=after, limit=limit, page_size=limit)
            ids = [item.sk for item in result]
        people = self.find_many(tenant, ids, is_listed=True)
        return Page([people[id] for id in ids if id in people], result.last_evaluated_key)

    def named(self, tenant: TenantId, text: str, limit: int = 50) -> list[Person]:
        """Staff in whose name this text stands, two characters at least: two calls."""
        wanted = search_form(text)
        if len(wanted) < MIN_TEXT:
            return []
        place = keys.people_named(tenant, wanted)
        condition = PointerItem.sk.startswith(place.sort)
        with translated():
            found = PointerItem.query(place.partition, condition, limit=limit, page_size=limit)
            ids = list(dict.fromkeys(item.sk.rpartition("#")[2] for item in found))
        people = self.find_many(tenant, ids, is_listed=True)
        return [people[id] for id in ids if id in people]

    def placement(self, tenant: TenantId, record: Person) -> Placement:
        is_administrator = bool(record.roles & ADMINISTRATORS)
        return Placement(
            index1=(keys.listing(tenant, "person"), f"{record.acting_body_id or '~'}#{record.id}"),
            index2=(keys.listing(tenant, "administrator"), record.id) if is_administrator else None,
            index3=(keys.listing(tenant, "certificate"), f"{_covered_to(record)}#{record.id}")
            if record.is_active and Role.INSPECTOR in record.roles
            else None,
        )

    def page_of(self, tenant: TenantId, after: Position | None = None, limit: int = 50) -> Page[Person]:
        """One page of everybody, by acting body."""
        return self.page(1, keys.listing(tenant, "person"), after=after, limit=limit)

    def officers_by_certificate(
        self, tenant: TenantId, after: Position | None = None, limit: int = 100
    ) -> Page[Person]:
        """Active officers, who has no certificate first, then by the last day of the last certificate: one query."""
        return self.page(3, keys.listing(tenant, "certificate"), after=after, limit=limit)

    def administrators(self, tenant: TenantId) -> list[Person]:
        """Who holds one of the three administrators' roles: one query."""
        return list(self.all(2, keys.listing(tenant, "administrator")))

    def every(self, tenant: TenantId) -> list[Person]:
        return list(self.all(1, keys.listing(tenant, "person")))

    def of_body(self, tenant: TenantId, acting_body_id: str) -> list[Person]:
        return list(self.all(1, keys.listing(tenant, "person"), prefix=f"{acting_body_id}#"))


def _covered_to(record: Person) -> str:
    return max((one.valid_to.isoformat() for one in record.certificates), default="0000-00-00")
