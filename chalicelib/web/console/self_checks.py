"""Self-checks that a subject shares, as officials of its place read them. What is not shared does not exist here."""

from typing import Any

from chalice import Blueprint

from chalicelib.contract.registry import registry
from chalicelib.domain.access import Permission
from chalicelib.domain.division import county_of, is_known
from chalicelib.domain.self_check import SelfCheck
from chalicelib.services.self_check.attach_self_check_photo import find_photo
from chalicelib.services.self_check.list_shared import list_shared
from chalicelib.services.self_check.self_check_sheet import read_sheet
from chalicelib.services.self_check.share_self_check import read_shared
from chalicelib.web.answers import Answer, page
from chalicelib.web.cursors import CURSOR, open_cursor, seal_cursor
from chalicelib.web.disposition import evidence_answer
from chalicelib.web.fields import invalid
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.places import counties_of, place_label
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route
from chalicelib.web.scenarios import scenario_label
from chalicelib.web.self_check_words import check_row, photo_rows, round_title, said
from chalicelib.web.subject_view import SUBJECT, read_subject

blueprint = Blueprint(__name__)

BASE = "/console/self-checks"
ONE = BASE + "/{self_check_id}"
CHECK = (SelfCheck.KIND, "self_check_id")


@route(
    blueprint,
    BASE,
    permission=Permission.SELF_CHECK_READ,
    nav=Nav(group=mark("底账"), label=mark("企业自查"), order=47, icon="list-check"),
)
def list_all_shared(request: WebRequest) -> Answer:
    """What every subject shares now, by when it was shared: one query, and the tenant."""
    asked = asked_of(request)
    found = list_shared(request.store, request.tenant, request.actor, **asked, after=open_cursor(request))
    tenant = request.store.tenants.get(request.tenant, request.tenant)
    counties = [one for one in counties_of(tenant.divisions, request.actor) if county_of(one)]
    cursor = seal_cursor(request, found.next)
    return page(
        request,
        "pages/self_checks/all.html",
        base=BASE,
        rows=[check_row(one) | {"place": place_label(county_of(one.division) or one.division)} for one in found.checks],
        values=request.query.single(),
        is_filtered=bool(asked["scenario"] or asked["division"]),
        is_cut=found.is_cut,
        scenarios=[("", gettext("全部")), *((name, scenario_label(name)) for name in tenant.scenarios)],
        divisions=[("", gettext("全部")), *((code, place_label(code)) for code in counties)],
        orders=[("newest", gettext("最近分享的在前")), ("oldest", gettext("最早分享的在前"))],
        next_url=f"{BASE}?{request.query.encoded({CURSOR: cursor})}" if cursor else "",
        first_url=f"{BASE}?{request.query.encoded({CURSOR: ''})}" if request.query.text(CURSOR) else "",
    )


def asked_of(request: WebRequest) -> dict[str, Any]:
    """What `list_shared` takes. Raises InvalidInputError."""
    scenario, division = request.query.text("scenario"), request.query.text("division")
    order = request.query.text("order") or "newest"
    if scenario and not registry().holds(scenario):
        raise invalid("scenario", "unknown_choice")
    if division and not is_known(division):
        raise invalid("division", "unknown_choice")
    if order not in ("newest", "oldest"):
        raise invalid("order", "unknown_choice")
    return {"scenario": scenario, "division": division, "is_oldest_first": order == "oldest"}


@route(
    blueprint,
    "/console/subjects/{subject_id}/self-checks",
    permission=Permission.SELF_CHECK_READ,
    resource=SUBJECT,
)
def list_shared_of_subject(request: WebRequest, subject_id: str) -> Answer:
    """The newest of each identifier of the subject: one query each."""
    subject = read_subject(request, subject_id)
    found = [one for id in subject.all_ids for one in request.store.self_checks.shared_of_subject(request.tenant, id)]
    ordered = sorted(found, key=lambda one: one.started_at, reverse=True)
    return page(request, "pages/self_checks/list.html", subject=subject, rows=[check_row(one) for one in ordered])


@route(blueprint, ONE, permission=Permission.SELF_CHECK_READ, resource=CHECK)
def show_shared(request: WebRequest, self_check_id: str) -> Answer:
    check = read_shared(request.store, request.tenant, request.actor, self_check_id)
    sheet = read_sheet(request.store, request.tenant, check, request.now, request.locale)
    return page(
        request,
        "pages/self_checks/show.html",
        check=check,
        sheet=sheet,
        title_words=round_title(check),
        row=check_row(check),
        said=said,
        photos=photo_rows,
    )


@route(
    blueprint,
    ONE + "/photos/{sha256}",
    permission=Permission.SELF_CHECK_READ,
    resource=CHECK,
    sample={"sha256": "0" * 64},
)
def show_shared_photo(request: WebRequest, self_check_id: str, sha256: str) -> Answer:
    check = read_shared(request.store, request.tenant, request.actor, self_check_id)
    return evidence_answer(request, find_photo(request.store, request.tenant, check, sha256))
