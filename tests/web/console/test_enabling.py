"""A package that its author has not finished is enabled only by somebody who was told what is missing."""

from collections.abc import Iterator
from datetime import date

import pytest

from chalicelib import package_tools
from chalicelib.contract.registry import ROOT, registry
from chalicelib.contract.skeleton import NewPackage, make_package
from chalicelib.domain.tenancy import Role
from tests.web.site import Site, open_site

NEW = NewPackage("elderly_care", "养老机构", "Elderly care", date(2026, 11, 23))
URL = "/console/scenarios/elderly_care/enabled"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    root = tmp_path_factory.mktemp("author")
    make_package(NEW, root / "scenarios", root / "tests")
    known = registry()
    with pytest.MonkeyPatch.context() as patch, open_site() as opened:
        patch.setattr(known, "_folders", (ROOT / "scenarios", root / "scenarios"))
        known.forget()
        package_tools.package_report.cache_clear()
        yield opened
    known.forget()
    package_tools.package_report.cache_clear()


def test_it_is_marked_in_the_list_without_the_text_that_nobody_wrote(site: Site) -> None:
    text = site.browser(Role.COORDINATOR).get("/console/scenarios").text

    assert text.count("没有写完") == 1
    assert "【待填】" not in text


@pytest.mark.parametrize(
    ("url", "form"), [(URL, {}), ("/console/tenant/scenarios", {"scenario": "elderly_care"})], ids=["list", "tenant"]
)
def test_enabling_it_asks_first(site: Site, url: str, form: dict[str, str]) -> None:
    coordinator = site.browser(Role.COORDINATOR)

    asked = coordinator.post(url, form | {"is_enabled": "yes"})

    assert asked.status == 409
    assert "“养老机构”还没有写完" in asked.text and "只到铜级" in asked.text
    assert "还没有填写：一句话说明监管什么" in asked.text
    assert "已启用养老机构" not in coordinator.get("/console/tenant").text
    assert coordinator.post(url, form | {"is_enabled": "yes", "is_confirmed": "yes"}).status == 303
    assert coordinator.post(url, form).status == 303


def test_the_api_says_how_much_is_missing(site: Site) -> None:
    coordinator = site.browser(Role.COORDINATOR)

    for path in ("/api/v1/scenarios/elderly_care", "/api/v1/tenant/scenarios/elderly_care"):
        refused = coordinator.call("PUT", path, {"is_enabled": True})
        assert (refused.status, refused.json["code"]) == (409, "scenario_unfinished")
        assert coordinator.call("PUT", path, {"is_enabled": True, "is_confirmed": True}).status == 200
        assert coordinator.call("PUT", path, {"is_enabled": False}).status == 200


def test_a_finished_one_is_enabled_at_once(site: Site) -> None:
    coordinator = site.browser(Role.COORDINATOR)

    assert coordinator.post("/console/scenarios/refined_oil/enabled", {"is_enabled": "yes"}).status == 303
