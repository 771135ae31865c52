"""Officials enter the paper that a subject handed in, beside the card of a subject's reports."""

from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.periodic_report import PeriodicReport
from chalicelib.domain.subject import Subject
from chalicelib.services.report.owed_reports import OwedReport, owed_reports
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.i18n import gettext
from chalicelib.web.report_filing import asked_for, file_report, filing_page
from chalicelib.web.report_words import report_row
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.subject_view import SUBJECT, read_subject

blueprint = Blueprint(__name__)

_OF_SUBJECT = "/console/subjects/{subject_id}/reports"
_ON_CARD = 6


def report_card(request: WebRequest, subject: Subject) -> dict[str, Any] | None:
    """What the subject's page shows; None for who may read none of it, and where nothing is reported."""
    if not subject.memberships or not allowed(request.actor, Permission.REPORT_READ):
        return None
    found = _reports(request, subject)
    shown = [one for one in found if allowed(request.actor, Permission.REPORT_READ, one.resource)][:_ON_CARD]
    owed = _owed(request, subject, found)
    if not shown and not owed:
        return None
    return {
        "rows": [report_row(request, one) for one in shown],
        "new": [report_row(request, one.report) for one in owed if not one.is_opened],
    }


def _reports(request: WebRequest, subject: Subject) -> list[PeriodicReport]:
    """One query for each identifier of the subject."""
    return request.store.periodic_reports.of_subjects(request.tenant, subject.all_ids)


def _owed(request: WebRequest, subject: Subject, found: list[PeriodicReport]) -> list[OwedReport]:
    """What this person may enter for the subject now."""
    if subject.is_tombstone:
        return []
    owed = owed_reports(request.store, request.tenant, subject, found, request.now)
    return [one for one in owed if allowed(request.actor, Permission.REPORT_ENTER, one.report.resource)]


@route(blueprint, f"{_OF_SUBJECT}/new", permission=Permission.REPORT_ENTER, resource=SUBJECT)
def new_entry(request: WebRequest, subject_id: str) -> Answer:
    """The form that the query names; without one, what the subject has to report."""
    if "form_id" in request.query:
        return _form(request, subject_id)
    subject = read_subject(request, subject_id, Permission.REPORT_ENTER)
    owed = _owed(request, subject, _reports(request, subject))
    choices = [report_row(request, one.report) for one in owed]
    url = f"/console/subjects/{subject.id}"
    return page(request, "pages/reports/choose.html", subject=subject, url=url, choices=choices)


@route(
    blueprint,
    _OF_SUBJECT,
    methods=("POST",),
    permission=Permission.REPORT_ENTER,
    resource=SUBJECT,
    sample_body={"scenario": "refined_oil", "form_id": "fuel_month", "period": "2026-M10"},
)
def post_entry(request: WebRequest, subject_id: str) -> Answer:
    asked = asked_for(request, subject_id, request.form)
    try:
        report = file_report(request, asked)
    except InvalidInputError as error:
        return _form(request, subject_id, error)
    return see_other(f"/console/reports/{report.id}", gettext("已录入，原件的哈希已存证"))


def _form(request: WebRequest, subject_id: str, error: InvalidInputError | None = None) -> Answer:
    sent = request.form if error else None
    asked = asked_for(request, subject_id, sent or request.query)
    url = f"/console/subjects/{asked.subject.id}"
    return filing_page(request, asked, url=f"{url}/reports", back=(asked.subject.name, url), sent=sent, error=error)
