"""Public projections of tenants and of confirmed legal bases."""

from chalicelib.domain.public_tenant import PublicBasis, PublicTenant
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.legal_records import public_legal_entry
from chalicelib.storage.repository import Placement, Repository


class PublicTenants(Repository[PublicTenant]):
    """A tenant holds its own; tenant `platform` holds one of each."""

    model = PublicTenant

    def placement(self, tenant: TenantId, record: PublicTenant) -> Placement:
        return Placement(index1=(keys.public_listing(tenant, "tenant"), record.id))

    def directory(self, tenant: TenantId) -> list[PublicTenant]:
        """Every tenant in the directory kept by `tenant` (which is `platform`), by identifier."""
        return list(self.all(1, keys.public_listing(tenant, "tenant")))


class PublicBases(Repository[PublicBasis]):
    model = PublicBasis

    def placement(self, tenant: TenantId, record: PublicBasis) -> Placement:
        return Placement(index1=public_legal_entry(tenant, record.KIND, record.id))
