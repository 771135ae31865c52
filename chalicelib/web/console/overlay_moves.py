"""An overlay moves on: to a new version of its package with three-way differences, or over from another tenant."""

from contextlib import suppress
from typing import Any

from chalice import Blueprint

from chalicelib.contract.registry import registry
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.errors import InvalidInputError, RecordNotFoundError
from chalicelib.domain.overlay import OverlayState
from chalicelib.services.scenario.adopt_overlay import (
    Offer,
    adopt_overlay,
    fitting_changes,
    offer_problems,
    offers_of,
)
from chalicelib.services.scenario.draft_overlay import open_version, upgrade_overlay
from chalicelib.services.scenario.read_edition import read_base, read_package
from chalicelib.services.scenario.shared_questions import other_scenarios
from chalicelib.web import messages, overlay_form
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.console.overlays import BASE, SAMPLE, url_of
from chalicelib.web.i18n import current_locale, gettext
from chalicelib.web.overlay_findings import findings_in_words
from chalicelib.web.overlay_view import rows_of
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.scenario_views import package_in_words

blueprint = Blueprint(__name__)

P = Permission


@route(blueprint, f"{BASE}/upgrade", permission=P.SCENARIO_READ, sample=SAMPLE)
def show_upgrade(request: WebRequest, scenario: str) -> Answer:
    return _upgrade(request, scenario)


def _upgrade(request: WebRequest, scenario: str, error: InvalidInputError | None = None) -> Answer:
    versions = request.store.overlays.of_scenario(request.tenant, scenario)
    ours = open_version(versions) or next((one for one in versions if one.state is OverlayState.PUBLISHED), None)
    installed = registry().get(scenario)
    old = read_base(request.store, ours) if ours else installed
    return page(
        request,
        "pages/overlays/upgrade.html",
        422 if error else 200,
        package=package_in_words(scenario),
        url=url_of(scenario),
        ours=ours,
        old=old,
        new=installed,
        is_behind=ours is not None and ours.base_version != installed.version,
        rows=rows_of(old, installed, ours.changes) if ours else [],
        may_write=allowed(request.actor, P.OVERLAY_WRITE),
        problems=messages.form_problems(error, overlay_form.labels()) if error else [],
    )


@route(blueprint, f"{BASE}/upgrade", methods=("POST",), permission=P.OVERLAY_WRITE, sample=SAMPLE)
def post_upgrade(request: WebRequest, scenario: str) -> Answer:
    """`drop`: `<kind>|<target>` of each change that is given up."""
    dropped = [(kind, target) for text in request.form.many("drop") for kind, _, target in (text.partition("|"),)]
    try:
        upgrade_overlay(request.store, request.tenant, request.act(), scenario=scenario, dropped=dropped)
    except InvalidInputError as error:
        return _upgrade(request, scenario, error)
    return see_other(url_of(scenario), gettext("草稿已换到新版，核对后提交。"))


@route(blueprint, f"{BASE}/offers", permission=P.OVERLAY_WRITE, sample=SAMPLE)
def show_offers(request: WebRequest, scenario: str) -> Answer:
    """What other tenants let others take over, with what it would change here and what stands in the way."""
    return _offers(request, scenario)


def _offers(request: WebRequest, scenario: str, status: int = 200, refused: str = "") -> Answer:
    package = package_in_words(scenario)
    opened = open_version(request.store.overlays.of_scenario(request.tenant, scenario))
    others = [one.in_language(current_locale()) for one in other_scenarios(request.store, request.tenant, scenario)]
    return page(
        request,
        "pages/overlays/offers.html",
        status,
        package=package,
        url=url_of(scenario),
        offers=[_offer(request, one, others, package) for one in offers_of(request.store, request.tenant, scenario)],
        opened=opened,
        may_adopt=scenario in request.store.tenants.get(request.tenant, request.tenant).scenarios,
        refused=refused,
    )


def _offer(request: WebRequest, offer: Offer, others: list[Scenario], package: Scenario) -> dict[str, Any]:
    """rows: on the version that they write for, where it is here; left_out: changes that this version does not know;
    findings: what refuses the adoption."""
    theirs = offer.overlay
    with suppress(RecordNotFoundError):
        package = read_package(request.store, package.name, theirs.base_version)
    return {
        "tenant": offer.tenant,
        "overlay": theirs,
        "rows": rows_of(package, package, theirs.changes),
        "left_out": len(theirs.changes) - len(fitting_changes(package, theirs)),
        "findings": findings_in_words(offer_problems(request.store, offer, others, current_locale()), theirs.changes),
    }


@route(
    blueprint,
    f"{BASE}/adoption",
    methods=("POST",),
    permission=P.OVERLAY_WRITE,
    sample=SAMPLE,
    sample_body={"origin": "gx450500"},
)
def post_adoption(request: WebRequest, scenario: str) -> Answer:
    origin = request.form.required("origin")
    try:
        adopt_overlay(request.store, request.tenant, request.act(), scenario=scenario, origin=origin)
    except InvalidInputError:
        return _offers(request, scenario, 422, gettext("没有采用，草稿没有变。不成立的地方列在这份调整的下面。"))
    except RecordNotFoundError:
        return _offers(request, scenario, 404, gettext("没有采用：这个单位没有公开调整，或者已经收回。"))
    return see_other(url_of(scenario), gettext("已采用为草稿，核对后提交。"))
