"""The security log, for the audit administrator alone: who signed in, whose access changed, what data left."""

from datetime import date

from chalice import Blueprint
from pydantic import AwareDatetime, Field

from chalicelib.domain.access import Permission
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.security_event import SecurityKind
from chalicelib.web.answers import Answer, page
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Listed, ListQuery, Shown, listed
from chalicelib.web.cursors import CURSOR, open_cursor, seal_cursor
from chalicelib.web.fields import invalid
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route
from chalicelib.web.security_words import KINDS, entries

blueprint = Blueprint(__name__)

BASE = "/console/security-log"
API = PREFIX + "/security-events"


class SecurityQuery(ListQuery):
    """Entries of this month, or of one day."""

    kind: SecurityKind | None = None
    day: date | None = Field(default=None, description="by the calendar of China")


class SecurityAnswer(Shown):
    """One entry; about: the person whom it concerns, where it is another one."""

    id: str
    at: AwareDatetime
    kind: SecurityKind
    type: str
    actor_id: str
    actor: str
    about_id: str
    about: str


@route(
    blueprint,
    BASE,
    permission=Permission.SECURITY_LOG_READ,
    nav=Nav(group=mark("成效"), label=mark("安全日志"), order=89, icon="list-check"),
)
def show_security_log(request: WebRequest) -> Answer:
    """Two calls: the entries, and the names in them."""
    kind, day = request.query.text("kind"), request.query.day("day")
    if kind and kind not in list(SecurityKind):
        raise invalid("kind", "unknown_choice")
    today = shanghai_date(request.now)
    found, following = request.store.security_events.page(
        request.tenant,
        today,
        day=day,
        kind=SecurityKind(kind) if kind else None,
        after=open_cursor(request),
    )
    cursor = seal_cursor(request, following)
    return page(
        request,
        "pages/security/log.html",
        rows=entries(request, found),
        kinds=[(one.value, gettext(words)) for one, words in KINDS.items()],
        kind=kind,
        day=day.isoformat() if day else "",
        more_url=f"{BASE}?{request.query.encoded({CURSOR: cursor})}" if cursor else "",
        start_url=BASE if request.query.text(CURSOR) else "",
    )


@route(blueprint, API, permission=Permission.SECURITY_LOG_READ, query=SecurityQuery, answers=Listed[SecurityAnswer])
def list_security_events(request: WebRequest) -> Answer:
    """The security log, newest first: sign-ins, changes of access, data in and out, doors to other systems."""
    asked = request.asked(SecurityQuery)
    found, following = request.store.security_events.page(
        request.tenant,
        shanghai_date(request.now),
        day=asked.day,
        kind=asked.kind,
        after=open_cursor(request),
        limit=asked.limit,
    )
    names = set(SecurityAnswer.model_fields)
    rows = [{name: value for name, value in one.items() if name in names} for one in entries(request, found)]
    return listed(request, rows, following)
