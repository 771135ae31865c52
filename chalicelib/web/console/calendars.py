"""Official working-day calendars: the years known, a year's upload, its preview, and the second operator's word."""

from calendar import monthrange
from datetime import date
from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission
from chalicelib.domain.calendar import WorkingCalendar, shanghai_date
from chalicelib.domain.errors import ConflictError, InvalidInputError
from chalicelib.domain.official_calendar import CalendarProposal, read_days
from chalicelib.services.draw.problems import SecondPersonNeededError
from chalicelib.services.tenancy.publish_calendar import propose_calendar, settle_calendar
from chalicelib.services.working_calendar import working_calendar
from chalicelib.web import messages
from chalicelib.web.answers import Answer, file_answer, page, see_other
from chalicelib.web.console.tenants import on_platform
from chalicelib.web.fields import Fields, invalid
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route

blueprint = Blueprint(__name__)

BASE = "/console/calendars"
PROPOSAL = ("calendar_proposal", "proposal_id")
MAX_BYTES = 100_000
SAMPLE = "日期,类型,名称\r\n2027-01-01,放假,元旦\r\n2027-02-20,上班,春节\r\n"


def labels() -> dict[str, str]:
    return {
        "year": gettext("年份"),
        "file": gettext("日期表"),
        "source": gettext("通知的名称和文号"),
        "link": gettext("通知的网址"),
        "published_on": gettext("发布日期"),
    }


def years_known(today: date) -> list[dict[str, Any]]:
    """This year and the next, and whether the deadlines in them can be counted."""
    calendar = working_calendar()
    return [{"year": year, "is_known": calendar.knows(year)} for year in (today.year, today.year + 1)]


@route(
    blueprint,
    BASE,
    permission=Permission.TENANT_ONBOARD,
    nav=Nav(group=mark("平台"), label=mark("放假安排"), order=14, icon="calendar-event"),
)
def list_calendars(request: WebRequest) -> Answer:
    """Two queries: proposals, and (through the calendar in use) the published years."""
    on_platform(request)
    return _list(request)


def _list(request: WebRequest, error: InvalidInputError | None = None) -> Answer:
    every = request.store.calendar_proposals.every(request.tenant)
    today = shanghai_date(request.now)
    values: dict[str, Any] = request.form.single() if error else {"year": str(today.year + 1)}
    return page(
        request,
        "pages/calendars/list.html",
        422 if error else 200,
        rows=list(reversed(every)),
        waiting=sum(one.is_open for one in every),
        years=years_known(today),
        values=values,
        problems=messages.form_problems(error, labels()) if error else [],
    )


@route(blueprint, f"{BASE}/sample.csv", permission=Permission.TENANT_ONBOARD)
def download_sample(request: WebRequest) -> Answer:
    return file_answer(SAMPLE.encode("utf-8-sig"), "text/csv; charset=utf-8", gettext("放假安排样表") + ".csv")


@route(blueprint, BASE, methods=("POST",), permission=Permission.TENANT_ONBOARD)
def post_calendar(request: WebRequest) -> Answer:
    on_platform(request)
    try:
        proposal = proposal_from(request, request.form)
    except InvalidInputError as error:
        return _list(request, error)
    return see_other(f"{BASE}/{proposal.id}")


def proposal_from(request: WebRequest, form: Fields) -> CalendarProposal:
    sent = request.file("file")
    if len(sent.content) > MAX_BYTES:
        raise invalid("file", "file_over", limit="100 KB")
    holidays, make_up_days = read_days(sent.content, sent.filename)
    year, published_on = form.integer("year"), form.day("published_on")
    if year is None:
        raise invalid("year", "required")
    if published_on is None:
        raise invalid("published_on", "required")
    proposal: CalendarProposal = propose_calendar(
        request.store,
        request.tenant,
        request.act(),
        year=year,
        holidays=holidays,
        make_up_days=make_up_days,
        source=form.text("source"),
        link=form.text("link"),
        published_on=published_on,
    )
    return proposal


@route(blueprint, f"{BASE}/{{proposal_id}}", permission=Permission.TENANT_ONBOARD, resource=PROPOSAL)
def show_calendar(request: WebRequest, proposal_id: str) -> Answer:
    return _show(request, proposal_id)


def _show(request: WebRequest, proposal_id: str, *, is_second_needed: bool = False) -> Answer:
    proposal = request.store.calendar_proposals.get(request.tenant, proposal_id)
    return page(
        request,
        "pages/calendars/show.html",
        409 if is_second_needed else 200,
        proposal=proposal,
        months=months_of(proposal),
        days=sorted([*proposal.holidays.items(), *proposal.make_up_days.items()]),
        is_own=request.actor.is_behind(proposal.proposed_by, proposal.proposed_for),
        is_second_needed=is_second_needed,
        working_days=_working_days(proposal),
    )


def months_of(proposal: CalendarProposal) -> list[dict[str, Any]]:
    """The year by months: weeks of seven cells, Monday first; a cell is a day with its kind, or None."""
    months = []
    for month in range(1, 13):
        count = monthrange(proposal.year, month)[1]
        days = [date(proposal.year, month, day) for day in range(1, count + 1)]
        cells: list[dict[str, Any] | None] = [None] * days[0].weekday()
        cells += [{"day": one.day, "kind": _kind(proposal, one), "name": _name(proposal, one)} for one in days]
        cells += [None] * (-len(cells) % 7)
        months.append({"month": month, "weeks": [cells[at : at + 7] for at in range(0, len(cells), 7)]})
    return months


def _kind(proposal: CalendarProposal, day: date) -> str:
    if day in proposal.holidays:
        return "holiday"
    if day in proposal.make_up_days:
        return "workday"
    return "weekend" if day.weekday() >= 5 else ""


def _name(proposal: CalendarProposal, day: date) -> str:
    return proposal.holidays.get(day) or proposal.make_up_days.get(day) or ""


def _working_days(proposal: CalendarProposal) -> int:
    """Of the year but its last days, which the next year's notice may still move."""
    calendar = WorkingCalendar([proposal.as_calendar_year()])
    first, last = date(proposal.year - 1, 12, 31), date(proposal.year, 12, 27)
    return calendar.working_days_between(first, last)


@route(
    blueprint,
    f"{BASE}/{{proposal_id}}/settle",
    methods=("POST",),
    permission=Permission.TENANT_ONBOARD,
    resource=PROPOSAL,
    sample_body={"is_confirmed": "yes"},
)
def post_settle(request: WebRequest, proposal_id: str) -> Answer:
    on_platform(request)
    is_confirmed = request.form.flag("is_confirmed")
    try:
        settle_calendar(
            request.store, request.tenant, request.act(), proposal_id=proposal_id, is_confirmed=is_confirmed
        )
    except SecondPersonNeededError:
        return _show(request, proposal_id, is_second_needed=True)
    except ConflictError:
        return see_other(f"{BASE}/{proposal_id}", gettext("别人刚办过这一份"), "orange")
    words = gettext("已生效，各单位的时限都按它算") if is_confirmed else gettext("已退回，没有生效")
    return see_other(f"{BASE}/{proposal_id}", words)
