"""The handbook of one subject: only what applies to it, on a page and in a file, for it and for officials."""

import io
from collections.abc import Iterator

import docx
import pytest

from chalicelib import bootstrap
from chalicelib.domain.tenancy import Role
from chalicelib.services.jobs.run_job import run_job
from chalicelib.services.tenancy.enable_scenario import enable_scenario
from chalicelib.workers.jobs import work_of
from tests.builders import TENANT, act
from tests.resulting import NAME, registered, staff
from tests.table_costs import metered
from tests.visiting import SCENARIO, SUBJECT_ID, save
from tests.web.inspected import as_person
from tests.web.site import Browser, Site, open_site

OWN, STAFF, PUBLIC = (
    "/subject/handbook",
    f"/console/subjects/{SUBJECT_ID}/handbook",
    f"/p/{TENANT}/handbooks/{SCENARIO}",
)


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site() as opened:
        with bootstrap.scope(TENANT):
            store = bootstrap.store()
            registered(store)
            save(store, *[one for one in staff() if one.id == "p-owner"])
            enable_scenario(store, TENANT, act(), scenario=SCENARIO, known=[SCENARIO])
        yield opened


def text_of(browser: Browser, path: str) -> str:
    """Every text of a DOCX file, as a word processor reads it."""
    reply = browser.get(path)
    assert reply.status == 200 and "attachment" in reply.headers["content-disposition"]
    document = docx.Document(io.BytesIO(reply.body))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    return "\n".join([one.text for one in document.paragraphs] + cells)


def test_the_subject_and_officials_read_what_applies_to_it_and_everybody_the_whole(site: Site) -> None:
    owner, coordinator, anybody = as_person(site, "p-owner"), site.browser(Role.COORDINATOR), site.browser()

    own, staff_file, public = (
        text_of(owner, f"{OWN}/file"),
        text_of(coordinator, f"{STAFF}/file"),
        text_of(anybody, f"{PUBLIC}/file?kind=premises"),
    )

    assert NAME in own and NAME in staff_file and NAME not in public
    assert "符合条件的才适用" in public and "符合条件的才适用" not in own
    assert own.count("\n") < public.count("\n")
    assert "对油品道路运输的检查（符合条件的才适用）" in public and "对油品道路运输的检查" not in own
    for element in ("事项名称", "事项编码", "依据", "事项类型", "对象类型", "程序", "检查方式", "结果"):
        assert element in own
    assert "{{" not in own and "{%" not in own
    assert f"{STAFF}/file" in coordinator.get(STAFF).text
    assert STAFF in coordinator.get(f"/console/subjects/{SUBJECT_ID}").text


def test_the_file_speaks_english_and_an_unknown_scenario_is_not_there(site: Site) -> None:
    owner = as_person(site, "p-owner")

    assert "Item name" in text_of(owner, f"{OWN}/file?lang=en")
    assert owner.get(f"{OWN}/file?scenario=castles").status == 404
    assert site.browser(Role.COORDINATOR).get(f"{STAFF}?scenario=castles").status == 404
    assert site.browser().get(f"/p/{TENANT}/handbooks/prepaid_card/file").status == 404


def test_a_push_is_seen_opened_and_listed(site: Site) -> None:
    owner, coordinator = as_person(site, "p-owner"), site.browser(Role.COORDINATOR)
    sent = coordinator.post("/console/handbook-pushes", {"scenario": SCENARIO, "note": "改了整改期限"}).location
    with bootstrap.scope(TENANT):
        store = bootstrap.store()
        run_job(store, TENANT, store.jobs.of_name(TENANT, "push_handbook").records[0].id, work_of, bootstrap.clock())
    push_id = sent.rsplit("/", 1)[1]

    assert "还有1家没有打开" in coordinator.get(sent).text
    assert NAME in coordinator.get(f"{sent}/file?state=unread").text
    shown = owner.get(owner.get(f"{OWN}?push={push_id}").location).text
    assert "改了整改期限" in shown and 'hx-trigger="load"' in shown
    form = {"push_id": push_id, "subject_id": SUBJECT_ID}
    noted = owner.post(f"{OWN}/opened", form, {"hx-request": "true"}).text
    assert "已记下" in noted and "改了整改期限" in noted
    assert owner.post(f"{OWN}/opened", form).status == 303
    assert "改了整改期限" not in owner.get(OWN).text
    after = coordinator.get(f"{sent}?state=opened").text
    assert "都打开过了" in after and NAME in after
    assert "，" not in coordinator.get(f"{sent}/file?state=opened&lang=en").text.splitlines()[0]
    assert coordinator.get("/console/handbook-pushes").text.count(push_id) >= 1
    assert coordinator.post("/console/handbook-pushes", {"scenario": "castles"}).status == 422
    assert coordinator.get(f"{sent}?state=lost").status == 422
    assert owner.get(sent).status in (403, 404)


def test_a_clause_that_no_longer_holds_says_so_on_the_page_and_on_paper(site: Site) -> None:
    owner, lawyer, anybody = as_person(site, "p-owner"), site.browser(Role.LEGAL_REVIEWER), site.browser()
    mark = {"title": "行政处罚法", "article": "第五十五条", "change": "repealed", "decided_on": "2026-10-01"}
    assert "起废止" not in owner.get(OWN).text

    said = {"effective_on": "2026-11-01", "note": "内部说明"}
    made = lawyer.post("/console/bases/changes", mark | said).location
    later = mark | {"article": "第四十二条", "effective_on": "2027-11-01"}
    assert lawyer.post("/console/bases/changes", later).status == 303

    assert owner.get(OWN).text.count("2026年11月1日起废止") > 0
    assert "《行政处罚法》第55条（2026年11月1日起废止）" in text_of(owner, f"{OWN}/file")
    assert "2027年11月1日起废止" not in owner.get(OWN).text
    with metered() as cost:
        public = anybody.get(f"{PUBLIC}?kind=premises").text
    assert cost.calls <= 3, "the tenant, its legal records, the platform's marks"
    assert "2026年11月1日起废止" in public and "2027年11月1日起废止" not in public and "内部说明" not in public
    assert "《行政处罚法》第55条（2026年11月1日起废止）" in text_of(anybody, f"{PUBLIC}/file?kind=premises")
    assert lawyer.post(f"{made}/withdraw", {"reason": "标错了"}).status == 303
    assert "起废止" not in owner.get(OWN).text and "起废止" not in anybody.get(PUBLIC).text
