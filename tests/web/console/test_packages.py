"""A package that does not hold is refused with its findings, and no page of the place that enabled it fails."""

from collections.abc import Iterator
from importlib.metadata import EntryPoint
from unittest.mock import patch

import pytest

from chalicelib import bootstrap
from chalicelib.contract import registry as registry_module
from chalicelib.contract.freeze import freeze_package
from chalicelib.contract.registry import ROOT, Handlers, registry
from chalicelib.domain.session import Membership
from chalicelib.domain.tenancy import PLATFORM, Person, Role
from chalicelib.services.tenancy.enable_scenario import enable_scenario
from chalicelib.services.tenancy.open_platform import open_platform
from chalicelib.storage.scope import entered
from tests.builders import act, actor
from tests.web.site import TENANT_A, Browser, Site, open_site

BROKEN = ROOT / "tests" / "fixtures" / "scenarios"
OPERATOR = Person(id="platform-operator", name="运营甲", roles=frozenset({Role.PLATFORM_OPERATOR}))


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    known = registry()
    entries = [
        EntryPoint("lost_trade", "no_such_distribution.anywhere", registry_module.ENTRY_POINT_GROUP),
        EntryPoint("Bad Name", "scenarios.refined_oil", registry_module.ENTRY_POINT_GROUP),
    ]
    with pytest.MonkeyPatch.context() as patch, open_site() as opened:
        patch.setattr(known, "_folders", (ROOT / "scenarios", BROKEN))
        patch.setattr(registry_module, "entry_points", lambda group: entries)
        known.forget()
        by = act(actor(Role.PLATFORM_OPERATOR, PLATFORM))
        open_platform(bootstrap.store(), by, label="平台", label_en="Platform", operators=[OPERATOR])
        with entered(TENANT_A):
            for name in ("broken_station", "lost_trade", "refined_oil"):
                enable_scenario(bootstrap.store(), TENANT_A, act(actor(Role.COORDINATOR)), scenario=name, known=[name])
        yield opened
    known.forget()


@pytest.fixture(scope="module")
def operator(site: Site) -> Browser:
    browser = Browser(site)
    site.sign_in(browser, Membership(tenant=PLATFORM, person_id=OPERATOR.id, label="平台"))
    return browser


def test_the_operator_sees_every_refused_package_with_its_findings(operator: Browser) -> None:
    text = operator.get("/console/packages").text

    assert "3个场景包不能用" in text
    for words in (
        "broken_station",
        "不是正确的JSON",
        "lost_trade",
        "入口点指的不是可以引用的包",
        "Bad Name不能作场景名称",
    ):
        assert words in text
    assert "成品油流通" in text


def test_the_page_is_the_operators(site: Site) -> None:
    assert site.browser(Role.COORDINATOR).get("/console/packages").status == 403


@pytest.mark.parametrize(
    "path",
    [
        "/console",
        "/console/scenarios",
        "/console/plans/new",
        "/console/subjects",
        "/console/imports",
        "/console/evaluations",
        "/console/setup",
        "/console/tenant",
    ],
)
def test_the_console_goes_on(site: Site, path: str) -> None:
    assert site.browser(Role.COORDINATOR).get(path).status < 500


def test_what_does_not_hold_can_only_be_switched_off(site: Site) -> None:
    coordinator = site.browser(Role.COORDINATOR)
    url = "/console/scenarios/lost_trade/enabled"

    assert "入口点指的不是可以引用的包" in coordinator.get("/console/scenarios").text
    assert coordinator.post(url, {"is_enabled": "yes"}).status == 422
    assert coordinator.call("PUT", "/api/v1/scenarios/lost_trade", {"is_enabled": True}).status == 422
    assert coordinator.post(url, {}).status == 303


def test_public_pages_and_the_api_go_on(site: Site) -> None:
    browser = Browser(site)

    assert "成品油流通" in browser.get(f"/p/{TENANT_A}/handbooks").text
    listed = site.browser(Role.COORDINATOR).get("/api/v1/scenarios")
    assert listed.status == 200
    assert "broken_station" not in listed.text


def test_the_operator_publishes_a_version_once(operator: Browser, site: Site) -> None:
    url = "/console/packages/refined_oil/publication"
    assert "这个版本还没有发布" in operator.get("/console/packages").text

    assert operator.post(url).location == "/console/packages"
    assert operator.post(url).status == 303
    page = operator.get("/console/packages").text
    assert "已发布" in page and registry().frozen("refined_oil").sha256[:12] in page
    assert site.browser(Role.COORDINATOR).post(url).status == 403


def test_the_operator_sees_whether_published_versions_still_come_out(operator: Browser) -> None:
    versions = "/console/packages/refined_oil/versions"
    assert "每个样例现在算出来和发布时写的一样" in operator.get(versions).text
    newer = registry().get("refined_oil")
    newer = newer.replacing(manifest=newer.manifest.model_copy(update={"version": "9.0.0"}))
    silent = patch.dict(registry()._handlers, {"refined_oil": object.__new__(Handlers)})
    frozen = patch.dict(registry()._frozen, {"refined_oil": freeze_package(newer)})
    with silent, frozen, patch.dict(registry()._scenarios, {"refined_oil": newer}):
        refused = operator.post("/console/packages/refined_oil/publication")
        assert refused.status == 409 and "照样发布" in refused.text and "处不一样" in refused.text
    assert operator.get("/console/packages/no_such_package/versions").status == 404
