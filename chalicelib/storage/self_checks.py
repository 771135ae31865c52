"""Self-checks of subjects with their answers."""

from chalicelib.domain.record import timestamp
from chalicelib.domain.self_check import SelfCheck, SelfCheckAnswer
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.repository import Page, Placement, Position, Repository


class SelfChecks(Repository[SelfCheck]):
    """Index 1: of a subject, newest first. Index 2: those of a subject that are shared now, which is all that an
    official's list reads."""

    model = SelfCheck

    def placement(self, tenant: TenantId, record: SelfCheck) -> Placement:
        sort = f"{timestamp(record.started_at)}#{record.id}"
        shared = (keys.listing(tenant, "self_check_shared", record.subject_id), sort)
        return Placement(
            index1=(keys.listing(tenant, "self_check", record.subject_id), sort),
            index2=shared if record.is_shared else None,
        )

    def of_subject(
        self, tenant: TenantId, subject_id: str, *, after: Position | None = None, limit: int = 50
    ) -> Page[SelfCheck]:
        partition = keys.listing(tenant, "self_check", subject_id)
        return self.page(1, partition, after=after, limit=limit, is_descending=True)

    def shared_of_subject(self, tenant: TenantId, subject_id: str, limit: int = 50) -> list[SelfCheck]:
        """The newest that the subject shares now: one query."""
        partition = keys.listing(tenant, "self_check_shared", subject_id)
        return self.page(2, partition, limit=limit, is_descending=True).records


class SelfCheckAnswers(Repository[SelfCheckAnswer]):
    model = SelfCheckAnswer

    def of_check(self, tenant: TenantId, check: SelfCheck) -> dict[str, SelfCheckAnswer]:
        """The answers by question key: one query."""
        return {one.id: one for one in self.children(tenant, check.ref)}
