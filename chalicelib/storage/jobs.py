"""Jobs of a tenant, of one kind of work, of one person, newest first."""

from chalicelib.domain.job import Job
from chalicelib.domain.record import timestamp
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.repository import Page, Placement, Position, Repository


class Jobs(Repository[Job]):
    model = Job

    def placement(self, tenant: TenantId, record: Job) -> Placement:
        sort = f"{timestamp(record.requested_at)}#{record.id}"
        return Placement(
            index1=(keys.listing(tenant, "job"), sort),
            index2=(keys.listing(tenant, "job_of", record.name), sort),
            index3=(keys.listing(tenant, "job_by", record.requested_by.person_id), sort),
        )

    def recent(self, tenant: TenantId, after: Position | None = None, limit: int = 25) -> Page[Job]:
        return self.page(1, keys.listing(tenant, "job"), after=after, limit=limit, is_descending=True)

    def of_name(self, tenant: TenantId, name: str, after: Position | None = None, limit: int = 25) -> Page[Job]:
        """Jobs of one kind of work, newest first."""
        return self.page(2, keys.listing(tenant, "job_of", name), after=after, limit=limit, is_descending=True)

    def of_person(self, tenant: TenantId, person: str, after: Position | None = None, limit: int = 25) -> Page[Job]:
        """Jobs that one person asked for, newest first."""
        return self.page(3, keys.listing(tenant, "job_by", person), after=after, limit=limit, is_descending=True)
