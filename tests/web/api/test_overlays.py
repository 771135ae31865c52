"""Overlays, package versions and the legal-basis library through the API."""

from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.contract.registry import registry
from chalicelib.domain.tenancy import PLATFORM, Role
from chalicelib.services.scenario.publish_package import publish_package
from tests.builders import act, actor
from tests.web.site import TENANT_A, TENANT_B, Site, open_site

API = "/api/v1"
OVERLAY = f"{API}/scenarios/refined_oil/overlay"
OIL = registry().get("refined_oil")
CITED = next(OIL.bases[item.legal_basis_ids[0]] for item in OIL.checklist.items if item.legal_basis_ids)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site() as opened:
        with bootstrap.scope(PLATFORM):
            operator = actor(Role.PLATFORM_OPERATOR, tenant=PLATFORM)
            publish_package(bootstrap.store(), PLATFORM, act(operator), scenario="refined_oil")
        for tenant in (TENANT_A, TENANT_B):
            opened.browser(Role.COORDINATOR, tenant).call("PUT", f"{API}/scenarios/refined_oil", {"is_enabled": True})
        yield opened


def test_an_overlay_is_drafted_published_and_taken_over(site: Site) -> None:
    coordinator, lawyer = site.browser(Role.COORDINATOR), site.browser(Role.LEGAL_REVIEWER)
    change = {"kind": "set_label", "key": "manifest.departments.commerce.label", "text": "市商务局"}

    assert coordinator.call("POST", f"{OVERLAY}/changes", {"kind": "paint_it"}).status == 422
    assert coordinator.call("POST", f"{OVERLAY}/changes", change).json["number"] == 1
    hidden = coordinator.call("POST", f"{OVERLAY}/changes", {"kind": "hide_item", "item_id": "warning_signs"})
    assert len(hidden.json["changes"]) == 2
    removal = {"kind": "hide_item", "target": "warning_signs"}
    assert len(coordinator.call("POST", f"{OVERLAY}/removals", removal).json["changes"]) == 1
    sent = coordinator.call("POST", f"{OVERLAY}/submission", {"note": "本市机构名称", "is_reusable": True})
    assert sent.json["state"] == "submitted"
    assert coordinator.call("POST", f"{OVERLAY}/publication", {}).status == 403
    assert lawyer.call("POST", f"{OVERLAY}/publication", {}).json["state"] == "published"
    assert [one["state"] for one in coordinator.get(f"{OVERLAY}/upgrade").json["items"]] == ["holds"]

    theirs = site.browser(Role.COORDINATOR, TENANT_B)
    assert [one["tenant"] for one in theirs.get(f"{OVERLAY}/offers").json["items"]] == [TENANT_A]
    taken = theirs.call("POST", f"{OVERLAY}/adoption", {"origin": TENANT_A}).json
    assert (taken["origin"]["tenant"], taken["state"]) == (TENANT_A, "draft")
    assert theirs.call("POST", f"{OVERLAY}/discard", {}).json["state"] == "discarded"
    assert [one["number"] for one in theirs.get(OVERLAY).json["items"]] == [1]


def test_published_packages_are_listed_and_only_the_platform_publishes(site: Site) -> None:
    coordinator = site.browser(Role.COORDINATOR)

    listed = coordinator.get(f"{API}/package-versions").json["items"]

    assert [one["sha256"] for one in listed] == [registry().frozen("refined_oil").sha256]
    assert coordinator.call("POST", f"{API}/package-versions", {"scenario": "refined_oil"}).status == 403


def test_the_library_and_the_work_of_a_changed_law(site: Site) -> None:
    lawyer = site.browser(Role.LEGAL_REVIEWER)
    found = lawyer.get(f"{API}/bases?q={CITED.title}").json["items"]
    detail = lawyer.get(f"{API}/bases/refined_oil/{CITED.id}").json
    assert CITED.id in [one["basis"]["id"] for one in found]
    assert {"check_item", "paragraph"} <= {one["kind"] for one in detail["rests_on_it"]}

    mark = {"title": CITED.title, "article": CITED.article, "change": "repealed"}
    mark |= {"decided_on": "2026-11-01", "effective_on": "2027-01-01"}
    assert lawyer.call("POST", f"{API}/basis-marks", mark | {"article": "第三"}).status == 422
    made = lawyer.call("POST", f"{API}/basis-marks", mark)
    assert made.status == 201
    url = f"{API}/basis-marks/{made.json['id']}"
    work = lawyer.get(f"{url}/work").json["items"]
    assert lawyer.call("POST", f"{url}/work", {"key": work[0]["key"]}).status == 200
    assert [one["is_done"] for one in lawyer.get(f"{url}/work").json["items"]][:2] == [True, False]
    refused = lawyer.call("POST", f"{API}/scenarios/refined_oil/bases/{CITED.id}/confirmation", {"text": "读过"})
    assert refused.status == 422
    assert lawyer.call("POST", f"{url}/withdrawal", {"reason": "标错了"}).json["is_withdrawn"]
    assert lawyer.get(f"{API}/basis-marks").json["items"] == []
