"""Periodic reports of the subject's own people: what is due, the form, what was reported and why it came back."""

from chalice import Blueprint

from chalicelib.domain.access import Permission
from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.periodic_report import PeriodicReport, ReportState
from chalicelib.domain.subject import Subject
from chalicelib.services.report.owed_reports import owed_reports
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.report_filing import asked_for, file_report, filing_page
from chalicelib.web.report_view import report_view
from chalicelib.web.report_words import report_row
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route
from chalicelib.web.subject.evaluation import choices_of, own_subject

blueprint = Blueprint(__name__)

BASE = "/subject/reports"
ONE = BASE + "/{report_id}"
REPORT = (PeriodicReport.KIND, "report_id")


@route(
    blueprint,
    BASE,
    permission=Permission.REPORT_SUBMIT,
    nav=Nav(group=mark("我的企业"), label=mark("报送"), order=35, icon="file-text"),
)
def list_reports(request: WebRequest) -> Answer:
    """One query for each identifier of the subject, and one for how the tenant uses its scenarios. Without a choice the
    first subject of which a report waits."""
    subject, mine = own_subject(request)
    read: dict[str, list[PeriodicReport]] = {}
    if not request.query.text("subject"):
        subject = next((one for one in mine if _waits(request, one, read)), subject)
    if subject is None:
        return page(request, "pages/subject/reports.html", subject=None, owed=[], done=[], choices=[], base=BASE)
    store, tenant = request.store, request.tenant
    found = read[subject.id] if subject.id in read else _reports(request, subject)
    owed = owed_reports(store, tenant, subject, found, request.now)
    return page(
        request,
        "pages/subject/reports.html",
        subject=subject,
        owed=[report_row(request, one.report) | {"is_opened": one.is_opened} for one in owed],
        waiting=sum(one.is_opened for one in owed),
        done=[report_row(request, one) for one in found if one.state is ReportState.SUBMITTED],
        choices=choices_of(BASE, subject, mine, "", []),
        base=BASE,
    )


def _reports(request: WebRequest, subject: Subject) -> list[PeriodicReport]:
    return request.store.periodic_reports.of_subjects(request.tenant, subject.all_ids)


def _waits(request: WebRequest, subject: Subject, read: dict[str, list[PeriodicReport]]) -> bool:
    read[subject.id] = _reports(request, subject)
    return any(one.is_owed for one in read[subject.id])


@route(blueprint, f"{BASE}/new", permission=Permission.REPORT_SUBMIT)
def new_report(request: WebRequest) -> Answer:
    asked = asked_for(request, request.query.required("subject"), request.query)
    return filing_page(request, asked, url=BASE, back=(gettext("报送"), f"{BASE}?subject={asked.subject.id}"))


@route(
    blueprint,
    BASE,
    methods=("POST",),
    permission=Permission.REPORT_SUBMIT,
    sample_body={
        "subject": "01JD0000000000000000000000",
        "scenario": "refined_oil",
        "form_id": "fuel_month",
        "period": "2026-M10",
    },
)
def post_report(request: WebRequest) -> Answer:
    asked = asked_for(request, request.form.required("subject"), request.form)
    try:
        report = file_report(request, asked)
    except InvalidInputError as error:
        back = (gettext("报送"), f"{BASE}?subject={asked.subject.id}")
        return filing_page(request, asked, url=BASE, back=back, sent=request.form, error=error)
    words = gettext("已更正，先前报的仍留着") if len(report.versions) > 1 else gettext("已报送")
    return see_other(f"{BASE}/{report.id}", words)


@route(blueprint, ONE, permission=Permission.OWN_SUBJECT_READ, resource=REPORT)
def show_report(request: WebRequest, report_id: str) -> Answer:
    report = request.find_named(PeriodicReport, report_id) or request.store.periodic_reports.get(
        request.tenant, report_id
    )
    view = report_view(request, report, has_indicators=False)
    return page(
        request,
        "pages/reports/show.html",
        **view,
        back=(gettext("报送"), BASE),
        filing_url=f"{BASE}/new?subject={report.subject_id}&{view['filing']}",
        may_return=False,
        is_own=True,
        subject_url="",
        paper_url="",
        url="",
        problems=[],
        reason="",
    )
