"""Self-checks of subjects with their answers."""

from chalicelib.domain.division import county_of
from chalicelib.domain.record import timestamp
from chalicelib.domain.self_check import SelfCheck, SelfCheckAnswer
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.repository import Page, Placement, Position, Repository


class SelfChecks(Repository[SelfCheck]):
    """Index 1: of a subject, by when it began. Only those that are shared now, by when that was: index 2 of a county,
    index 3 of the tenant."""

    model = SelfCheck

    def placement(self, tenant: TenantId, record: SelfCheck) -> Placement:
        began = (keys.listing(tenant, "self_check", record.subject_id), f"{timestamp(record.started_at)}#{record.id}")
        if record.shared_at is None:
            return Placement(index1=began)
        sort, county = f"{timestamp(record.shared_at)}#{record.id}", county_of(record.division)
        return Placement(
            index1=began,
            index2=(keys.listing(tenant, "self_check_shared_in", county), sort) if county else None,
            index3=(keys.listing(tenant, "self_check_shared"), sort),
        )

    def of_subject(
        self, tenant: TenantId, subject_id: str, *, after: Position | None = None, limit: int = 50
    ) -> Page[SelfCheck]:
        partition = keys.listing(tenant, "self_check", subject_id)
        return self.page(1, partition, after=after, limit=limit, is_descending=True)

    def shared_of_subject(self, tenant: TenantId, subject_id: str, limit: int = 50) -> list[SelfCheck]:
        """The newest that the subject shares now, of its last 600 (a daily check of more than a year and a half): one
        query where it has done no more than 200."""
        found: list[SelfCheck] = []
        after: Position | None = None
        for _ in range(3):
            page = self.of_subject(tenant, subject_id, after=after, limit=200)
            found += [one for one in page.records if one.is_shared]
            after = page.next
            if after is None or len(found) >= limit:
                break
        return found[:limit]

    def shared(
        self,
        tenant: TenantId,
        county: str | None = None,
        *,
        after: Position | None = None,
        limit: int = 50,
        is_descending: bool = True,
    ) -> Page[SelfCheck]:
        """What the subjects of the tenant, or of a county, share now: one query."""
        if county:
            partition, index = keys.listing(tenant, "self_check_shared_in", county), 2
        else:
            partition, index = keys.listing(tenant, "self_check_shared"), 3
        return self.page(index, partition, after=after, limit=limit, is_descending=is_descending)


class SelfCheckAnswers(Repository[SelfCheckAnswer]):
    model = SelfCheckAnswer

    def of_check(self, tenant: TenantId, check: SelfCheck) -> dict[str, SelfCheckAnswer]:
        """The answers by question key: one query."""
        return {one.id: one for one in self.children(tenant, check.ref)}
