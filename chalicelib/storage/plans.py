"""Inspection plans of a year, newest first; by the step they are in; by the hour in which an opinion falls due."""

from collections.abc import Iterator
from datetime import datetime

from chalicelib.domain.loop import machine
from chalicelib.domain.plan import InspectionPlan
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.repository import Page, Placement, Position, Repository


def step_of(state: str) -> str:
    """What a list of plans is filtered by: the phase, or the final state itself."""
    found = machine("loop").state(state)
    return state if found.is_final else found.phase or state


_ENDINGS = ("closed", "cancelled")


def _by_step(tenant: TenantId, plan: InspectionPlan) -> tuple[str, str]:
    step = step_of(plan.state)
    if step in _ENDINGS:
        return keys.listing(tenant, "plan_ended", str(plan.year), step), plan.id
    return keys.listing(tenant, "plan_open"), f"{plan.year}#{step}#{plan.id}"


def _carried_out(tenant: TenantId, plan: InspectionPlan) -> tuple[str, str] | None:
    step = step_of(plan.state)
    is_now = step in ("disposition", "closing") or (plan.visit_count > 0 and step not in _ENDINGS)
    return (keys.listing(tenant, "plan_carried_out"), plan.id) if is_now else None


class Plans(Repository[InspectionPlan]):
    """Index 1: plans of a year. Index 2: those under way, of whatever year, and those that ended, by year and ending.
    Index 3: due-hour buckets while opinions are awaited, which a plan leaves by itself when nothing is awaited any more
    (access pattern 7), and those that are being carried out, of whatever year."""

    model = InspectionPlan

    def placement(self, tenant: TenantId, record: InspectionPlan) -> Placement:
        due = record.opinions_due_at
        return Placement(
            index1=(keys.listing(tenant, "plan", str(record.year)), record.id),
            index2=_by_step(tenant, record),
            index3=(keys.due_bucket(tenant, due), keys.work_sort(due, record.ref))
            if due
            else _carried_out(tenant, record),
        )

    def of_year(
        self, tenant: TenantId, year: int, after: Position | None = None, limit: int = 25
    ) -> Page[InspectionPlan]:
        return self.page(1, keys.listing(tenant, "plan", str(year)), after=after, limit=limit, is_descending=True)

    def in_step(
        self, tenant: TenantId, year: int, step: str, after: Position | None = None, limit: int = 25
    ) -> Page[InspectionPlan]:
        """Plans of a year that are in one step, or ended as `closed` or `cancelled`, newest first."""
        if step in _ENDINGS:
            partition = keys.listing(tenant, "plan_ended", str(year), step)
            return self.page(2, partition, after=after, limit=limit, is_descending=True)
        partition, prefix = keys.listing(tenant, "plan_open"), f"{year}#{step}#"
        return self.page(2, partition, prefix=prefix, after=after, limit=limit, is_descending=True)

    def under_way(self, tenant: TenantId, after: Position | None = None, limit: int = 25) -> Page[InspectionPlan]:
        """Plans of every year that have not ended, the newest year first: one query."""
        return self.page(2, keys.listing(tenant, "plan_open"), after=after, limit=limit, is_descending=True)

    def every_under_way(self, tenant: TenantId) -> list[InspectionPlan]:
        """All of them, the newest year first: a year's plans are few."""
        return list(self.all(2, keys.listing(tenant, "plan_open")))[::-1]

    def carried_out(self, tenant: TenantId, after: Position | None = None, limit: int = 25) -> Page[InspectionPlan]:
        """Plans of every year whose visits are planned or being made, newest first: one query."""
        partition = keys.listing(tenant, "plan_carried_out")
        return self.page(3, partition, after=after, limit=limit, is_descending=True)

    def every_of_year(self, tenant: TenantId, year: int) -> Iterator[InspectionPlan]:
        """For jobs."""
        return self.all(1, keys.listing(tenant, "plan", str(year)))

    def due_within(self, tenant: TenantId, hour: datetime) -> list[InspectionPlan]:
        """Plans with an opinion that falls due in this hour (UTC): one query."""
        return list(self.all(3, keys.due_bucket(tenant, hour)))
