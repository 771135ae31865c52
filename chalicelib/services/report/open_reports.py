"""The clock's work on periodic reports in one tenant: what is expected once a period is over, and what came too late.

A period is opened once, by the newest edition, while its term still runs: nobody is late for a period that was over
before the scenario was in use. Bounded work per tick; the rest is done by the next.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from itertools import islice

from chalicelib.contract.registry import registry
from chalicelib.domain.act import Act
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.event import EventType
from chalicelib.domain.periodic_report import PeriodicReport, ReportState
from chalicelib.domain.report_form import ReportForm
from chalicelib.domain.report_period import ReportPeriod
from chalicelib.domain.subject import Subject, SubjectStatus
from chalicelib.domain.tenancy import Actor, TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.services.report.submit_report import Asked, new_report
from chalicelib.services.scenario.read_edition import Edition, editions_of
from chalicelib.storage.store import Store

CLOCK = "clock"
SWEEP = "reports"
MOST_A_TICK = 400
"""Reports opened or noted as overdue in one tick of the schedule."""
_BATCH = 100
_REPORTING = (SubjectStatus.ACTIVE, SubjectStatus.SUSPENDED)


@dataclass
class _Left:
    """What this tick may still do."""

    writes: int = MOST_A_TICK

    @property
    def is_spent(self) -> bool:
        return self.writes <= 0


def sweep_reports(store: Store, tenant: TenantId, now: datetime) -> int:
    """How many reports were opened or noted as overdue. Looks once a day; taken again on that day it does nothing."""
    if store.sweeps.was_today(tenant, SWEEP, now):
        return 0
    left = _Left()
    record = store.tenants.find(tenant, tenant)
    names = [one for one in (record.scenarios if record else ()) if registry().holds(one)]
    with_forms = [one for one in names if registry().get(one).evaluation.reports]
    for edition in editions_of(store, tenant, with_forms):
        for form in edition.scenario.evaluation.reports:
            _open_last(store, tenant, now, edition, form, left)
            _note_overdue(store, tenant, now, edition, form, left)
    if not left.is_spent:
        store.sweeps.note(tenant, now, SWEEP)
    return MOST_A_TICK - left.writes


def _open_last(store: Store, tenant: TenantId, now: datetime, edition: Edition, form: ReportForm, left: _Left) -> None:
    period = ReportPeriod.last_ended(form.cadence, shanghai_date(now))
    mark = f"{SWEEP}.{edition.package.name}.{form.id}.{period.code}"
    if left.is_spent or store.sweeps.swept_to(tenant, mark) is not None:
        return
    place = store.sweeps.reached(tenant, f"{mark}.at")
    members = store.members.of_scenario(tenant, edition.package.name, beyond=place)
    while batch := list(islice(members, _BATCH)):
        subjects = store.subjects.find_many(tenant, [one.subject_id for one in batch], is_listed=True).values()
        open_period(store, tenant, now, edition, form, period, subjects, left)
        if left.is_spent:
            if place:
                store.sweeps.note_reached(tenant, f"{mark}.at", place)
            return
        place = store.members.place_of(batch[-1])
    store.sweeps.note(tenant, now, mark)


def open_period(
    store: Store,
    tenant: TenantId,
    now: datetime,
    edition: Edition,
    form: ReportForm,
    period: ReportPeriod,
    subjects: Iterable[Subject],
    left: _Left | None = None,
) -> None:
    """Expect the report of each of these subjects that has the duty and has not reported."""
    left = left or _Left()
    wanted = [
        Asked(subject, edition, form, period)
        for subject in subjects
        if subject.status in _REPORTING and form.duty_of(subject.kind.value, subject.attributes(edition.package.name))
    ]
    known = store.periodic_reports.find_many(tenant, [id for one in wanted for id in one.ids_of(period)])
    missing = [new_report(one) for one in wanted if known.keys().isdisjoint(one.ids_of(period))]
    for report in [one for one in missing if one.due_at is None or one.due_at > now][: left.writes]:
        act = Act(actor=Actor.system(tenant, CLOCK), at=now, key=f"report.{report.id}")
        _keep(store, tenant, act, report, EventType.REPORT_EXPECTED)
        left.writes -= 1


def _note_overdue(
    store: Store, tenant: TenantId, now: datetime, edition: Edition, form: ReportForm, left: _Left
) -> None:
    """Of the last three periods; an older one that is still expected was noted before."""
    period = ReportPeriod.last_ended(form.cadence, shanghai_date(now))
    for _ in range(3):
        note_overdue(store, tenant, now, edition.package.name, form.id, period.code, left)
        period = period.previous


def note_overdue(
    store: Store, tenant: TenantId, now: datetime, scenario: str, form_id: str, period: str, left: _Left | None = None
) -> None:
    """Every expected report of the period whose term is over, of subjects that are still there to report."""
    left = left or _Left()
    after = None
    while not left.is_spent:
        page = store.periodic_reports.of_period(
            tenant, scenario, form_id, period, state=ReportState.EXPECTED, after=after, limit=_BATCH
        )
        late = [one for one in page.records if one.due_at is not None and one.due_at < now]
        subjects = store.subjects.find_many(tenant, [one.subject_id for one in late], is_listed=True)
        there = [one for one in late if _reports(store, tenant, subjects.get(one.subject_id), scenario)]
        for report in there[: left.writes]:
            act = Act(actor=Actor.system(tenant, CLOCK), at=now, key=f"report.overdue.{report.id}")
            overdue = report.with_changes(state=ReportState.OVERDUE, overdue_at=now)
            _keep(store, tenant, act, overdue, EventType.REPORT_OVERDUE_NOTED)
            left.writes -= 1
        after = page.next
        if after is None:
            return


def _reports(store: Store, tenant: TenantId, subject: Subject | None, scenario: str) -> bool:
    """A duplicate reports as the subject that it was merged into; one that left the scenario reports no more."""
    if subject is not None and subject.merged_into:
        subject = store.subjects.find_current(tenant, subject.merged_into)
    return subject is not None and subject.status in _REPORTING and subject.membership(scenario) is not None


@idempotent
def _keep(store: Store, tenant: TenantId, act: Act, report: PeriodicReport, kind: EventType) -> PeriodicReport:
    with store.change(tenant, act) as change:
        change.save(report)
        data = {"subject_id": report.subject_id, "scenario": report.scenario}
        change.event(kind, report, data | {"form_id": report.form_id, "period": report.period})
    return report
