"""Pages of an overlay that does not hold: what is wrong and how it is mended, on its page, the scenario's, a plan's."""

from collections.abc import Iterator
from unittest.mock import patch

import pytest

from chalicelib import bootstrap
from chalicelib.contract.registry import registry
from chalicelib.domain.item import AnswerType, NumberLimits
from chalicelib.domain.tenancy import PLATFORM, Role
from chalicelib.services.scenario.publish_package import publish_package
from tests.builders import act, actor
from tests.web.site import TENANT_A, TENANT_B, Site, open_site

OIL = "/console/scenarios/refined_oil"
HIDDEN = registry().get("refined_oil").checklist.item("vapour_recovery_running")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A city whose overlay came into force before it was checked whole."""
    with open_site() as opened:
        with bootstrap.scope(PLATFORM):
            operator = actor(Role.PLATFORM_OPERATOR, tenant=PLATFORM)
            publish_package(bootstrap.store(), PLATFORM, act(operator), scenario="refined_oil")
        for tenant in (TENANT_A, TENANT_B):
            opened.browser(Role.COORDINATOR, tenant).post(f"{OIL}/enabled", {"is_enabled": "yes"})
        coordinator, lawyer = opened.browser(Role.COORDINATOR), opened.browser(Role.LEGAL_REVIEWER)
        unchecked = (
            patch("chalicelib.services.scenario.draft_overlay.refuse_new_faults"),
            patch("chalicelib.services.scenario.settle_overlay._refuse_unfitting"),
        )
        with unchecked[0], unchecked[1]:
            hiding = {"item_id": "vapour_recovery_running"}
            assert coordinator.post(f"{OIL}/overlay/changes/hide_item", hiding).status == 303
            note = {"note": "本市不查这一项", "is_reusable": "yes"}
            assert coordinator.post(f"{OIL}/overlay/submission", note).status == 303
            assert lawyer.post(f"{OIL}/overlay/publication").status == 303
        yield opened


def test_it_says_so_wherever_it_matters(site: Site) -> None:
    coordinator = site.browser(Role.COORDINATOR)
    overlay = coordinator.get(f"{OIL}/overlay").text

    assert HIDDEN is not None and HIDDEN.name in overlay
    for words in ("处不成立", "把这处去掉，或者把它要看的那一问加回来", "去掉这处"):
        assert words in overlay
    assert "改好发布以前不能起草计划" in coordinator.get(f"{OIL}/checklist").text
    assert "本地调整不成立" in coordinator.get("/console/scenarios").text
    assert "改好发布以前不能起草计划" in coordinator.get("/console/plans/new?scenario=refined_oil").text
    found = coordinator.call("GET", "/api/v1/scenarios/refined_oil/overlay/findings").json["items"]
    assert {(one["kind"], one["target"]) for one in found} == {("hide_item", "vapour_recovery_running")}


def test_another_city_sees_why_it_cannot_take_it_over_and_keeps_nothing(site: Site) -> None:
    theirs = site.browser(Role.COORDINATOR, TENANT_B)

    assert "不能采用" in theirs.get(f"{OIL}/overlay/offers").text
    refused = theirs.post(f"{OIL}/overlay/adoption", {"origin": TENANT_A})
    assert refused.status == 422 and "没有采用，草稿没有变" in refused.text and "处不成立" not in refused.text
    assert "请对方单位改好再发布" in refused.text
    gone = theirs.post(f"{OIL}/overlay/adoption", {"origin": TENANT_B})
    assert gone.status == 404 and "没有公开调整" in gone.text
    assert "还没有本地调整" in theirs.get(f"{OIL}/overlay").text


def test_it_is_mended_by_taking_the_change_out(site: Site) -> None:
    coordinator, lawyer = site.browser(Role.COORDINATOR), site.browser(Role.LEGAL_REVIEWER)
    change = {"kind": "hide_item", "target": "vapour_recovery_running"}

    assert coordinator.post(f"{OIL}/overlay/removals", change).status == 303
    assert "在用的第1版有不成立的地方" in coordinator.get(f"{OIL}/overlay").text
    assert coordinator.post(f"{OIL}/overlay/submission", {"note": "恢复这一项"}).status == 303
    assert lawyer.post(f"{OIL}/overlay/publication").status == 303
    assert "不成立" not in coordinator.get("/console/scenarios").text


def test_enabling_a_package_whose_question_takes_another_answer_says_so(site: Site) -> None:
    """As one from outside may, which no rule ever saw beside ours."""
    coordinator = site.browser(Role.COORDINATOR)
    oil, housing = registry().get("refined_oil"), registry().get("self_built_housing")
    shared = next(
        item
        for item in oil.checklist.items
        if item.answer_type is AnswerType.COMPLIANCE and item.id != "vapour_recovery_running"
    )
    section = housing.checklist.sections[0]
    number = {"answer_type": AnswerType.NUMBER, "number": NumberLimits(unit="次", minimum=1)}
    asking = section.items[0].model_copy(update={"asked_once_key": shared.question_key, "name": "问得不一样", **number})
    sections = (section.model_copy(update={"items": (asking, *section.items[1:])}), *housing.checklist.sections[1:])
    other = housing.replacing(checklist=housing.checklist.model_copy(update={"sections": sections}))

    with patch.dict(registry()._scenarios, {"self_built_housing": other}):
        url = "/console/scenarios/self_built_housing"
        assert coordinator.post(f"{url}/enabled", {"is_enabled": "yes"}).status == 303
        page = coordinator.get(f"{url}/checklist").text
        assert "不能一次上门一起查：问得不一样" in page and "请告诉场景包的作者改成一致" in page
        assert "不能和“成品油流通”一起查" in coordinator.get("/console/scenarios").text
        notes = coordinator.call("GET", "/api/v1/scenarios/refined_oil").json["notes"]
        assert len(notes) == 1 and other.manifest.label in notes[0]
    assert coordinator.call("GET", "/api/v1/scenarios/refined_oil").json["notes"] == []
