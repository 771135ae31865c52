"""Scenario pages: packages, their four ones through the four handlers, and the legal officer's confirmation."""

from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.contract.registry import registry
from chalicelib.domain.legal_basis import BasisStatus
from chalicelib.domain.tenancy import Role
from tests.web.site import TENANT_A, Site, open_site

BASE = "/console/scenarios"
OIL = f"{BASE}/refined_oil"
API = "/api/v1/scenarios"
PARTS = ("handbook", "checklist", "inspection", "evaluation", "bases")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site() as opened:
        yield opened


def test_a_coordinator_enables_and_disables_a_package(site: Site) -> None:
    coordinator = site.browser(Role.COORDINATOR)
    assert "还没有启用场景" in coordinator.get(BASE).text

    assert coordinator.post(f"{OIL}/enabled", {"is_enabled": "yes"}).location == BASE
    assert "启用了1个场景" in coordinator.get(BASE).text
    assert site.browser().get(f"/p/{TENANT_A}/handbooks/refined_oil").status == 200
    assert coordinator.call("PUT", f"{API}/refined_oil", {"is_enabled": False}).json["is_enabled"] is False
    assert site.browser(Role.DEPARTMENT_OFFICER).post(f"{OIL}/enabled", {"is_enabled": "yes"}).status == 403
    assert coordinator.post(f"{BASE}/castles/enabled", {"is_enabled": "yes"}).status == 422


@pytest.mark.parametrize("part", PARTS)
@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_part_opens_in_both_languages(site: Site, part: str, language: str) -> None:
    page = site.browser(Role.INSPECTOR).get(f"{OIL}/{part}?lang={language}")

    assert page.status == 200
    assert 'aria-current="page"' in page.text


@pytest.mark.parametrize("scenario", registry().names())
def test_the_clocks_of_every_package_say_how_long_and_where_from(site: Site, scenario: str) -> None:
    page = site.browser(Role.COORDINATOR).get(f"{BASE}/{scenario}/inspection")

    assert page.status == 200
    for rule in registry().get(scenario).inspection.deadlines:
        assert rule.label in page.text
        assert (rule.legal_basis[0].citation if rule.is_law else "平台建议值，由本地设定") in page.text


@pytest.mark.parametrize("scenario", registry().names())
def test_a_handbook_shows_everything_that_could_apply(site: Site, scenario: str) -> None:
    package = registry().get(scenario)

    for kind in package.manifest.subject_kind_codes:
        page = site.browser(Role.COORDINATOR).get(f"{BASE}/{scenario}/handbook?kind={kind}")
        asked = {one.id for one in package.checklist.items if kind in (one.subject_kinds or (kind,))}
        for paragraph in package.handbook.paragraphs:
            is_looked_at = not paragraph.check_item_ids or asked & set(paragraph.check_item_ids)
            if is_looked_at and kind in (paragraph.subject_kinds or (kind,)):
                assert paragraph.text in page.text, paragraph.id


def test_the_checklist_is_filtered_and_shows_what_is_asked_once(site: Site) -> None:
    coordinator = site.browser(Role.COORDINATOR)

    whole = coordinator.get(f"{OIL}/checklist")
    weather = coordinator.get(f"{OIL}/checklist?department=meteorology&severity=serious")

    for wanted in ("一次问清", "主责", "符合条件才问的", "现场", "依据待确认"):
        assert wanted in whole.text
    assert "防雷" in weather.text
    assert len(weather.text) < len(whole.text)
    for wrong in ("department=magic", "severity=mild", "kind=castle"):
        assert coordinator.get(f"{OIL}/checklist?{wrong}").status == 422


def test_a_field_under_full_coverage_says_so_above_its_shares(site: Site) -> None:
    pages = {
        name: site.browser(Role.COORDINATOR).get(f"{BASE}/{name}/inspection").text
        for name in ("bottled_gas", "refined_oil")
    }

    assert {name for name, text in pages.items() if "全覆盖重点监管。" in text} == {
        name for name in pages if registry().get(name).inspection.is_full_coverage_field
    }
    assert "这个领域列为全覆盖重点监管。" in pages["bottled_gas"]


def test_inspection_rules_name_departments_without_an_acting_body(site: Site) -> None:
    page = site.browser(Role.COORDINATOR).get(f"{OIL}/inspection")

    assert "本地还没有执法主体承担" in page.text
    assert "每个执法主体至少2名持证人员" in page.text


def test_an_unknown_package_or_part_is_not_there(site: Site) -> None:
    coordinator = site.browser(Role.COORDINATOR)

    for path in (f"{BASE}/castles/handbook", f"{OIL}/secrets", f"{API}/castles"):
        assert coordinator.get(path).status == 404


def test_the_legal_officer_confirms_a_basis(site: Site) -> None:
    waiting = [one.id for one in registry().get("refined_oil").bases.values() if one.status is not BasisStatus.VERIFIED]
    officer = site.browser(Role.LEGAL_REVIEWER)
    page = officer.get(f"{OIL}/bases")
    assert f"{len(waiting)}条依据等法制审核" in page.text
    assert "去确认" in page.text and f"/console/bases/refined_oil/{waiting[0]}" in page.text
    assert "去确认" not in site.browser(Role.COORDINATOR).get(f"{OIL}/bases").text

    call = f"{API}/refined_oil/bases/{waiting[0]}/confirmation"
    read = {"text": "第三条：……", "text_date": "2025-01-01"}
    assert officer.call("POST", call, {}).status == officer.call("POST", call, read | {"text": " "}).status == 422
    assert officer.call("POST", call, read).status == 200
    assert officer.call("POST", f"{API}/refined_oil/bases/{waiting[1]}/confirmation", read).status == 200

    after = officer.get(f"{OIL}/bases")
    assert f"{len(waiting) - 2}条依据等法制审核" in after.text
    assert "本地法制已确认" in after.text
    assert set(waiting[2:]) == set(officer.get(f"{API}/refined_oil").json["waiting_bases"])
    with bootstrap.scope(TENANT_A):
        confirmed = bootstrap.store().confirmations.get(TENANT_A, f"refined_oil.{waiting[0]}")
    assert confirmed.confirmation.confirmed_by == site.people[TENANT_A, Role.LEGAL_REVIEWER].id


REQUESTS = {
    "handbook": {"subject_kind": "premises"},
    "checklist": {"subject": {"kind": "premises", "attributes": {"business_form": "retail"}}},
    "inspection": {"departments": ["meteorology"]},
    "evaluation": {"facts": {"as_of": "2026-11-23"}},
}


@pytest.mark.parametrize("one", REQUESTS)
def test_the_four_handlers_answer_typed_requests(site: Site, one: str) -> None:
    officer = site.browser(Role.DEPARTMENT_OFFICER)

    good = officer.call("POST", f"{API}/refined_oil/{one}", REQUESTS[one])
    bad = officer.call("POST", f"{API}/refined_oil/{one}", {"surprise": 1})
    none = officer.call("POST", f"{API}/refined_oil/{one}", [1])

    assert (good.status, bad.status, none.status) == (200, 422, 400)
    assert {problem["field"] for problem in bad.json["problems"]} >= {"surprise"}
    assert officer.call("POST", f"{API}/refined_oil/magic", {}).status == 404
