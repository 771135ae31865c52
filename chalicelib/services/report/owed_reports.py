"""What a subject has to report now: the last period of each of its forms, and what was returned or is overdue."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from chalicelib.contract.registry import registry
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.periodic_report import PeriodicReport, ReportState
from chalicelib.domain.report_period import ReportPeriod
from chalicelib.domain.subject import Subject
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.report.submit_report import Asked, new_report
from chalicelib.services.scenario.read_edition import editions_of
from chalicelib.storage.store import Store


@dataclass(frozen=True)
class OwedReport:
    """is_opened: whether it is on record, so that somebody waits for it; else it only can be reported."""

    report: PeriodicReport
    is_opened: bool


def owed_reports(
    store: Store, tenant: TenantId, subject: Subject, reports: Iterable[PeriodicReport], now: datetime
) -> list[OwedReport]:
    """The most pressing first; `reports` are all that are on record of the subject. One query."""
    known = {one.asked: one for one in reports if one.state is not ReportState.MERGED}
    owed = [one for one in known.values() if one.is_owed and subject.membership(one.scenario)]
    new: dict[tuple[str, str, str], PeriodicReport] = {}
    names = [one.scenario for one in subject.memberships if registry().holds(one.scenario)]
    with_forms = [one for one in names if registry().get(one).evaluation.reports]
    for edition in editions_of(store, tenant, with_forms) if with_forms else ():
        for form in edition.scenario.evaluation.reports:
            period = ReportPeriod.last_ended(form.cadence, shanghai_date(now))
            key = (edition.package.name, form.id, period.code)
            if key not in known and form.duty_of(subject.kind.value, subject.attributes(edition.package.name)):
                new[key] = new_report(Asked(subject, edition, form, period))
    found = [OwedReport(one, True) for one in owed] + [OwedReport(one, False) for one in new.values()]
    return sorted(found, key=lambda one: (not one.is_opened, str(one.report.due_at or "9999"), one.report.id))
