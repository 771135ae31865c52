"""The public face: what a visitor without a login finds, and what no page of it ever says."""

from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.services.result.publish_result import withdraw_result
from chalicelib.services.tenancy.enable_scenario import enable_scenario
from tests.builders import TENANT, act
from tests.resulting import CODE, LIGHTNING, NAME, PERSON, PHONE, concluded_visit, published
from tests.visiting import SCENARIO, SUBJECT_ID
from tests.web.site import Site, open_site

BASE = f"/p/{TENANT}"
SUBJECT = f"{BASE}/subjects/{SUBJECT_ID}"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site() as opened:
        store = bootstrap.store()
        with bootstrap.scope(TENANT):
            enable_scenario(store, TENANT, act(), scenario=SCENARIO, known=[SCENARIO])
            published(store, concluded_visit(store, bad=(LIGHTNING,)))
        yield opened


def reads(site: Site, path: str) -> int:
    """Calls to the table for one page."""
    calls: list[str] = []
    events = bootstrap.store()._connection.client.meta.events
    note = lambda model, **_: calls.append(model.name)  # noqa: E731
    events.register("before-call.dynamodb", note)
    try:
        assert site.browser().get(path).status == 200
    finally:
        events.unregister("before-call.dynamodb", note)
    return len(calls)


def test_the_first_page_leads_to_every_place_and_to_the_sign_in(site: Site) -> None:
    page = site.browser().get("/")

    assert page.status == 200
    for wanted in (f'href="{BASE}"', 'href="/p/gx450500"', "南宁市", "北海市", 'href="/login"'):
        assert wanted in page.text


def test_home_shows_the_newest_results_and_where_to_go(site: Site) -> None:
    page = site.browser().get(BASE)

    assert page.status == 200
    for wanted in (
        NAME,
        "正在整改",
        "1项不合格",
        f'href="{BASE}/handbooks/refined_oil"',
        f'href="{BASE}/draws"',
        "12345",
    ):
        assert wanted in page.text


@pytest.mark.parametrize("query", ["甲戌", "甲戌加油站", CODE])
def test_one_hit_is_shown_at_once(site: Site, query: str) -> None:
    reply = site.browser().get(f"{BASE}?q={query}")

    assert (reply.status, reply.location) == (303, SUBJECT)


def test_no_hit_and_too_short_a_query_say_what_to_do(site: Site) -> None:
    none = site.browser().get(f"{BASE}?q=乙亥能源")
    short = site.browser().get(f"{BASE}?q=甲")

    assert "没有找到“乙亥能源”的公示结果" in none.text
    assert 'value="乙亥能源"' in none.text
    assert "请再多输几个字" in short.text


def test_the_subject_page_tells_finding_clause_and_deadline_and_no_person(site: Site) -> None:
    page = site.browser().get(SUBJECT)

    assert page.status == 200
    for wanted in (NAME, CODE, "最近一次检查", "市气象局", "整改期限", "还没有复查合格", "为什么查这家"):
        assert wanted in page.text
    for canary in (PERSON, PHONE, "韦晨", "p-head", "risk", "风险"):
        assert canary not in page.text


def test_public_pages_cost_at_most_three_reads(site: Site) -> None:
    for path in ("/", BASE, SUBJECT, f"{BASE}?q=乙亥能源", f"{BASE}/handbooks", f"{BASE}/handbooks/{SCENARIO}"):
        assert reads(site, path) <= 3, path


def test_the_handbook_shows_what_applies_to_a_kind_and_marks_conditions(site: Site) -> None:
    premises = site.browser().get(f"{BASE}/handbooks/{SCENARIO}?kind=premises")
    vehicle = site.browser().get(f"{BASE}/handbooks/{SCENARIO}?kind=vehicle")

    assert (premises.status, vehicle.status) == (200, 200)
    assert "符合条件的才适用" in premises.text
    assert "依据待确认" in premises.text
    assert len(premises.text) > len(vehicle.text)
    assert site.browser().get(f"{BASE}/handbooks/{SCENARIO}?kind=castle").status == 422


def test_a_handbook_that_is_not_enabled_is_not_there(site: Site) -> None:
    assert site.browser().get(f"/p/gx450500/handbooks/{SCENARIO}").status == 404
    assert site.browser().get("/p/gx999999").status == 404
    assert site.browser().get("/p/platform").status == 404
    assert site.browser().get(f"/p/gx450500/subjects/{SUBJECT_ID}").status == 404


@pytest.mark.parametrize(
    "path", ["/", BASE, SUBJECT, f"{BASE}?q=乙", f"{BASE}/handbooks", f"{BASE}/handbooks/{SCENARIO}"]
)
def test_every_page_speaks_english(site: Site, path: str) -> None:
    separator = "&" if "?" in path else "?"
    page = site.browser().get(f"{path}{separator}lang=en")

    assert page.status == 200
    assert 'lang="en"' in page.text


def test_withdrawn_results_are_gone(site: Site) -> None:
    store = bootstrap.store()
    with bootstrap.scope(TENANT):
        visit_id = store.public_results.newest(TENANT).records[0].id
        withdraw_result(store, TENANT, act(minutes=500), visit_id=visit_id, reason="测试")

    assert site.browser().get(SUBJECT).status == 404
    assert NAME not in site.browser().get(BASE).text
