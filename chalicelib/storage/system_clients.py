"""System clients of a tenant: a short list."""

from chalicelib.domain.system_client import SystemClient
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.repository import Placement, Repository


class SystemClients(Repository[SystemClient]):
    model = SystemClient

    def placement(self, tenant: TenantId, record: SystemClient) -> Placement:
        return Placement(index1=(keys.listing(tenant, SystemClient.KIND), record.id))

    def every(self, tenant: TenantId) -> list[SystemClient]:
        """All of the tenant, oldest first, the revoked ones too."""
        return list(self.all(1, keys.listing(tenant, SystemClient.KIND)))
