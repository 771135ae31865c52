"""Findings: of a plan and its visits, of a subject, and as open work of the acting body that made them."""

from chalicelib.domain.finding import Finding
from chalicelib.domain.loop import machine
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.repository import Page, Placement, Position, Repository


class Findings(Repository[Finding]):
    """Index 1: a plan's findings, visit by visit. Index 2: a subject's, open ones first, by day. Index 3: open work of
    a body."""

    model = Finding

    def placement(self, tenant: TenantId, record: Finding) -> Placement:
        is_open = not machine("finding").state(record.state).is_final
        work = (_work(tenant, record.acting_body_id), keys.work_sort(record.due_at, record.ref))
        return Placement(
            index1=(
                keys.listing(tenant, "finding", record.plan_id),
                f"{record.visit_id}#{record.acting_body_id}#{record.id}",
            ),
            index2=(
                keys.listing(tenant, "finding_of_subject", record.subject_id),
                f"{'open' if is_open else '~closed'}#{record.found_on.isoformat()}#{record.id}",
            ),
            index3=work if is_open else None,
        )

    def of_plan(self, tenant: TenantId, plan_id: str) -> list[Finding]:
        return list(self.all(1, keys.listing(tenant, "finding", plan_id)))

    def page_of_plan(
        self, tenant: TenantId, plan_id: str, after: Position | None = None, limit: int = 25
    ) -> Page[Finding]:
        return self.page(1, keys.listing(tenant, "finding", plan_id), after=after, limit=limit)

    def of_visit(self, tenant: TenantId, plan_id: str, visit_id: str) -> list[Finding]:
        """The findings of one visit of a plan: one query."""
        return list(self.all(1, keys.listing(tenant, "finding", plan_id), prefix=f"{visit_id}#"))

    def of_subject(self, tenant: TenantId, subject_id: str) -> list[Finding]:
        """Every finding on a subject, oldest first, closed ones too."""
        found = self.all(2, keys.listing(tenant, "finding_of_subject", subject_id))
        return sorted(found, key=lambda one: (one.found_on, one.id))

    def first_of_subject(self, tenant: TenantId, subject_id: str, limit: int = 100) -> list[Finding]:
        """Open ones before closed ones, `limit` at most: one query."""
        return self.page(2, keys.listing(tenant, "finding_of_subject", subject_id), limit=limit).records

    def open_of_body(
        self, tenant: TenantId, acting_body_id: str, after: Position | None = None, limit: int = 25
    ) -> Page[Finding]:
        """What the acting body has not closed yet, by deadline: one query."""
        return self.page(3, _work(tenant, acting_body_id), after=after, limit=limit)


def _work(tenant: TenantId, acting_body_id: str) -> str:
    return keys.work_of(tenant, f"{acting_body_id}.findings")
