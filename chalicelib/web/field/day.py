"""The officer's day: today's visits in order, and findings that wait for a second look."""

from datetime import date, timedelta
from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.visit_member import VisitMember
from chalicelib.services.visit.visit_sheet import VisitSheet, read_sheet
from chalicelib.web.answers import Answer, page
from chalicelib.web.console.people import label_of
from chalicelib.web.cursors import CURSOR, open_cursor, seal_cursor
from chalicelib.web.formats import format_short_date, join_clauses, join_words
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)

AHEAD_DAYS = 14
SECOND_LOOKS = 50


@route(blueprint, "/field", permission=Permission.VISIT_CONDUCT)
def show_day(request: WebRequest) -> Answer:
    """One query of the officer's work, one of what waits for the acting body, one per visit that is under way."""
    today = shanghai_date(request.now)
    work = request.store.visit_members.work_of(request.tenant, request.actor.person_id)
    due = [one for one in work if one.scheduled_on <= today]
    later = [one for one in work if today < one.scheduled_on <= today + timedelta(days=AHEAD_DAYS)]
    sheets = {one.visit_id: _sheet(request, one) for one in due if one.state == "started"}
    rows = [_row(one, sheets.get(one.visit_id), today) for one in due]
    again = _second_looks(request)
    return page(
        request,
        "pages/field/day.html",
        today=today,
        rows=rows,
        later=[_row(one, None, today) for one in later],
        waiting=again.shown if again else [],
        more_url=f"/field?{CURSOR}={seal_cursor(request, again.next)}" if again and again.next else "",
        start_url="/field" if request.query.text(CURSOR) else "",
        body_label=_body_label(request),
        go_on=_go_on(due, sheets),
    )


def _sheet(request: WebRequest, member: VisitMember) -> VisitSheet:
    visit = request.store.visits.get(request.tenant, member.visit_id)
    return read_sheet(request.store, request.tenant, visit, request.now, request.locale, is_shown=False)


def _second_looks(request: WebRequest) -> Any:
    """The acting body's findings that wait for a second look or to be closed (`Waiting`), by deadline, a page at a
    time: each has an entry of its own among what waits for the body."""
    body = request.actor.acting_body_id
    if not body:
        return None
    topics = ("reinspection_waiting", "closing_waiting")
    return request.store.todos.of_owners(
        request.tenant, [body], lambda todo: todo.topic in topics, open_cursor(request), SECOND_LOOKS
    )


def _body_label(request: WebRequest) -> str:
    if not request.actor.acting_body_id:
        return ""
    body = request.store.acting_bodies.find(request.tenant, request.actor.acting_body_id)
    return label_of(body) if body else ""


_STATES = {"scheduled": "todo", "started": "now", "submitted": "done"}


def _row(member: VisitMember, sheet: VisitSheet | None, today: date) -> dict[str, Any]:
    words = {
        "scheduled": gettext("未开始"),
        "started": gettext("正在查"),
        "submitted": gettext("已查完"),
    }
    team = gettext("%(bodies)s，%(count)s人", bodies=join_words(member.body_labels), count=member.officers)
    place = join_clauses([member.address, team])
    return {
        "time": member.scheduled_at or format_short_date(member.scheduled_on),
        "name": member.subject_name,
        "url": f"/field/visits/{member.visit_id}",
        "place": place,
        "note": _note(member, sheet, today),
        "state": _STATES.get(member.state, "todo"),
        "state_label": words.get(member.state, ""),
        "done": sheet.done if sheet else 0,
        "total": sheet.total if sheet else 0,
    }


def _note(member: VisitMember, sheet: VisitSheet | None, today: date) -> str:
    if sheet is not None:
        words = gettext("已答%(done)s项，共%(total)s项", done=sheet.done, total=sheet.total)
        if sheet.non_compliant:
            words += gettext("，%(count)s项不合格", count=sheet.non_compliant)
        return words
    if member.state == "submitted":
        return gettext("等各主体作出结论")
    if member.scheduled_on < today:
        return gettext("原定%(day)s", day=format_short_date(member.scheduled_on))
    if member.scheduled_on > today and member.scheduled_at:
        return gettext("排在%(day)s", day=format_short_date(member.scheduled_on))
    return ""


def _go_on(due: list[VisitMember], sheets: dict[str, VisitSheet]) -> dict[str, str] | None:
    """The one thing to do next: the visit under way, else the first that has not begun, else a conclusion."""
    for member in due:
        if member.state == "started":
            question = sheets[member.visit_id].first_open
            url = f"/field/visits/{member.visit_id}"
            if question is None:
                return {"url": url, "label": gettext("去提交%(name)s", name=member.subject_name)}
            label = gettext("继续查%(name)s，第%(position)s项", name=member.subject_name, position=question.position)
            return {"url": f"{url}/items/{question.key}", "label": label}
    for state, words in (("scheduled", mark("去查%(name)s")), ("submitted", mark("去作结论：%(name)s"))):
        for member in due:
            if member.state == state:
                return {"url": f"/field/visits/{member.visit_id}", "label": gettext(words, name=member.subject_name)}
    return None
