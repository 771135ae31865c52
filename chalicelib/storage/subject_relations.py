"""What is kept beside subjects: their relations, and the merges and splits that made them what they are."""

from collections.abc import Iterable

from chalicelib.domain.record import Ref
from chalicelib.domain.subject import Subject
from chalicelib.domain.subject_regrouping import SubjectRegrouping
from chalicelib.domain.subject_relation import SubjectRelation
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage.errors import translated
from chalicelib.storage.repository import Repository
from chalicelib.storage.table import RecordItem


class SubjectRelations(Repository[SubjectRelation]):
    """Both directions lie in the subject's own partition."""

    model = SubjectRelation

    def of_subject(self, tenant: TenantId, subject_id: str) -> list[SubjectRelation]:
        return self.children(tenant, Ref(kind=Subject.KIND, id=subject_id))

    def held(self, tenant: TenantId, ends: Iterable[SubjectRelation]) -> dict[str, SubjectRelation]:
        """Those of these ends that are there, by `place`: a hundred a call."""
        wanted = {place(end): self.key(tenant, end) for end in ends}
        if not wanted:
            return {}
        with translated():
            found = list(RecordItem.batch_get([tuple(key) for key in wanted.values()], consistent_read=True))
        return {place(one): one for item in found for one in (self.load(item),)}


def place(end: SubjectRelation) -> str:
    """Names one end among all of a tenant."""
    return f"{end.subject_id}#{end.id}"


class SubjectRegroupings(Repository[SubjectRegrouping]):
    model = SubjectRegrouping

    def of_subject(self, tenant: TenantId, subject_id: str) -> list[SubjectRegrouping]:
        """Of the subject that stayed, newest first."""
        found = self.children(tenant, Ref(kind=Subject.KIND, id=subject_id))
        return sorted(found, key=lambda one: one.done_at, reverse=True)
