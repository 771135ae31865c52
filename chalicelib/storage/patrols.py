"""Patrols: of a subject, of a whole tenant and of a county, newest first."""

from chalicelib.domain.division import county_of
from chalicelib.domain.patrol import Patrol
from chalicelib.domain.record import timestamp
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.repository import Page, Placement, Position, Repository


class Patrols(Repository[Patrol]):
    """Index 1: of a subject. Index 2: of the tenant. Index 3: of a county; all by time."""

    model = Patrol

    def placement(self, tenant: TenantId, record: Patrol) -> Placement:
        sort = f"{timestamp(record.patrolled_at)}#{record.id}"
        county = county_of(record.division)
        return Placement(
            index1=(keys.listing(tenant, "patrol", record.subject_id), sort),
            index2=(keys.listing(tenant, "patrol_any"), sort),
            index3=(keys.listing(tenant, "patrol_in", county), sort) if county else None,
        )

    def of_subject(
        self, tenant: TenantId, subject_id: str, *, after: Position | None = None, limit: int = 50
    ) -> Page[Patrol]:
        partition = keys.listing(tenant, "patrol", subject_id)
        return self.page(1, partition, after=after, limit=limit, is_descending=True)

    def recent(
        self, tenant: TenantId, division: str | None = None, *, after: Position | None = None, limit: int = 25
    ) -> Page[Patrol]:
        """The newest of the tenant, or of the county in which `division` lies: one query."""
        county = county_of(division) if division else None
        if county:
            partition = keys.listing(tenant, "patrol_in", county)
            return self.page(3, partition, after=after, limit=limit, is_descending=True)
        return self.page(2, keys.listing(tenant, "patrol_any"), after=after, limit=limit, is_descending=True)
