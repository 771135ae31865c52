"""The legal-basis library: found, confirmed with the text that was read, marked, worked off."""

from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.contract.basis_work import WorkEntry, WorkKind
from chalicelib.contract.registry import registry
from chalicelib.domain.legal_basis import BasisStatus
from chalicelib.domain.tenancy import PLATFORM, Role
from chalicelib.web.console.bases import place_of
from tests.web.site import TENANT_A, Site, open_site

BASE = "/console/bases"
OIL = registry().get("refined_oil")
WAITING = next(one for one in OIL.legal_basis.bases if one.status is BasisStatus.TO_BE_CONFIRMED)
CITED = next(OIL.bases[item.legal_basis_ids[0]] for item in OIL.checklist.items if item.legal_basis_ids)
MARK = {
    "title": CITED.title,
    "article": CITED.article,
    "change": "amended",
    "decided_on": "2026-11-01",
    "effective_on": "2027-01-01",
    "successor": "示例法（2026年修订）",
}


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site() as opened:
        opened.browser(Role.COORDINATOR).post("/console/scenarios/refined_oil/enabled", {"is_enabled": "yes"})
        yield opened


def test_the_library_is_searched_and_filtered(site: Site) -> None:
    inspector = site.browser(Role.INSPECTOR)

    whole = inspector.get(BASE).text
    found = inspector.get(f"{BASE}?q={CITED.title}&scenario=refined_oil").text
    waiting = inspector.get(f"{BASE}?standing=waiting").text

    assert "待确认" in whole
    assert CITED.citation in found and len(found) < len(whole)
    assert WAITING.citation in waiting
    assert "没有符合的依据" in inspector.get(f"{BASE}?q=不存在的法律").text
    assert inspector.get(f"{BASE}/refined_oil/nothing").status == 404
    one = f"{BASE}/refined_oil/{CITED.id}"
    items = inspector.get(f"{one}?kind=check_item").text
    assert 'id="rests-check_item"' in items and 'id="rests-paragraph"' not in items and "看别的" in items
    assert 'id="rests-paragraph"' in inspector.get(f"{one}?kind=nothing").text


@pytest.mark.parametrize("kind", WorkKind)
def test_whatever_rests_on_a_clause_has_a_page_that_opens(site: Site, kind: WorkKind) -> None:
    place = place_of(WorkEntry(scenario="refined_oil", kind=kind, id="x", label="x", basis_id="x"))
    found = 404 if kind in (WorkKind.PLAN, WorkKind.VISIT) else 200
    assert site.browser(Role.COORDINATOR).get(place).status == found


def test_the_legal_officer_confirms_with_the_text_that_was_read(site: Site) -> None:
    lawyer, coordinator = site.browser(Role.LEGAL_REVIEWER), site.browser(Role.COORDINATOR)
    url = f"{BASE}/refined_oil/{WAITING.id}"

    assert coordinator.post(f"{url}/confirm", {"text": "读过"}).status == 403
    assert lawyer.post(f"{url}/confirm", {"text": ""}).status == 422
    assert lawyer.post(f"{url}/confirm", {"text": "长" * 2001}).status == 422
    assert lawyer.post(f"{url}/confirm", {"text": "第三条：……", "text_date": "2025-01-01"}).location == url

    page = coordinator.get(url).text
    assert "第三条：……" in page and "本地法制已确认" in page


def test_the_article_that_was_found_is_typed_as_laws_write_it(site: Site) -> None:
    lawyer = site.browser(Role.LEGAL_REVIEWER)
    without = [one for one in OIL.legal_basis.bases if one.status is BasisStatus.TO_BE_CONFIRMED and not one.article]
    url, read = f"{BASE}/refined_oil/{without[-1].id}", {"text": "读过", "text_date": "2025-01-01"}

    for wrong in (
        {"article": "abc"},
        {"article": "19", "clause": "胡说"},
        {"article": "第十九条第二款", "clause": "第三款"},
        {"clause": "第二款"},
        {"text_date": "1900-01-01"},
    ):
        assert lawyer.post(f"{url}/confirm", read | wrong).status == 422
    assert lawyer.post(f"{url}/confirm", read | {"article": "第十九条之一第二款第三项"}).location == url
    assert "第19条之一第二款第（三）项" in lawyer.get(url).text


def test_what_cannot_be_is_not_marked(site: Site) -> None:
    lawyer = site.browser(Role.LEGAL_REVIEWER)
    wrong = {
        "没有场景引用": {"title": "没有的法"},
        "的文本只有": {"title": "消防法", "article": "第九百条"},
        "标记到条为止": {"article": "第一条第二款"},
        "不能晚于今天": {"decided_on": "2027-02-01", "effective_on": "2027-03-01"},
        "不能早于公布日期": {"effective_on": "2026-01-01"},
        "超出允许的范围": {"effective_on": "2126-01-01"},
        "就是被标记的这一条": {"successor": f"《{CITED.title}》"},
        "请填写“公布日期”": {"decided_on": ""},
    }
    for words, values in wrong.items():
        refused = lawyer.post(f"{BASE}/changes", MARK | values)
        assert refused.status == 422 and words in refused.text, words


def test_a_marked_clause_makes_a_work_list_that_is_ticked_off(site: Site) -> None:
    lawyer = site.browser(Role.LEGAL_REVIEWER)
    assert site.browser(Role.COORDINATOR).post(f"{BASE}/changes", MARK).status == 403
    wrong = lawyer.post(f"{BASE}/changes", MARK | {"article": "第三条", "effective_on": "2026-01-01"})
    assert wrong.status == 422 and "示例法（2026年修订）" in wrong.text

    work = lawyer.post(f"{BASE}/changes", MARK).location
    assert lawyer.post(f"{BASE}/changes", MARK).status == 422
    page = lawyer.get(work).text
    for words in ("依据条目", "检查项", "手册段落", "未办"):
        assert words in page
    assert "已修订" in lawyer.get(f"{BASE}/refined_oil/{CITED.id}").text
    assert lawyer.post(f"{work}/work", {"entry": f"refined_oil:basis:{CITED.id}", "is_done": "yes"}).location == work
    assert "已办" in lawyer.get(work).text
    here = {"entry": f"refined_oil:basis:{CITED.id}", "is_done": "yes", "state": "done"}
    assert lawyer.post(f"{work}/work", here).location == f"{work}?state=done"
    assert lawyer.post(f"{work}/work", here | {"state": "x" * 9000, "start": "9" * 9000}).location == work
    assert CITED.id not in lawyer.get(f"{work}/file").text.splitlines()[0]
    assert CITED.id in lawyer.get(f"{work}/file").text
    done = lawyer.get(f"{work}?state=done").text
    assert CITED.citation in done and 'name="state" value="done"' in done and "&gt;" not in done
    assert "记为办好" not in lawyer.get(f"{work}?state=todo&start=5000").text
    assert CITED.title in site.browser(Role.INSPECTOR).get(f"{BASE}/changes").text

    assert lawyer.post(f"{work}/withdraw", {"reason": ""}).status == 422
    assert lawyer.post(f"{work}/work", {"entry": "a" * 300}).status == 422
    assert lawyer.post(f"{BASE}/changes/a%23b/work", {"entry": "a:b:c"}).status == 404
    assert lawyer.post(f"{work}/withdraw", {"reason": "标错了"}).status == 303
    assert "已修订" not in lawyer.get(f"{BASE}/refined_oil/{CITED.id}").text


def test_a_mark_of_the_platform_counts_in_every_tenant(site: Site) -> None:
    from chalicelib.domain.basis_mark import BasisChange
    from chalicelib.services.scenario.basis_marks import mark_basis
    from tests.builders import act, actor

    operator = actor(Role.PLATFORM_OPERATOR, tenant=PLATFORM)
    values = {"title": CITED.title, "article": CITED.article, "change": BasisChange.REPEALED}
    with bootstrap.scope(PLATFORM):
        mark = mark_basis(
            bootstrap.store(),
            PLATFORM,
            act(operator),
            **values,
            decided_on=act(operator).at.date(),
            effective_on=act(operator).at.date(),
        )
    lawyer = site.browser(Role.LEGAL_REVIEWER)
    work = f"{BASE}/changes/{mark.id}"

    assert "已废止" in lawyer.get(f"{BASE}/refined_oil/{CITED.id}").text
    assert lawyer.post(f"{work}/work", {"entry": f"refined_oil:basis:{CITED.id}", "is_done": "yes"}).location == work
    assert "已办" in lawyer.get(work).text
    assert lawyer.post(f"{work}/withdraw", {"reason": "标错了"}).status == 404
    with bootstrap.scope(TENANT_A):
        assert bootstrap.store().basis_marks.get(TENANT_A, mark.id).is_of_platform
