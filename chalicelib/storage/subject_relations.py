"""What is kept beside subjects: their relations, and the merges and splits that made them what they are."""

from chalicelib.domain.record import Ref
from chalicelib.domain.subject import Subject
from chalicelib.domain.subject_regrouping import SubjectRegrouping
from chalicelib.domain.subject_relation import SubjectRelation
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage.repository import Repository


class SubjectRelations(Repository[SubjectRelation]):
    """Both directions lie in the subject's own partition."""

    model = SubjectRelation

    def of_subject(self, tenant: TenantId, subject_id: str) -> list[SubjectRelation]:
        return self.children(tenant, Ref(kind=Subject.KIND, id=subject_id))


class SubjectRegroupings(Repository[SubjectRegrouping]):
    model = SubjectRegrouping

    def of_subject(self, tenant: TenantId, subject_id: str) -> list[SubjectRegrouping]:
        """Of the subject that stayed, newest first."""
        found = self.children(tenant, Ref(kind=Subject.KIND, id=subject_id))
        return sorted(found, key=lambda one: one.done_at, reverse=True)
