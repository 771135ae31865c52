"""Results of visits, and their public projections."""

from datetime import date

from chalicelib.domain.inspection_result import InspectionResult
from chalicelib.domain.public_result import PublicName, PublicResult
from chalicelib.domain.record import Ref
from chalicelib.domain.subject import Subject
from chalicelib.domain.subject_evaluation import SubjectEvaluation
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.repository import Page, Placement, Position, Repository


class Results(Repository[InspectionResult]):
    """Index 1: a plan's results in ticket order. Index 2: a subject's, by day of inspection. Index 3: all of one state,
    by deadline."""

    model = InspectionResult

    def placement(self, tenant: TenantId, record: InspectionResult) -> Placement:
        subject = record.subject.subject_id
        return Placement(
            index1=(keys.listing(tenant, "result", record.plan_id), f"{record.draw_order:06d}#{record.id}"),
            index2=(
                keys.listing(tenant, "result_of_subject", subject),
                f"{record.inspected_on.isoformat()}#{record.id}",
            ),
            index3=(keys.listing(tenant, "result_state", record.state), keys.work_sort(record.due_at, record.ref)),
        )

    def in_state(
        self, tenant: TenantId, state: str, after: Position | None = None, limit: int = 25
    ) -> Page[InspectionResult]:
        """Results of all plans that rest in this state, the most urgent first."""
        return self.page(3, keys.listing(tenant, "result_state", state), after=after, limit=limit)

    def of_plan(self, tenant: TenantId, plan_id: str) -> list[InspectionResult]:
        return list(self.all(1, keys.listing(tenant, "result", plan_id)))

    def page_of_plan(
        self, tenant: TenantId, plan_id: str, after: Position | None = None, limit: int = 25
    ) -> Page[InspectionResult]:
        return self.page(1, keys.listing(tenant, "result", plan_id), after=after, limit=limit)

    def of_subject(self, tenant: TenantId, subject_id: str) -> list[InspectionResult]:
        """A subject's results, oldest inspection first."""
        return list(self.all(2, keys.listing(tenant, "result_of_subject", subject_id)))


class PublicResults(Repository[PublicResult]):
    """Index 1: a subject's published results by day. Index 2: the tenant's newest, by day of publication."""

    model = PublicResult

    def placement(self, tenant: TenantId, record: PublicResult) -> Placement:
        return Placement(
            index1=(
                keys.public_listing(tenant, "result", record.subject_id),
                f"{record.inspected_on.isoformat()}#{record.id}",
            ),
            index2=(keys.public_listing(tenant, "newest"), f"{record.published_at.isoformat()}#{record.id}"),
        )

    def of_subject(self, tenant: TenantId, subject_id: str, limit: int = 20) -> list[PublicResult]:
        """Newest inspection first."""
        partition = keys.public_listing(tenant, "result", subject_id)
        return self.page(1, partition, limit=limit, is_descending=True).records

    def newest(self, tenant: TenantId, after: Position | None = None, limit: int = 20) -> Page[PublicResult]:
        return self.page(2, keys.public_listing(tenant, "newest"), after=after, limit=limit, is_descending=True)


class PublicNames(Repository[PublicName]):
    """Index 1: partitions by the first two characters, sorted by the text (access pattern 5)."""

    model = PublicName

    def placement(self, tenant: TenantId, record: PublicName) -> Placement:
        return Placement(index1=(_names(tenant, record.text), f"{record.text}#{record.subject_id}"))

    def of_subject(self, tenant: TenantId, subject_id: str) -> list[PublicName]:
        return self.children(tenant, Ref(kind="public_subject", id=subject_id))

    def starting(self, tenant: TenantId, text: str, limit: int = 50) -> list[PublicName]:
        """Entries whose text begins with this `search_text`, each subject once. It has at least two characters."""
        if len(text) < 2:
            return []
        found = self.page(1, _names(tenant, text), prefix=text, limit=limit).records
        return list({entry.subject_id: entry for entry in found}.values())


class SubjectEvaluations(Repository[SubjectEvaluation]):
    """One per subject and scenario, beside the subject. Index 1: those that hold until one day."""

    model = SubjectEvaluation

    def placement(self, tenant: TenantId, record: SubjectEvaluation) -> Placement:
        return Placement(index1=(_ending(tenant, record.result.expires_on), f"{record.subject_id}#{record.id}"))

    def of_subject(self, tenant: TenantId, subject_id: str) -> list[SubjectEvaluation]:
        return self.children(tenant, Ref(kind=Subject.KIND, id=subject_id))

    def ending_on(
        self, tenant: TenantId, day: date, *, after: Position | None = None, limit: int = 100
    ) -> Page[SubjectEvaluation]:
        """A page of those that hold no longer from this day on: one query."""
        return self.page(1, _ending(tenant, day), after=after, limit=limit)


def _ending(tenant: TenantId, day: date) -> str:
    return keys.listing(tenant, "evaluation_ending", day.isoformat())


def _names(tenant: TenantId, text: str) -> str:
    return keys.public_listing(tenant, "name", text[:2])
