"""Inspection plans of a year, newest first, and their human numbers."""

from chalicelib.domain.plan import InspectionPlan
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.repository import Page, Placement, Position, Repository


class Plans(Repository[InspectionPlan]):
    model = InspectionPlan

    def placement(self, tenant: TenantId, record: InspectionPlan) -> Placement:
        return Placement(index1=(keys.listing(tenant, "plan", str(record.year)), record.id))

    def of_year(
        self, tenant: TenantId, year: int, after: Position | None = None, limit: int = 25
    ) -> Page[InspectionPlan]:
        return self.page(1, keys.listing(tenant, "plan", str(year)), after=after, limit=limit, is_descending=True)
