"""The register of subjects: the list by filters."""

from urllib.parse import urlencode

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.cursors import CURSOR
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.places import place_label
from chalicelib.web.register_words import KINDS, STATUSES, options
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route
from chalicelib.web.scenarios import scenario_label
from chalicelib.web.subject_list import filters_of, list_subjects
from chalicelib.web.subject_view import kind_label, status_chip

blueprint = Blueprint(__name__)

BASE = "/console/subjects"


@route(
    blueprint,
    BASE,
    permission=Permission.SUBJECT_READ,
    nav=Nav(group=mark("底账"), label=mark("监管对象"), order=40, icon="building-store", also=("/console/imports",)),
)
def show_list(request: WebRequest) -> Answer:
    """A code that is typed in full leads straight to its subject."""
    found = list_subjects(request)
    if found.hit is not None:
        return see_other(f"{BASE}/{found.hit.id}")
    values = filters_of(request)
    held = urlencode({name: value for name, value in values.items() if value})
    first = f"{BASE}?{held}" if held else BASE
    return page(
        request,
        "pages/subjects/list.html",
        rows=[
            {
                "subject": one,
                "place": place_label(one.division),
                "kind": kind_label(one),
                "status": status_chip(one),
                "scenarios": [scenario_label(member.scenario) for member in one.memberships],
            }
            for one in found.subjects
        ],
        values=values,
        is_filtered=bool(held),
        is_cut=found.is_cut,
        counties=[("", gettext("全部县区")), *((code, place_label(code)) for code in found.counties)],
        scenarios=[("", gettext("全部场景")), *((name, scenario_label(name)) for name in found.scenarios)],
        kinds=[("", gettext("全部类型")), *options(KINDS)],
        statuses=[("", gettext("全部状态")), *options(STATUSES)],
        next_url=f"{BASE}?{held}{'&' if held else ''}{CURSOR}={found.cursor}" if found.cursor else "",
        first_url=first if request.query.text(CURSOR) else "",
        may_import=allowed(request.actor, Permission.SUBJECT_IMPORT),
        may_edit=allowed(request.actor, Permission.SUBJECT_EDIT),
    )
