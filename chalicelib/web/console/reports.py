"""Periodic reports for who receives them: who has reported and who has not, one report, returning it, the list as a
file."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from chalice import Blueprint

from chalicelib.contract.registry import registry
from chalicelib.domain.access import Permission, Resource, allowed, require
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.errors import InvalidInputError, RecordNotFoundError
from chalicelib.domain.periodic_report import PeriodicReport, ReportState
from chalicelib.domain.report_form import ReportForm
from chalicelib.domain.report_period import ReportPeriod
from chalicelib.domain.scaled_number import number_words
from chalicelib.domain.text import safe_cell
from chalicelib.services.register.subject_photos import read_file
from chalicelib.services.report.return_report import return_report
from chalicelib.services.report.submit_report import paper_key
from chalicelib.web.answers import Answer, file_answer, page, see_other
from chalicelib.web.cursors import CURSOR, open_cursor, seal_cursor
from chalicelib.web.fields import Fields, invalid
from chalicelib.web.formats import format_datetime
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.messages import form_problems
from chalicelib.web.places import place_label
from chalicelib.web.report_view import report_view
from chalicelib.web.report_words import STATES, field_label, last_periods, period_words, report_row, state_chip
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route
from chalicelib.web.scenario_views import package_in_words
from chalicelib.web.scenarios import scenario_label

blueprint = Blueprint(__name__)

BASE = "/console/reports"
ONE = BASE + "/{report_id}"
REPORT = (PeriodicReport.KIND, "report_id")
MOST_IN_FILE = 5_000
_TRIED = 3
CSV = "text/csv; charset=utf-8"


class Chosen:
    """Form, period and state of the filters, and what the filters offer to this person."""

    def __init__(self, request: WebRequest, key: str = "", permission: Permission = Permission.REPORT_READ) -> None:
        query = request.query
        self.forms = dict(_forms_of(request, permission))
        self.key = query.text("form") or key or next(iter(self.forms), "")
        if self.key and self.key not in self.forms:
            raise invalid("form", "unknown_choice")
        self.scenario, _, form_id = self.key.partition(".")
        self.form: ReportForm | None = self.forms.get(self.key)
        self.form_id = form_id
        self.periods: list[str] = []
        if self.form is not None:
            last = ReportPeriod.last_ended(self.form.cadence, shanghai_date(request.now))
            self.periods = last_periods(self.form.cadence, last)
        # A form with another cadence has other periods: what was chosen for the one before is not carried along.
        period = query.text("period")
        self.period = period if period in self.periods else next(iter(self.periods), "")
        state = query.text("state")
        if state and state not in set(ReportState):
            raise invalid("state", "unknown_choice")
        self.state = ReportState(state) if state else None

    @property
    def named(self) -> Fields:
        return Fields({"form": [self.key], "period": [self.period], "state": [self.state.value if self.state else ""]})

    @property
    def query(self) -> str:
        return self.named.encoded({})

    @property
    def offered_forms(self) -> list[tuple[str, str]]:
        """For a select: each form with its scenario."""
        named = self.forms.items()
        return [(key, f"{scenario_label(key.partition('.')[0])} · {form.label}") for key, form in named]

    @property
    def offered_periods(self) -> list[tuple[str, str]]:
        return [(code, period_words(code)) for code in self.periods]


def _forms_of(request: WebRequest, permission: Permission) -> Iterator[tuple[str, ReportForm]]:
    """(scenario.form, form) of every installed package on whose reports this person has the permission."""
    for name in registry().names():
        for form in package_in_words(name).evaluation.reports if registry().holds(name) else ():
            resource = Resource(departments=frozenset({form.received_by}))
            if allowed(request.actor, permission, resource):
                yield f"{name}.{form.id}", form


@route(
    blueprint,
    BASE,
    permission=Permission.REPORT_READ,
    nav=Nav(group=mark("部门处置"), label=mark("定期报送"), order=65, icon="file-text"),
)
def list_reports(request: WebRequest) -> Answer:
    """One query: a page of a form and period, of the tenant or of the person's county. Without a choice the first form
    of a few of which there is anything."""
    chosen = Chosen(request)
    found, following = _found(request, chosen)
    for key in list(chosen.forms)[1:_TRIED] if not request.query.text("form") else ():
        if not found:
            chosen = Chosen(request, key)
            found, following = _found(request, chosen)
    shown = [one for one in found if _may_read(request, one)]
    cursor = seal_cursor(request, following, chosen.named)
    return page(
        request,
        "pages/reports/list.html",
        base=BASE,
        rows=[report_row(request, one) | {"place": place_label(one.division)} for one in shown],
        forms=chosen.offered_forms,
        form=chosen.key,
        periods=chosen.offered_periods,
        period=chosen.period,
        states=[("", gettext("全部")), *((one.value, gettext(words)) for one, (words, _) in STATES.items())],
        state=chosen.state.value if chosen.state else "",
        file_url=f"{BASE}/file?{chosen.query}",
        sheet_url=_sheet_url(request, chosen),
        next_url=f"{BASE}?{chosen.query}&{CURSOR}={cursor}" if cursor else "",
        first_url=f"{BASE}?{chosen.query}" if request.query.text(CURSOR) else "",
    )


def _sheet_url(request: WebRequest, chosen: Chosen) -> str:
    """Where this person enters many of them at once; empty for who enters none."""
    received_by = frozenset({chosen.form.received_by}) if chosen.form else frozenset[str]()
    may_enter = allowed(request.actor, Permission.REPORT_ENTER, Resource(departments=received_by))
    return f"/console/reports/sheets/new?form={chosen.key}&period={chosen.period}" if chosen.form and may_enter else ""


def _found(request: WebRequest, chosen: Chosen) -> tuple[list[PeriodicReport], dict[str, Any] | None]:
    """One page, and where the next begins."""
    if chosen.form is None:
        return [], None
    found = request.store.periodic_reports.of_period(
        request.tenant,
        chosen.scenario,
        chosen.form_id,
        chosen.period,
        state=chosen.state,
        division=request.actor.division,
        after=open_cursor(request),
    )
    return found.records, found.next


def _may_read(request: WebRequest, report: PeriodicReport) -> bool:
    return allowed(request.actor, Permission.REPORT_READ, report.resource)


@route(blueprint, f"{BASE}/file", permission=Permission.REPORT_READ)
def fetch_reports(request: WebRequest) -> Answer:
    """What is filtered as CSV with every number, MOST_IN_FILE rows at most: the rest is fetched state by state."""
    chosen = Chosen(request)
    if chosen.form is None:
        raise RecordNotFoundError(kind="report_form")
    out = io.StringIO()
    writer = csv.writer(out)
    head = [gettext("对象"), gettext("所在区域"), gettext("期间"), gettext("状态"), gettext("报送时间")]
    fields = chosen.form.fields
    writer.writerow([safe_cell(cell) for cell in [*head, *(field_label(one) for one in fields)]])
    for count, report in enumerate(each_report(request, chosen)):
        if count >= MOST_IN_FILE:
            writer.writerow([gettext("这里只有前%(count)s行，请按状态分开下载", count=MOST_IN_FILE)])
            break
        writer.writerow([safe_cell(cell) for cell in _cells(chosen.form, report)])
    name = f"{chosen.form.label}{period_words(chosen.period)}.csv"
    return file_answer(b"\xef\xbb\xbf" + out.getvalue().encode(), CSV, name)


def each_report(request: WebRequest, chosen: Chosen, *states: ReportState) -> Iterator[PeriodicReport]:
    """Every one that is filtered and may be read, by state and name. states: these instead of the filter's."""
    for state in states or (chosen.state,):
        after = None
        while True:
            found = request.store.periodic_reports.of_period(
                request.tenant,
                chosen.scenario,
                chosen.form_id,
                chosen.period,
                state=state,
                division=request.actor.division,
                after=after,
                limit=500,
            )
            yield from (one for one in found.records if _may_read(request, one))
            after = found.next
            if after is None:
                break


def _cells(form: ReportForm, report: PeriodicReport) -> list[str]:
    latest = report.latest
    values = latest.values if latest else {}
    numbers = [number_words(values.get(one.id), one.number.decimals) for one in form.fields]
    about = [report.subject_name, place_label(report.division), period_words(report.period), state_chip(report)[0]]
    return [*about, format_datetime(latest.submitted_at) if latest else "", *numbers]


@route(blueprint, ONE, permission=Permission.REPORT_READ, resource=REPORT)
def show_report(request: WebRequest, report_id: str) -> Answer:
    return _page(request, report_id)


@route(
    blueprint,
    f"{ONE}/return",
    methods=("POST",),
    permission=Permission.REPORT_RETURN,
    resource=REPORT,
    sample_body={"reason": "和对账单不一致"},
)
def post_return(request: WebRequest, report_id: str) -> Answer:
    try:
        return_report(
            request.store, request.tenant, request.act(), report_id=report_id, reason=request.form.text("reason")
        )
    except InvalidInputError as error:
        return _page(request, report_id, request.form, error)
    return see_other(f"{BASE}/{report_id}", gettext("已退回，系统会通知企业重新报送"))


@route(
    blueprint,
    f"{ONE}/papers/{{sha256}}",
    permission=Permission.REPORT_READ,
    resource=REPORT,
    sample={"sha256": "0" * 64},
)
def show_paper(request: WebRequest, report_id: str, sha256: str) -> Answer:
    """The paper that an official entered. Raises RecordNotFoundError for one that is not this report's or not here."""
    report = _read(request, report_id)
    papers, key = {one.paper_sha256 for one in report.versions}, paper_key(request.tenant, sha256)
    return file_answer(*read_file(request.store, request.tenant, papers, sha256, key))


def _read(request: WebRequest, report_id: str) -> PeriodicReport:
    named = request.find_named(PeriodicReport, report_id)
    report: PeriodicReport = named or request.store.periodic_reports.get(request.tenant, report_id)
    require(request.actor, Permission.REPORT_READ, report.resource)
    return report


def _page(
    request: WebRequest, report_id: str, sent: Fields | None = None, error: InvalidInputError | None = None
) -> Answer:
    report = _read(request, report_id)
    view = report_view(request, report, has_indicators=True)
    subject, url = view["subject"], f"{BASE}/{report.id}"
    may_file = subject is not None and allowed(request.actor, Permission.REPORT_ENTER, report.resource)
    may_open = subject is not None and allowed(request.actor, Permission.SUBJECT_READ, subject.resource)
    return page(
        request,
        "pages/reports/show.html",
        422 if error else 200,
        **view,
        back=(gettext("定期报送"), f"{BASE}?form={report.scenario}.{report.form_id}&period={report.period}"),
        filing_url=f"/console/subjects/{subject.id}/reports/new?{view['filing']}" if may_file else "",
        may_return=report.current is not None and allowed(request.actor, Permission.REPORT_RETURN, report.resource),
        is_own=False,
        subject_url=f"/console/subjects/{subject.id}" if may_open else "",
        paper_url=f"{url}/papers/",
        url=url,
        problems=form_problems(error, {"reason": gettext("退回的理由")}) if error else [],
        reason=sent.text("reason") if sent else "",
    )
