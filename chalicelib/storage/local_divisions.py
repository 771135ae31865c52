"""Divisions that a tenant keeps beyond the shipped list."""

from chalicelib.domain.local_division import LocalDivision
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.repository import Placement, Repository


class LocalDivisions(Repository[LocalDivision]):
    model = LocalDivision

    def placement(self, tenant: TenantId, record: LocalDivision) -> Placement:
        return Placement(index1=(keys.listing(tenant, "local_division"), record.id))

    def every(self, tenant: TenantId) -> list[LocalDivision]:
        """All of them, closed ones too, by code."""
        return list(self.all(1, keys.listing(tenant, "local_division")))

    def within(self, tenant: TenantId, prefix: str) -> list[LocalDivision]:
        """Those whose code begins with these digits."""
        return list(self.all(1, keys.listing(tenant, "local_division"), prefix=prefix))
