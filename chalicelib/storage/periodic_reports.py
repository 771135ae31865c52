"""Periodic reports: of a subject, and of a form and period by state for the whole tenant and for a county."""

from collections.abc import Iterable, Sequence

from chalicelib.domain.division import county_of
from chalicelib.domain.periodic_report import PeriodicReport, ReportState
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.repository import Page, Placement, Position, Repository


class PeriodicReports(Repository[PeriodicReport]):
    """Index 1: of a subject by period. Index 2: of a form and period, by state and name. Index 3: that of a county."""

    model = PeriodicReport

    def placement(self, tenant: TenantId, record: PeriodicReport) -> Placement:
        sort = f"{record.state.value}#{record.subject_name[:60]}#{record.id}"
        place = (record.scenario, record.form_id, record.period)
        county = county_of(record.division)
        return Placement(
            index1=(keys.listing(tenant, "report", record.subject_id), f"{record.period}#{record.id}"),
            index2=(keys.listing(tenant, "report_of", *place), sort),
            index3=(keys.listing(tenant, "report_in", county, *place), sort) if county else None,
        )

    def of_subject(self, tenant: TenantId, subject_id: str, limit: int = 100) -> list[PeriodicReport]:
        """The newest periods first: one query."""
        partition = keys.listing(tenant, "report", subject_id)
        return self.page(1, partition, limit=limit, is_descending=True).records

    def of_subjects(self, tenant: TenantId, subject_ids: Iterable[str]) -> list[PeriodicReport]:
        """Of several identifiers, as of one subject before and after merges: the newest periods first, within a period
        in the order of the identifiers. One query for each."""
        found = [one for id in subject_ids for one in self.of_subject(tenant, id)]
        return sorted(found, key=lambda one: one.period, reverse=True)

    def first_of(self, tenant: TenantId, *wanted: Sequence[str]) -> list[PeriodicReport | None]:
        """Of each list of identifiers the first that is there and was not merged into another: one read for all."""
        found = self.find_many(tenant, [id for ids in wanted for id in ids])
        there = {id: one for id, one in found.items() if one.state is not ReportState.MERGED}
        return [next((there[id] for id in ids if id in there), None) for ids in wanted]

    def of_period(
        self,
        tenant: TenantId,
        scenario: str,
        form_id: str,
        period: str,
        *,
        state: ReportState | None = None,
        division: str | None = None,
        after: Position | None = None,
        limit: int = 25,
    ) -> Page[PeriodicReport]:
        """One page by state and name, of the tenant or of the county in which `division` lies: one query."""
        county = county_of(division) if division else None
        place = (scenario, form_id, period)
        partition = keys.listing(tenant, "report_of", *place)
        if county:
            partition = keys.listing(tenant, "report_in", county, *place)
        prefix = f"{state.value}#" if state else ""
        return self.page(3 if county else 2, partition, prefix=prefix, after=after, limit=limit)
