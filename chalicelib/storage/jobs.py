"""Jobs of a tenant, newest first."""

from chalicelib.domain.job import Job
from chalicelib.domain.record import timestamp
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.repository import Page, Placement, Position, Repository


class Jobs(Repository[Job]):
    model = Job

    def placement(self, tenant: TenantId, record: Job) -> Placement:
        return Placement(index1=(keys.listing(tenant, "job"), f"{timestamp(record.requested_at)}#{record.id}"))

    def recent(self, tenant: TenantId, after: Position | None = None, limit: int = 25) -> Page[Job]:
        return self.page(1, keys.listing(tenant, "job"), after=after, limit=limit, is_descending=True)
