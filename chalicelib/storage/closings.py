"""Requests to close a tenant, and the certificates that the platform keeps of those that were closed."""

from chalicelib.domain.record import timestamp
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.tenant_closing import PublicClosing, TenantClosing
from chalicelib.storage import keys
from chalicelib.storage.repository import Placement, Repository


class TenantClosings(Repository[TenantClosing]):
    model = TenantClosing

    def placement(self, tenant: TenantId, record: TenantClosing) -> Placement:
        sort = f"{timestamp(record.asked_at)}#{record.id}"
        return Placement(index1=(keys.listing(tenant, TenantClosing.KIND), sort))

    def newest(self, tenant: TenantId) -> TenantClosing | None:
        """The last request, whatever became of it."""
        found = self.page(1, keys.listing(tenant, TenantClosing.KIND), limit=1, is_descending=True).records
        return found[0] if found else None


class PublicClosings(Repository[PublicClosing]):
    """In tenant `platform`, by the closed tenant's identifier."""

    model = PublicClosing

    def placement(self, tenant: TenantId, record: PublicClosing) -> Placement:
        return Placement(index1=(keys.public_listing(tenant, "closing"), timestamp(record.confirmed_at)))

    def newest(self, tenant: TenantId, limit: int = 50) -> list[PublicClosing]:
        partition = keys.public_listing(tenant, "closing")
        return self.page(1, partition, limit=limit, is_descending=True).records
