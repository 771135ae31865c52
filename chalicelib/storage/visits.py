"""Visits with everything that belongs to one: team entries, answers, conclusions."""

from chalicelib.domain.record import Ref
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.visit import BodyConclusion, Visit, VisitAnswer
from chalicelib.domain.visit_member import VisitMember
from chalicelib.storage import keys
from chalicelib.storage.repository import Page, Placement, Position, Repository


def _work(tenant: TenantId, person_id: str) -> str:
    """The officer's visits, apart from their to-do entries, so that the day page reads nothing else."""
    return keys.work_of(tenant, f"{person_id}.visits")


def visit_ref(visit_id: str) -> Ref:
    return Ref(kind=Visit.KIND, id=visit_id)


class Visits(Repository[Visit]):
    """Index 1: visits of a plan in ticket order. Index 2: visits of a subject by date."""

    model = Visit

    def placement(self, tenant: TenantId, record: Visit) -> Placement:
        day = record.scheduled_on.isoformat() if record.scheduled_on else "9999"
        return Placement(
            index1=(keys.listing(tenant, "visit", record.plan_id), f"{record.order:06d}#{record.id}"),
            index2=(keys.listing(tenant, "visit_of_subject", record.subject.subject_id), f"{day}#{record.id}"),
        )

    def of_plan(self, tenant: TenantId, plan_id: str) -> list[Visit]:
        """Every visit of a plan, in ticket order."""
        return list(self.all(1, keys.listing(tenant, "visit", plan_id)))

    def page_of_plan(
        self, tenant: TenantId, plan_id: str, after: Position | None = None, limit: int = 25
    ) -> Page[Visit]:
        return self.page(1, keys.listing(tenant, "visit", plan_id), after=after, limit=limit)

    def of_subject(self, tenant: TenantId, subject_id: str) -> list[Visit]:
        """Every visit of a subject, oldest first."""
        return list(self.all(2, keys.listing(tenant, "visit_of_subject", subject_id)))


class VisitMembers(Repository[VisitMember]):
    """Index 3: the officer's work, by scheduled moment; a visit that has ended leaves it."""

    model = VisitMember

    def placement(self, tenant: TenantId, record: VisitMember) -> Placement:
        if not record.is_open:
            return Placement()
        sort = keys.work_sort(record.starts_at, record.parent_ref)
        return Placement(index3=(_work(tenant, record.id), sort))

    def of_visit(self, tenant: TenantId, visit_id: str) -> list[VisitMember]:
        return self.children(tenant, visit_ref(visit_id))

    def work_of(self, tenant: TenantId, person_id: str, limit: int = 100) -> list[VisitMember]:
        """The officer's open visits, earliest first: one query."""
        return self.page(3, _work(tenant, person_id), limit=limit).records


class VisitAnswers(Repository[VisitAnswer]):
    model = VisitAnswer

    def of_visit(self, tenant: TenantId, visit_id: str) -> dict[str, VisitAnswer]:
        """The answers by question key: one query."""
        return {answer.id: answer for answer in self.children(tenant, visit_ref(visit_id))}

    def find_of(self, tenant: TenantId, visit_id: str, question_key: str) -> VisitAnswer | None:
        return self.find_child(tenant, visit_ref(visit_id), question_key)


class BodyConclusions(Repository[BodyConclusion]):
    model = BodyConclusion

    def of_visit(self, tenant: TenantId, visit_id: str) -> list[BodyConclusion]:
        """Every acting body's word on every item of its own: one query."""
        return self.children(tenant, visit_ref(visit_id))
