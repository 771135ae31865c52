"""The overlay's pages: drafted by a coordinator, published by another person, upgraded, taken over by another city."""

from collections.abc import Iterator
from unittest.mock import patch

import pytest

from chalicelib import bootstrap
from chalicelib.contract.registry import registry
from chalicelib.domain.tenancy import PLATFORM, Role
from chalicelib.services.scenario.publish_package import publish_package
from tests.builders import act, actor
from tests.web.site import TENANT_A, TENANT_B, Site, open_site

OIL = "/console/scenarios/refined_oil/overlay"
KEY = "manifest.departments.commerce.label"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site() as opened:
        with bootstrap.scope(PLATFORM):
            operator = actor(Role.PLATFORM_OPERATOR, tenant=PLATFORM)
            publish_package(bootstrap.store(), PLATFORM, act(operator), scenario="refined_oil")
        for tenant in (TENANT_A, TENANT_B):
            opened.browser(Role.COORDINATOR, tenant).post(
                "/console/scenarios/refined_oil/enabled", {"is_enabled": "yes"}
            )
        yield opened


def test_drafted_by_one_published_by_another_and_seen_by_the_public(site: Site) -> None:
    coordinator, lawyer = site.browser(Role.COORDINATOR), site.browser(Role.LEGAL_REVIEWER)
    assert "还没有本地调整" in coordinator.get(OIL).text

    found = coordinator.get(f"{OIL}/changes/set_label?find=商务部门")
    assert KEY in found.text
    assert coordinator.post(f"{OIL}/changes/set_label", {"label_key": KEY, "text": "示例市商务局"}).location == OIL
    assert coordinator.post(f"{OIL}/changes/hide_item", {"item_id": "warning_signs"}).status == 303
    assert "第1版调整在起草" in coordinator.get(OIL).text
    assert lawyer.post(f"{OIL}/changes/hide_item", {"item_id": "warning_signs"}).status == 403
    for note in ("", "短", "长" * 501):
        assert coordinator.post(f"{OIL}/submission", {"note": note}).status == 422
    assert coordinator.post(f"{OIL}/submission", {"note": "本市机构名称", "is_reusable": "yes"}).status == 303
    assert coordinator.post(f"{OIL}/publication").status == 409
    assert f'href="{OIL}"' in lawyer.get("/console").text and "的本地调整，等您发布" in lawyer.get("/console").text
    assert "的本地调整，等您发布" not in coordinator.get("/console").text
    assert "核对无误，发布" in lawyer.get(OIL).text
    assert lawyer.post(f"{OIL}/publication").location == OIL

    assert "本地调整了2处，在用" in coordinator.get(OIL).text
    assert "示例市商务局" in site.browser().get(f"/p/{TENANT_A}/handbooks/refined_oil").text
    checklist = coordinator.get("/console/scenarios/refined_oil/checklist").text
    hidden = registry().get("refined_oil").checklist.item("warning_signs")
    assert "示例市商务局" in checklist
    assert hidden is not None and hidden.name not in checklist


def test_what_is_typed_stays_and_says_what_is_wrong(site: Site) -> None:
    coordinator = site.browser(Role.COORDINATOR)

    wrong = coordinator.post(f"{OIL}/changes/add_item", {"name": "本地台账", "standard": ""})
    limits = {"indicator_id": "fuel_difference_ratio", "limit_yellow": "9", "limit_orange": "1", "limit_red": "x"}

    assert wrong.status == 422 and 'value="本地台账"' in wrong.text
    assert coordinator.post(f"{OIL}/changes/set_thresholds", limits).status == 422
    assert coordinator.post(f"{OIL}/changes/hide_item", {"item_id": "dangerous_chemicals_licence"}).status == 422
    assert coordinator.get(f"{OIL}/changes/paint_it").status == 404
    for kind in ("set_thresholds?indicator_id=fuel_difference_ratio", "reorder_items?section_id=ledger", "add_item"):
        assert coordinator.get(f"{OIL}/changes/{kind}").status == 200


def test_a_figure_left_to_the_tenant_is_set_within_its_range(site: Site) -> None:
    coordinator, card = site.browser(Role.COORDINATOR), "/console/scenarios/prepaid_card/overlay"
    coordinator.post("/console/scenarios/prepaid_card/enabled", {"is_enabled": "yes"})
    choice = coordinator.get(f"{card}/changes/set_figure").text
    form = coordinator.get(f"{card}/changes/set_figure?figure_id=quarterly_report_days").text
    fixed = coordinator.get(f"{card}/changes/set_figure?figure_id=named_card_limit").text

    assert "集团、品牌发卡企业季度报送期限" in choice and "单张记名卡限额" not in choice
    assert "场景包20个工作日，可设1个工作日至20个工作日" in form and 'name="value"' in form
    assert 'name="value"' not in choice + fixed
    assert "法定数值不能改" in coordinator.get(f"{OIL}/changes/set_figure").text
    for wrong in ("21", "", "-1", "x"):
        assert (
            coordinator.post(
                f"{card}/changes/set_figure", {"figure_id": "quarterly_report_days", "value": wrong}
            ).status
            == 422
        )
    finer = coordinator.post(f"{card}/changes/set_figure", {"figure_id": "escrow_share_group", "value": "50.555"})
    assert finer.status == 422 and "最多2位小数" in finer.text and "超出" not in finer.text
    assert coordinator.post(f"{card}/changes/set_figure", {"figure_id": "nothing", "value": "1"}).status == 422
    for id, value in (("quarterly_report_days", "15"), ("escrow_share_group", "35.5")):
        assert coordinator.post(f"{card}/changes/set_figure", {"figure_id": id, "value": value}).location == card
    shown = coordinator.get(card).text
    assert "15个工作日" in shown and "35.5%" in shown and "30%" in shown


def test_an_upgrade_shows_three_sides_and_drops_what_no_longer_applies(site: Site) -> None:
    coordinator = site.browser(Role.COORDINATOR)
    old = registry().get("refined_oil")
    sections = [
        one.model_copy(update={"items": tuple(item for item in one.items if item.id != "warning_signs")})
        for one in old.checklist.sections
    ]
    new = old.replacing(
        manifest=old.manifest.model_copy(update={"version": "9.0.0"}),
        checklist=old.checklist.model_copy(update={"sections": tuple(sections)}),
    )
    with patch.dict(registry()._scenarios, {"refined_oil": new}), patch.dict(registry()._frozen, clear=True):
        assert "场景包已有9.0.0版" in coordinator.get(OIL).text
        upgrade = coordinator.get(f"{OIL}/upgrade").text
        assert "升级到9.0.0版，有1处不再适用" in upgrade
        assert "新版里没有这个检查项" in upgrade
        assert coordinator.post(f"{OIL}/upgrade").status == 422
        assert coordinator.post(f"{OIL}/upgrade", {"drop": "hide_item|warning_signs"}).location == OIL
        assert "写在场景包9.0.0版上" in coordinator.get(OIL).text
    # Version 9.0.0 was never published, and another one is installed again.
    form = f"{OIL}/changes/hide_item"
    gone = coordinator.post(form, {"item_id": "vapour_recovery_running"})
    assert gone.status == 422 and "换到新版" in gone.text
    unsent = coordinator.post(f"{OIL}/submission", {"note": "本市机构名称"})
    assert unsent.status == 422 and "换到新版" in unsent.text and f"{OIL}/upgrade" in unsent.text
    with patch.dict(registry()._scenarios, {"refined_oil": new}), patch.dict(registry()._frozen, clear=True):
        assert coordinator.post(f"{OIL}/discard").status == 303


def test_another_city_takes_it_over_through_the_page_and_the_api(site: Site) -> None:
    theirs = site.browser(Role.COORDINATOR, TENANT_B)

    assert "1个单位公开了调整" in theirs.get(f"{OIL}/offers").text
    for answer in ("no", "yes"):
        assert theirs.post("/console/scenarios/refined_oil/enabled", {"is_enabled": answer}).status == 303
        assert ("没有启用" in theirs.get(f"{OIL}/offers").text) is (answer == "no")
    assert theirs.post(f"{OIL}/adoption", {"origin": TENANT_A}).location == OIL
    page = theirs.get(OIL).text

    assert "采用自" in page and "示例市商务局" in page
    for stranger in ("gx999999", "a#b"):
        assert theirs.post(f"{OIL}/adoption", {"origin": stranger}).status == 404
