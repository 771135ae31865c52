"""The register of subjects: the list by filters."""

from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.subject import DrawGrade, Subject
from chalicelib.domain.subject_query import SubjectOrder
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.cursors import CURSOR, seal_cursor
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.places import place_label
from chalicelib.web.register_words import KINDS, STATUSES, options
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route
from chalicelib.web.scenarios import scenario_label
from chalicelib.web.subject_list import (
    FILTERS,
    SubjectList,
    address_of,
    division_options,
    divisions_of,
    may_see_risk,
    order_options,
    read_page,
    values_of,
)
from chalicelib.web.subject_view import kind_label, status_chip

blueprint = Blueprint(__name__)

BASE = "/console/subjects"
_ALSO = ("/console/imports", "/console/exports", "/console/filters")


@route(
    blueprint,
    BASE,
    permission=Permission.SUBJECT_READ,
    nav=Nav(group=mark("底账"), label=mark("监管对象"), order=40, icon="building-store", also=_ALSO),
)
def show_list(request: WebRequest) -> Answer:
    """A code that is typed in full leads straight to its subject."""
    found = read_page(request)
    if found.hit is not None:
        return see_other(f"{BASE}/{found.hit.id}")
    values = values_of(found.query)
    cursor = seal_cursor(request, found.page.next)
    query, filters = found.query, found.head.filters.filters
    asked = {name: text for name in request.query.names() if name != CURSOR and (text := request.query.text(name))}
    return page(
        request,
        "pages/subjects/list.html",
        rows=[row_of(one, query.scenario if may_see_risk(request.actor) else None) for one in found.page.subjects],
        query=query,
        values=dict.fromkeys(FILTERS, "") | values,
        held=address_of("", values),
        is_filtered=not query.is_empty,
        is_cut=found.page.is_cut,
        filters=[
            {"label": gettext("全部"), "url": BASE, "active": query.is_empty},
            *(
                {"label": one.name, "url": address_of(BASE, values_of(one.query)), "active": one.query == query}
                for one in filters
            ),
        ],
        is_kept=any(one.query == query for one in filters),
        **choices_of(request, found),
        next_url=address_of(BASE, asked | {CURSOR: cursor}) if cursor else "",
        first_url=address_of(BASE, asked) if request.query.text(CURSOR) else "",
        may_import=allowed(request.actor, Permission.SUBJECT_IMPORT),
        may_edit=allowed(request.actor, Permission.SUBJECT_EDIT),
    )


def row_of(subject: Subject, graded: str | None) -> dict[str, Any]:
    """graded: the scenario whose stratum the reader may see."""
    membership = subject.membership(graded) if graded else None
    return {
        "subject": subject,
        "place": place_label(subject.division),
        "kind": kind_label(subject),
        "status": status_chip(subject),
        "scenarios": [scenario_label(member.scenario) for member in subject.memberships],
        "grade": membership.draw_grade.value if membership else "",
    }


def choices_of(request: WebRequest, found: SubjectList) -> dict[str, Any]:
    """Options of the filters. The order is offered as far as an index keeps it."""
    places, query = divisions_of(request.actor, found.head), found.query
    orders = order_options(query, request.actor)
    return {
        "divisions": division_options(query, places, shanghai_date(request.now)),
        "scenarios": [
            ("", gettext("全部场景")),
            *(
                (name, scenario_label(name))
                for name in sorted({*found.head.tenant.scenarios, *found.head.contents.scenarios})
            ),
        ],
        "kinds": [("", gettext("全部类型")), *options(KINDS)],
        "grades": [("", gettext("全部分层")), *((one.value, one.value) for one in DrawGrade)]
        if query.scenario and may_see_risk(request.actor)
        else [],
        "statuses": [("", gettext("全部状态")), *options(STATUSES)],
        "orders": orders,
        "order": query.order or (orders[0][0] if orders else ""),
        "needs_county": not query.text and not query.scenario and SubjectOrder.CHANGED.value not in dict(orders),
    }
