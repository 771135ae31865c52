"""What is due for a patrol: a list by county, and a card for the first page of those who patrol."""

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.patrol import end_of_week
from chalicelib.domain.subject_query import SubjectQuery
from chalicelib.services.patrol.list_rounds import PAGE_ROWS
from chalicelib.web.answers import HTML, Answer, page
from chalicelib.web.console.patrols import BASE
from chalicelib.web.cursors import CURSOR, seal_cursor
from chalicelib.web.patrol_round_view import read_rounds
from chalicelib.web.places import place_label
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.scenarios import scenario_label
from chalicelib.web.subject_list import division_options

blueprint = Blueprint(__name__)

DUE = BASE + "/due"
_ON_CARD = 5


@route(blueprint, DUE, permission=Permission.PATROL_READ)
def list_due(request: WebRequest) -> Answer:
    """Asked by htmx, the card of the first page, which is empty where nothing is due in the first county."""
    found = read_rounds(request, _ON_CARD if request.is_partial else PAGE_ROWS)
    today = shanghai_date(request.now)
    shown = {
        "due_url": DUE,
        "found": found,
        "rounds": found.page.rounds,
        "today": today,
        "scenario_label": scenario_label(found.scenario) if found.scenario else "",
        "place": place_label(found.division) if found.division else "",
        "may_record": allowed(request.actor, Permission.PATROL_RECORD),
    }
    if request.is_partial:
        return (
            page(request, "pages/patrols/due_card.html", **shown)
            if found.page.rounds
            else Answer("", content_type=HTML)
        )
    cursor = seal_cursor(request, found.page.next)
    divisions = division_options(SubjectQuery(division=found.division or None), found.places, today)[1:]
    return page(
        request,
        "pages/patrols/due.html",
        **shown,
        base=BASE,
        week_end=end_of_week(today),
        scenarios=[(one, scenario_label(one)) for one in found.scenarios],
        divisions=divisions,
        may_read_subjects=allowed(request.actor, Permission.SUBJECT_READ),
        next_url=f"{DUE}?{request.query.encoded({CURSOR: cursor})}" if cursor else "",
        first_url=f"{DUE}?{request.query.encoded({CURSOR: ''})}" if request.query.text(CURSOR) else "",
    )
