"""Tenants, departments, acting bodies and people: small partitions, listed whole."""

from chalicelib.domain.tenancy import ADMINISTRATORS, ActingBody, Department, Person, Role, Tenant, TenantId, TenantKind
from chalicelib.storage import keys
from chalicelib.storage.repository import Page, Placement, Position, Repository


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
    model = Person

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
