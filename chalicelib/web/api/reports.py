"""Periodic reports over the API: of a form and period, of a subject, one with every version; submit and return."""

from datetime import datetime
from typing import Any

from chalice import Blueprint
from pydantic import Field

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.label import Code
from chalicelib.domain.periodic_report import PeriodicReport, ReportReturn, ReportState, ReportVersion
from chalicelib.services.report.return_report import return_report
from chalicelib.services.report.submit_report import ReportDraft, submit_report
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Body, Listed, ListQuery, Shown, listed
from chalicelib.web.cursors import open_cursor
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.subject_view import SUBJECT, read_subject

blueprint = Blueprint(__name__)

_BASE = f"{PREFIX}/reports"
_ONE = _BASE + "/{report_id}"
_REPORT = (PeriodicReport.KIND, "report_id")
_SAMPLE = {"scenario": "refined_oil", "form_id": "fuel_month", "period": "2026-M10", "values": {}}


class ReportQuery(ListQuery):
    """scenario and form_id: of a package; period: 2026, 2026-Q3 or 2026-M09."""

    scenario: str = Field(min_length=1, max_length=64)
    form_id: str = Field(min_length=1, max_length=64)
    period: str = Field(pattern=r"^20\d{2}(-[QM]\d{1,2})?$")
    state: ReportState | None = None


class PeriodicReportAnswer(Shown):
    """One subject × form × period. versions: oldest first, the last counts unless it is returned; their values are
    whole numbers in 10^-decimals of the field's unit (fen of an amount in yuan). due_at: null while it cannot be
    counted."""

    id: str
    version: int
    subject_id: str
    subject_name: str
    division: str
    scenario: str
    form_id: str
    period: str
    received_by: str
    state: ReportState
    due_at: datetime | None
    overdue_at: datetime | None
    versions: list[ReportVersion]
    returns: list[ReportReturn]


class PeriodicReportBody(Body):
    """values: by field id, whole numbers in 10^-decimals of the field's unit. reason: of a correction. is_confirmed:
    values far from those of the period before are right. paper_sha256: of the paper, by who is not of the subject."""

    scenario: Code
    form_id: Code
    period: str = Field(min_length=4, max_length=10)
    values: dict[str, int] = Field(max_length=60)
    reason: str = Field(default="", max_length=500)
    is_confirmed: bool = False
    paper_sha256: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")


class ReportReturnBody(Body):
    """reason: what does not agree with what."""

    reason: str = Field(min_length=1, max_length=500)


def _shown(one: PeriodicReport) -> dict[str, Any]:
    return one.model_dump(mode="json") | {"version": one.version}


@route(
    blueprint,
    _BASE,
    permission=Permission.REPORT_READ,
    query=ReportQuery,
    answers=Listed[PeriodicReportAnswer],
)
def list_reports(request: WebRequest) -> Answer:
    """Of one form and period, by state and name; `state=overdue` lists who has not reported in time."""
    asked = request.asked(ReportQuery)
    found = request.store.periodic_reports.of_period(
        request.tenant,
        asked.scenario,
        asked.form_id,
        asked.period,
        state=asked.state,
        division=request.actor.division,
        after=open_cursor(request),
        limit=asked.limit,
    )
    mine = [_shown(one) for one in found.records if allowed(request.actor, Permission.REPORT_READ, one.resource)]
    return listed(request, mine, found.next)


@route(blueprint, _ONE, permission=Permission.REPORT_READ, resource=_REPORT, answers=PeriodicReportAnswer)
def show_report(request: WebRequest, report_id: str) -> Answer:
    """With every version and return."""
    report = request.store.periodic_reports.get(request.tenant, report_id)
    return json_answer(_shown(report), etag=report.version)


@route(
    blueprint,
    f"{_ONE}/return",
    methods=("POST",),
    permission=Permission.REPORT_RETURN,
    resource=_REPORT,
    body=ReportReturnBody,
    answers=PeriodicReportAnswer,
    sample_body={"reason": "和对账单不一致"},
)
def post_return(request: WebRequest, report_id: str) -> Answer:
    """Return what counts; the subject's people are told and the figures no longer count."""
    body = request.model(ReportReturnBody)
    report = return_report(request.store, request.tenant, request.act(), report_id=report_id, reason=body.reason)
    return json_answer(_shown(report), etag=report.version)


_OF_SUBJECT = f"{PREFIX}/subjects/{{subject_id}}/reports"
_ENTRIES = f"{PREFIX}/subjects/{{subject_id}}/report-entries"


@route(
    blueprint,
    _OF_SUBJECT,
    permission=Permission.REPORT_SUBMIT,
    resource=SUBJECT,
    answers=Listed[PeriodicReportAnswer],
)
def list_own_reports(request: WebRequest, subject_id: str) -> Answer:
    """Of the caller's own subject: the newest periods first, the last 100 of each of its identifiers."""
    return _listed(request, subject_id, Permission.REPORT_SUBMIT)


@route(
    blueprint,
    _OF_SUBJECT,
    methods=("POST",),
    permission=Permission.REPORT_SUBMIT,
    resource=SUBJECT,
    body=PeriodicReportBody,
    answers={201: PeriodicReportAnswer},
    sample_body=_SAMPLE,
)
def post_own_report(request: WebRequest, subject_id: str) -> Answer:
    """Report as the subject, or correct what was reported: a correction is a new version beside the earlier ones."""
    return _submitted(request, subject_id)


@route(
    blueprint,
    _ENTRIES,
    permission=Permission.REPORT_READ,
    resource=SUBJECT,
    answers=Listed[PeriodicReportAnswer],
)
def list_subject_reports(request: WebRequest, subject_id: str) -> Answer:
    """Of one subject, those that the caller's department receives: newest periods first, 100 of each identifier."""
    return _listed(request, subject_id, Permission.REPORT_READ)


@route(
    blueprint,
    _ENTRIES,
    methods=("POST",),
    permission=Permission.REPORT_ENTER,
    resource=SUBJECT,
    body=PeriodicReportBody,
    answers={201: PeriodicReportAnswer},
    sample_body=_SAMPLE,
)
def post_report_entry(request: WebRequest, subject_id: str) -> Answer:
    """Enter the paper that the subject handed in; `paper_sha256` names it."""
    return _submitted(request, subject_id)


def _listed(request: WebRequest, subject_id: str, permission: Permission) -> Answer:
    subject = read_subject(request, subject_id, permission)
    found = request.store.periodic_reports.of_subjects(request.tenant, subject.all_ids)
    return listed(request, [_shown(one) for one in found if allowed(request.actor, permission, one.resource)], None)


def _submitted(request: WebRequest, subject_id: str) -> Answer:
    body = request.model(PeriodicReportBody)
    report = submit_report(
        request.store,
        request.tenant,
        request.act(),
        subject_id=subject_id,
        scenario=body.scenario,
        form_id=body.form_id,
        period=body.period,
        draft=ReportDraft(body.values, body.reason, body.is_confirmed, paper_sha256=body.paper_sha256),
    )
    return json_answer(_shown(report), 201, etag=report.version)
