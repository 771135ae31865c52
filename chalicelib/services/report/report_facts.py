"""What the periodic reports of a subject tell its evaluation: measures with the report they come from, and reports
that did not come in time."""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta

from chalicelib.contract.exchange import ReportedFigures
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.evaluation import CreditEvent
from chalicelib.domain.item import Answer
from chalicelib.domain.periodic_report import REPORT_OVERDUE, PeriodicReport, ReportVersion, report_source
from chalicelib.domain.report_form import ReportForm
from chalicelib.domain.report_period import ReportPeriod

PAST = timedelta(days=460)
"""How old the end of a period may be whose report still tells how a subject stands: a year, and time to report."""


def reported_figures(
    forms: Iterable[ReportForm], reports: Iterable[PeriodicReport], today: date
) -> tuple[ReportedFigures, ...]:
    """Of each form the newest report that counts, the newest period first."""
    counted: dict[tuple[str, str], tuple[PeriodicReport, ReportVersion]] = {
        (one.form_id, one.period): (one, one.current) for one in reports if one.current is not None
    }
    found: list[tuple[date, ReportedFigures]] = []
    for form in forms:
        periods = [period for id, code in counted if id == form.id and (period := ReportPeriod.read(code))]
        newest = max(periods, default=None, key=lambda one: one.last_day)
        if newest is None or newest.last_day + PAST < today:
            continue
        report, version = counted[form.id, newest.code]
        before = counted.get((form.id, newest.previous.code))
        figures = figures_of(form, report, version, before[1] if before else None)
        found.append((newest.last_day, figures))
    return tuple(figures for _, figures in sorted(found, key=lambda one: one[0], reverse=True))


def figures_of(
    form: ReportForm, report: PeriodicReport, version: ReportVersion, before: ReportVersion | None
) -> ReportedFigures:
    """What a version tells, with what counts of the period before."""
    return ReportedFigures(
        source=report_source(report.id),
        reported_on=shanghai_date(version.submitted_at),
        measures=form.measures(version.values, before.values if before else {}),
    )


def measures_of(
    reports: Iterable[ReportedFigures], answers: Mapping[str, Answer], inspected_on: date | None
) -> dict[str, int]:
    """Every measure, that of the newest period where two forms tell it. What an inspection found after the report came
    is what counts instead."""
    measures: dict[str, int] = {}
    for report in reports:
        is_older = inspected_on is not None and report.reported_on < inspected_on
        for name, value in report.measures.items():
            answer = answers.get(name)
            if not (is_older and answer is not None and answer.number is not None):
                measures.setdefault(name, value)
    return measures


def overdue_events(reports: Iterable[PeriodicReport]) -> tuple[CreditEvent, ...]:
    """One for each report that did not come in time; what came at last ends it on that day."""
    return tuple(
        CreditEvent(
            event_id=one.id,
            kind=REPORT_OVERDUE,
            occurred_on=shanghai_date(one.overdue_at),
            restored_on=shanghai_date(one.versions[0].submitted_at) if one.versions else None,
            source=report_source(one.id),
        )
        for one in reports
        if one.overdue_at is not None
    )
