"""Overlays for programs: the versions of a tenant's overlay, its draft, the second person's word, upgrade and reuse;
and the platform's published package versions."""

from typing import Any

from chalice import Blueprint
from pydantic import Field, RootModel

from chalicelib.contract.overlay_difference import Difference
from chalicelib.contract.registry import registry
from chalicelib.domain.access import Permission
from chalicelib.domain.overlay import Change, OverlayState, PublicOverlay, ScenarioOverlay
from chalicelib.domain.package_version import PublicPackageVersion
from chalicelib.services.scenario.adopt_overlay import adopt_overlay, offers_of
from chalicelib.services.scenario.draft_overlay import (
    discard_draft,
    open_version,
    put_change,
    remove_change,
    upgrade_overlay,
)
from chalicelib.services.scenario.publish_package import publish_package
from chalicelib.services.scenario.read_edition import read_base
from chalicelib.services.scenario.settle_overlay import publish_overlay, return_overlay, submit_overlay
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Body, Listed, Shown, listed, versioned
from chalicelib.web.console.overlays import findings_of, opened_id
from chalicelib.web.console.tenants import on_platform
from chalicelib.web.overlay_view import differences_in_words
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/scenarios/{{scenario}}/overlay"
PACKAGES = f"{PREFIX}/package-versions"
SAMPLE = {"scenario": "refined_oil"}
P = Permission
OverlayAnswer = versioned(ScenarioOverlay, "OverlayAnswer")


class ChangeBody(RootModel[Change]):
    """One typed change; `kind` says which."""


class RemovalBody(Body):
    kind: str
    target: str = Field(description="label key, or id of the indicator, term, item or section")


class UpgradeBody(Body):
    """dropped: changes that are given up."""

    dropped: list[RemovalBody] = Field(default_factory=list, max_length=200)


class SubmissionBody(Body):
    """is_reusable: other tenants may take it over, and see all of it."""

    note: str = Field(max_length=500)
    is_reusable: bool = False


class ReturnBody(Body):
    reason: str = Field(max_length=500)


class AdoptionBody(Body):
    origin: str = Field(description="the tenant whose overlay is taken over")


class OfferAnswer(Shown):
    """An overlay in force that another tenant published for reuse."""

    tenant: str
    label: str
    overlay: PublicOverlay


class PublicationBody(Body):
    """reason: why older versions rightly come out otherwise now; asked for only where they do."""

    scenario: str
    reason: str = Field(default="", max_length=400)


class FindingAnswer(Shown):
    """What keeps a version from being used: kind and target name the change to blame, empty where no single one is;
    mend: what to do, in the caller's language."""

    number: int
    code: str
    kind: str
    target: str
    problem: str
    mend: str


def _told(overlay: ScenarioOverlay) -> Answer:
    return json_answer(overlay.model_dump(mode="json") | {"version": overlay.version}, etag=overlay.version)


@route(blueprint, BASE, permission=P.SCENARIO_READ, sample=SAMPLE, answers=Listed[OverlayAnswer])
def list_versions(request: WebRequest, scenario: str) -> Answer:
    """Every version of the tenant's overlay, newest first; the newest published one is in force."""
    registry().get(scenario)
    found = request.store.overlays.of_scenario(request.tenant, scenario)
    return listed(request, [one.model_dump(mode="json") | {"version": one.version} for one in found])


@route(blueprint, f"{BASE}/findings", permission=P.SCENARIO_READ, sample=SAMPLE, answers=Listed[FindingAnswer])
def list_findings(request: WebRequest, scenario: str) -> Answer:
    """What is wrong with the version being worked on and with the one in force; a plan does not begin with one that
    does not hold."""
    registry().get(scenario)
    versions = request.store.overlays.of_scenario(request.tenant, scenario)
    in_force = next((one for one in versions if one.state is OverlayState.PUBLISHED), None)
    return listed(
        request,
        [
            {
                "number": version.number,
                "code": one.problem.code,
                "kind": one.change.kind if one.change else "",
                "target": one.change.target if one.change else "",
                "problem": one.text,
                "mend": one.mend,
            }
            for version in (open_version(versions), in_force)
            for one in findings_of(request, version)
        ],
    )


@route(
    blueprint,
    f"{BASE}/changes",
    methods=("POST",),
    permission=P.OVERLAY_WRITE,
    sample=SAMPLE,
    body=ChangeBody,
    answers=OverlayAnswer,
    sample_body={"kind": "hide_item", "item_id": "warning_signs"},
)
def post_change(request: WebRequest, scenario: str) -> Answer:
    """Put a change into the draft, which is begun if there is none; one of the same kind and target is replaced."""
    change = request.model(ChangeBody).root
    return _told(put_change(request.store, request.tenant, request.act(), scenario=scenario, change=change))


@route(
    blueprint,
    f"{BASE}/removals",
    methods=("POST",),
    permission=P.OVERLAY_WRITE,
    sample=SAMPLE,
    body=RemovalBody,
    answers=OverlayAnswer,
    sample_body={"kind": "hide_item", "target": "warning_signs"},
)
def post_removal(request: WebRequest, scenario: str) -> Answer:
    """Take a change out of the draft."""
    body = request.model(RemovalBody)
    values = {"scenario": scenario, "kind": body.kind, "target": body.target}
    return _told(remove_change(request.store, request.tenant, request.act(), **values))


@route(blueprint, f"{BASE}/upgrade", permission=P.SCENARIO_READ, sample=SAMPLE, answers=Listed[Difference])
def show_upgrade(request: WebRequest, scenario: str) -> Answer:
    """Each change three-way: the version that the overlay is written for, the installed one, and ours."""
    installed = registry().get(scenario)
    versions = request.store.overlays.of_scenario(request.tenant, scenario)
    ours = open_version(versions) or next((one for one in versions if one.state is OverlayState.PUBLISHED), None)
    if ours is None:
        return listed(request, [])
    old = read_base(request.store, ours)
    new = installed if ours.base_version != installed.version else old
    return listed(request, [one.model_dump(mode="json") for one in differences_in_words(old, new, ours.changes)])


@route(
    blueprint,
    f"{BASE}/upgrade",
    methods=("POST",),
    permission=P.OVERLAY_WRITE,
    sample=SAMPLE,
    body=UpgradeBody,
    answers=OverlayAnswer,
    sample_body={"dropped": []},
)
def post_upgrade(request: WebRequest, scenario: str) -> Answer:
    """Move the draft to the installed version of the package; what no longer applies has to be dropped."""
    dropped = [(one.kind, one.target) for one in request.model(UpgradeBody).dropped]
    return _told(upgrade_overlay(request.store, request.tenant, request.act(), scenario=scenario, dropped=dropped))


@route(
    blueprint,
    f"{BASE}/submission",
    methods=("POST",),
    permission=P.OVERLAY_WRITE,
    sample=SAMPLE,
    body=SubmissionBody,
    answers=OverlayAnswer,
    sample_body={"note": "本市机构名称"},
)
def post_submission(request: WebRequest, scenario: str) -> Answer:
    """Hand the draft to another person."""
    body = request.model(SubmissionBody)
    values: dict[str, Any] = {"overlay_id": opened_id(request, scenario), **body.model_dump()}
    return _told(submit_overlay(request.store, request.tenant, request.act(), **values))


@route(
    blueprint,
    f"{BASE}/publication",
    methods=("POST",),
    permission=P.OVERLAY_PUBLISH,
    sample=SAMPLE,
    answers=OverlayAnswer,
)
def post_publication(request: WebRequest, scenario: str) -> Answer:
    """Publish what another person submitted: plans drafted from now on begin with it."""
    overlay_id = opened_id(request, scenario)
    return _told(publish_overlay(request.store, request.tenant, request.act(), overlay_id=overlay_id))


@route(
    blueprint,
    f"{BASE}/return",
    methods=("POST",),
    permission=P.OVERLAY_PUBLISH,
    sample=SAMPLE,
    body=ReturnBody,
    answers=OverlayAnswer,
    sample_body={"reason": "请补依据"},
)
def post_return(request: WebRequest, scenario: str) -> Answer:
    """Send what was submitted back to its author."""
    values = {"overlay_id": opened_id(request, scenario), "reason": request.model(ReturnBody).reason}
    return _told(return_overlay(request.store, request.tenant, request.act(), **values))


@route(
    blueprint,
    f"{BASE}/discard",
    methods=("POST",),
    permission=P.OVERLAY_WRITE,
    sample=SAMPLE,
    answers=OverlayAnswer,
)
def post_discard(request: WebRequest, scenario: str) -> Answer:
    """Give the draft up; the version in force stays."""
    return _told(discard_draft(request.store, request.tenant, request.act(), scenario=scenario))


@route(blueprint, f"{BASE}/offers", permission=P.OVERLAY_WRITE, sample=SAMPLE, answers=Listed[OfferAnswer])
def list_offers(request: WebRequest, scenario: str) -> Answer:
    """What other tenants published for reuse."""
    found = offers_of(request.store, request.tenant, scenario)
    return listed(
        request,
        [{"tenant": one.tenant.id, "label": one.tenant.label, "overlay": one.overlay} for one in found],
    )


@route(
    blueprint,
    f"{BASE}/adoption",
    methods=("POST",),
    permission=P.OVERLAY_WRITE,
    sample=SAMPLE,
    body=AdoptionBody,
    answers=OverlayAnswer,
    sample_body={"origin": "gx450500"},
)
def post_adoption(request: WebRequest, scenario: str) -> Answer:
    """Take another tenant's overlay over as the draft, with where it is from."""
    origin = request.model(AdoptionBody).origin
    return _told(adopt_overlay(request.store, request.tenant, request.act(), scenario=scenario, origin=origin))


@route(blueprint, PACKAGES, permission=P.SCENARIO_READ, answers=Listed[PublicPackageVersion])
def list_packages(request: WebRequest) -> Answer:
    """Package versions that the platform published, each with the SHA-256 of its frozen copy."""
    return listed(request, request.store.package_versions.every())


@route(
    blueprint,
    PACKAGES,
    methods=("POST",),
    permission=P.PACKAGE_PUBLISH,
    body=PublicationBody,
    answers={201: PublicPackageVersion},
    sample_body={"scenario": "refined_oil"},
)
def post_package(request: WebRequest) -> Answer:
    """Publish the installed version of a package; its content never changes afterwards."""
    on_platform(request)
    asked = request.model(PublicationBody)
    published = publish_package(
        request.store, request.tenant, request.act(), scenario=asked.scenario, reason=asked.reason
    )
    return json_answer(published, 201)
