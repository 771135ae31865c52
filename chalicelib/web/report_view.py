"""One periodic report as its page shows it: values beside those before, what they come to, every version and return."""

from typing import Any

from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.periodic_report import PeriodicReport, ReportState, ReportVersion
from chalicelib.services.report.report_indicators import indicators_of, previous_report
from chalicelib.services.scenario.read_edition import edition_in_force
from chalicelib.web.i18n import current_locale
from chalicelib.web.report_words import form_label, period_words, report_row, value_rows
from chalicelib.web.request import WebRequest


def report_view(request: WebRequest, report: PeriodicReport, *, has_indicators: bool) -> dict[str, Any]:
    """Context of pages/reports/show.html. has_indicators: with what the figures come to, for who receives them."""
    store, tenant = request.store, request.tenant
    subject = store.subjects.find_current(tenant, report.subject_id)
    before = previous_report(store, tenant, report, subject)
    people = store.people.find_many(tenant, _people(report), is_listed=True)
    earlier = before.current.values if before and before.current else {}
    rows: list[dict[str, str]] = []
    readings: list[dict[str, Any]] = []
    try:
        edition = edition_in_force(store, tenant, report.scenario)
    except RecordNotFoundError:
        edition = None
    form = edition.scenario.in_language(current_locale()).evaluation.report_form(report.form_id) if edition else None
    if form is not None and report.latest is not None:
        rows = value_rows(form, report.latest.values, earlier)
    if form is not None and edition is not None and has_indicators:
        names = {one.id: one for one in edition.scenario.in_language(current_locale()).evaluation.indicators}
        found = indicators_of(tenant, request.act(), edition, form, subject, report, before, current_locale())
        readings = [
            {"reading": one, "indicator": names[one.indicator_id]} for one in found if one.indicator_id in names
        ]
    return {
        "report": report,
        "row": report_row(request, report),
        "subject": subject,
        "form_label": form.label if form else form_label(report.scenario, report.form_id),
        "rows": rows,
        "has_before": bool(earlier),
        "before_words": period_words(before.period) if before else "",
        "readings": readings,
        "versions": [
            {
                "version": one,
                "by": people.get(one.submitted_by),
                "returns": _returns(report, one.number),
                "sheet_url": _sheet_url(request, one),
            }
            for one in reversed(report.versions)
        ],
        "people": people,
        "is_returned": report.state is ReportState.RETURNED,
        "filing": f"scenario={report.scenario}&form_id={report.form_id}&period={report.period}",
    }


def _sheet_url(request: WebRequest, version: ReportVersion) -> str:
    """Where whoever entered it from a sheet of many finds the sheet again; it tells of other subjects, too."""
    is_own = version.submitted_by == request.actor.person_id
    return f"/console/reports/sheets/{version.sheet_id}" if version.sheet_id and is_own else ""


def _people(report: PeriodicReport) -> list[str]:
    return [one.submitted_by for one in report.versions] + [one.returned_by for one in report.returns]


def _returns(report: PeriodicReport, number: int) -> list[Any]:
    return [one for one in report.returns if one.number == number]
