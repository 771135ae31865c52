"""An overlay moves on: to a new version of its package with three-way differences, or over from another tenant."""

from chalice import Blueprint

from chalicelib.contract.registry import registry
from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.overlay import OverlayState
from chalicelib.services.scenario.adopt_overlay import adopt_overlay, offers_of
from chalicelib.services.scenario.draft_overlay import open_version, upgrade_overlay
from chalicelib.services.scenario.read_edition import read_base
from chalicelib.web import messages, overlay_form
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.console.overlays import BASE, SAMPLE, url_of
from chalicelib.web.fields import invalid
from chalicelib.web.i18n import gettext
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
    """What other tenants let others take over, with what it would change here."""
    installed = package_in_words(scenario)
    return page(
        request,
        "pages/overlays/offers.html",
        package=installed,
        url=url_of(scenario),
        offers=[
            {"tenant": one.tenant, "overlay": one.overlay, "rows": rows_of(installed, installed, one.overlay.changes)}
            for one in offers_of(request.store, request.tenant, scenario)
        ],
    )


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
    if origin == request.tenant:
        raise invalid("origin", "unknown_choice")
    adopt_overlay(request.store, request.tenant, request.act(), scenario=scenario, origin=origin)
    return see_other(url_of(scenario), gettext("已采用为草稿，核对后提交。"))
