"""The register in a browser and over the API: find, look, register, change; what others may see of it."""

import re
from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.domain.event import EventType
from chalicelib.domain.record import new_id
from chalicelib.domain.subject import DrawGrade, ScenarioMembership, Subject, SubjectKind, SubjectStatus
from chalicelib.domain.tenancy import Role
from chalicelib.services.register.register_subject import put_subject
from chalicelib.services.tenancy.enable_scenario import enable_scenario
from infra.local.synthetic import synthetic_code
from tests.builders import act, actor
from tests.web.site import TENANT_A, TENANT_B, Browser, Site, open_site

COUNTIES = ["450102000000", "450103000000", "450105000000"]
CODES = [synthetic_code("450100", number) for number in range(60)]
NEW = {
    "kind": "company",
    "scenario": "refined_oil",
    "name": "南宁市癸亥加油站有限公司",
    "code": CODES[59].lower(),
    "division": COUNTIES[0],
    "address": "兴宁区示例大道９９号",
    "phone": "154-0000-0099",
    "responsible_person": "韦甲子",
    "status": "active",
    "refined_oil.has_storage_tank": "yes",
    "refined_oil.pump_count": "4",
}


def subject(number: int, **more: object) -> Subject:
    values = {
        "name": f"示例{number:02d}加油站有限公司",
        "code": CODES[number],
        "division": COUNTIES[number % 3],
        "address": f"示例大道{number}号",
        "phone": "15400001234",
        "responsible_person": "韦晨阳",
        "memberships": (ScenarioMembership(scenario="refined_oil", draw_grade=DrawGrade.C),),
    } | more
    return Subject.model_validate(values)


def register(subjects: list[Subject], tenant: str = TENANT_A) -> None:
    with bootstrap.scope(tenant):
        for start in range(0, len(subjects), 7):
            with bootstrap.store().change(tenant, act(actor(Role.COORDINATOR, tenant))) as change:
                for one in subjects[start : start + 7]:
                    put_subject(change, one)
                change.event(EventType.SUBJECT_REGISTERED, subjects[start])


@pytest.fixture
def site() -> Iterator[Site]:
    with open_site() as opened:
        with bootstrap.scope(TENANT_A):
            by = act(actor(Role.COORDINATOR))
            enable_scenario(bootstrap.store(), TENANT_A, by, scenario="refined_oil", known=["refined_oil"])
        yield opened


@pytest.fixture
def browser(site: Site) -> Browser:
    return site.browser(Role.COORDINATOR)


def listed(page: str) -> list[str]:
    """Identifiers of the subjects of a list, in order."""
    return re.findall(r'class="yj-title" href="/console/subjects/([^"]+)"', page)


def next_page(page: str) -> str:
    found = re.search(r'href="(/console/subjects\?[^"]*cursor=[^"]*)"', page)
    return found[1].replace("&amp;", "&") if found else ""


def test_paging_shows_every_subject_once_in_order(browser: Browser, monkeypatch) -> None:
    monkeypatch.setattr("chalicelib.web.subject_list.PAGE_ROWS", 12)
    subjects = [subject(number) for number in range(40)]
    register(subjects)

    pages = []
    path = "/console/subjects"
    while path:
        text = browser.get(path).text
        pages.append(listed(text))
        path = next_page(text)
    shown = [one for page in pages for one in page]

    assert all(len(page) <= 12 for page in pages)
    assert shown == [one.id for one in sorted(subjects, key=lambda one: one.search_name)]


def test_a_cursor_is_of_one_person_and_one_filter(site: Site, browser: Browser, monkeypatch) -> None:
    monkeypatch.setattr("chalicelib.web.subject_list.PAGE_ROWS", 12)
    register([subject(number) for number in range(30)])
    following = next_page(browser.get("/console/subjects").text)

    assert browser.get(f"{following}&status=active").status == 422
    assert site.browser(Role.LEGAL_REVIEWER).get(following).status == 422


@pytest.mark.parametrize("query", [CODES[1], CODES[1].lower(), f"{CODES[1][:8]} {CODES[1][8:]}"])
def test_a_whole_code_opens_its_subject(browser: Browser, query: str) -> None:
    one = subject(1)
    register([one, subject(2)])

    assert browser.get(f"/console/subjects?q={query.replace(' ', '%20')}").location == f"/console/subjects/{one.id}"


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("q=示例02", {2}),
        ("q=示例大道1号", {1}),
        (f"q={CODES[3][:17]}", {3}),
        ("status=closed", {4}),
        ("kind=tank", {5}),
        (f"division={COUNTIES[1]}", {1, 4}),
        (f"division={COUNTIES[1]}&order=changed", {1, 4}),
        (f"q=示例&division={COUNTIES[1]}", {1, 4}),
        ("scenario=refined_oil&status=closed", {4}),
        ("scenario=refined_oil&grade=C", {1, 2, 3, 4}),
        ("scenario=refined_oil&order=grade", {1, 2, 3, 4}),
        ("scenario=refined_oil&grade=A", set()),
        ("scenario=refined_oil&q=加油站", {1, 2, 3, 4}),
        ("q=无此企业", set()),
    ],
)
def test_filters(browser: Browser, query: str, found: set[int]) -> None:
    subjects = {number: subject(number) for number in (1, 2, 3)}
    subjects[4] = subject(4, status=SubjectStatus.CLOSED)
    subjects[5] = subject(5, kind=SubjectKind.TANK, code=None, name="一号罐", memberships=())
    register(list(subjects.values()))

    assert set(listed(browser.get(f"/console/subjects?{query}").text)) == {subjects[number].id for number in found}


def test_a_saved_filter_is_opened_renamed_and_deleted_after_asking(browser: Browser) -> None:
    assert browser.post("/console/filters", {"name": "青秀", "q": "示例"}).status == 303
    listed = browser.get("/console/filters").text
    one = re.search(r"/console/filters/\w{26}", listed)[0]

    assert browser.post(one, {"name": "青秀区"}).status == 303
    assert "删除常用条件“青秀区”？" in browser.get(f"{one}/delete").text
    assert browser.post(f"{one}/delete", {}).status == 303
    assert "青秀区" not in browser.get("/console/filters").text


def test_a_search_that_reads_only_a_part_says_so_and_goes_on(browser: Browser, monkeypatch) -> None:
    monkeypatch.setattr("chalicelib.storage.subjects.MAX_ROWS", 10)
    wanted = subject(20, name="龙尾一家", status=SubjectStatus.CLOSED)
    register([subject(number) for number in range(12)] + [wanted])

    first = browser.get("/console/subjects?status=closed").text
    assert listed(first) == []
    assert "后面还有没查的" in first
    second = browser.get(next_page(first)).text

    assert listed(second) == [wanted.id]


@pytest.mark.parametrize(
    "query", ["kind=castle", "status=x", "division=450502000000", "division=x", "order=x", "grade=A", f"q={61 * 'x'}"]
)
def test_a_filter_that_cannot_be_is_refused(browser: Browser, query: str) -> None:
    assert browser.get(f"/console/subjects?{query}").status == 422


def test_a_subject_is_shown_masked(browser: Browser) -> None:
    one = subject(1)
    register([one])

    page = browser.get(f"/console/subjects/{one.id}").text
    body = browser.get(f"/api/v1/subjects/{one.id}")

    assert "154****1234" in page
    assert "韦*" in page
    for text in (page, body.text):
        assert "15400001234" not in text
        assert "韦晨阳" not in text.replace("测试", "")
    assert body.json["phone_masked"] == "154****1234"
    assert body.headers["etag"].startswith('"1.')


def test_the_stratum_of_the_draw_is_for_those_who_may_see_risk(site: Site, browser: Browser) -> None:
    one = subject(1)
    register([one])
    path = f"/console/subjects/{one.id}"

    assert "抽取分层" in browser.get(path).text
    assert "抽取分层" not in site.browser(Role.LEGAL_REVIEWER).get(path).text
    assert "draw_grade" not in site.browser(Role.LEGAL_REVIEWER).get(f"/api/v1/subjects/{one.id}").text


def test_register_one(browser: Browser) -> None:
    done = browser.post("/console/subjects", NEW)

    page = browser.get(done.location).text
    body = browser.get(done.location.replace("/console", "/api/v1")).json
    assert "91450100MA" in page
    assert body["address"] == "兴宁区示例大道99号"
    assert body["code"] == CODES[59]
    assert body["memberships"][0]["attributes"] == {"has_storage_tank": True, "pump_count": 4}
    assert "登记" in page


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "请填写“名称”"),
        ({"code": ""}, "请填写“统一社会信用代码”"),
        ({"code": CODES[59][:-1]}, "是17位，应为18位"),
        ({"code": CODES[59][:-1] + ("0" if CODES[59][-1] != "0" else "1")}, "校验位不对"),
        ({"division": ""}, "请选择“县区”"),
        ({"division": "450502000000"}, "“县区”不在可选范围内"),
        ({"phone": "123"}, "认不出是电话号码"),
        ({"kind": "castle"}, "“对象类型”不在可选范围内"),
        ({"refined_oil.pump_count": "四"}, "“加油机数”要填数字"),
        ({"refined_oil.has_storage_tank": "maybe"}, "“有储油罐”不在可选范围内"),
        ({"scenario": "unknown"}, "“场景”还没有启用"),
    ],
)
def test_what_is_wrong_stands_beside_its_field_and_nothing_is_lost(browser: Browser, changes, words: str) -> None:
    reply = browser.post("/console/subjects", NEW | changes)

    assert reply.status == 422
    assert words in reply.text
    assert "兴宁区示例大道９９号" in reply.text


def test_a_code_that_is_registered_leads_to_its_subject(browser: Browser) -> None:
    one = subject(59)
    register([one])

    reply = browser.post("/console/subjects", NEW)

    assert reply.status == 422
    assert f'href="/console/subjects/{one.id}"' in reply.text


def test_the_same_form_twice_is_one_subject(browser: Browser) -> None:
    form = NEW | {"key": new_id()}

    assert browser.post("/console/subjects", form).location == browser.post("/console/subjects", form).location


def test_change_one_keeps_what_was_left_empty(browser: Browser) -> None:
    one = subject(1)
    register([one])
    path = f"/console/subjects/{one.id}"
    form = {"version": "1", "name": one.name, "division": COUNTIES[2], "address": "新址1号", "status": "suspended"}

    done = browser.post(f"{path}/edit", form | {"phone": "", "refined_oil.business_form": "storage"})

    body = browser.get(path.replace("/console", "/api/v1")).json
    assert done.location == path
    assert (body["address"], body["status"], body["division"]) == ("新址1号", "suspended", COUNTIES[2])
    assert body["phone_masked"] == "154****1234"
    assert body["memberships"][0]["attributes"] == {"business_form": "storage"}
    with bootstrap.scope(TENANT_A):
        member = bootstrap.store().members.of_subject(TENANT_A, one.id)[0]
    assert (member.status, member.county, member.grade) == (SubjectStatus.SUSPENDED, COUNTIES[2], DrawGrade.C)


def test_a_form_keeps_the_township_that_a_file_gave(browser: Browser) -> None:
    one = subject(1).with_changes(division="450102002000")
    register([one])

    form = browser.get(f"/console/subjects/{one.id}/edit").text

    assert re.search(r'<option value="450102002000" selected[^>]*>[^<]*兴宁区[^<]*朝阳街道</option>', form)


def test_a_stale_form_is_shown_again_with_what_was_typed(browser: Browser) -> None:
    one = subject(1)
    register([one])
    form = {"version": "1", "name": one.name, "division": one.division, "address": "新址1号", "status": "active"}
    browser.post(f"/console/subjects/{one.id}/edit", form)

    late = browser.post(f"/console/subjects/{one.id}/edit", form | {"address": "新址2号"})

    assert late.status == 409
    assert "新址2号" in late.text
    assert "别人改过这一家" in late.text


def test_the_api_registers_and_changes_under_if_match(browser: Browser) -> None:
    body = {"name": "甲", "code": CODES[1], "division": COUNTIES[0], "address": "乙", "scenario": "refined_oil"}
    body["attributes"] = {"refined_oil": {"has_own_tanker": False}}
    made = browser.call("POST", "/api/v1/subjects", body)
    path = made.headers["location"]

    unconditional = browser.call("PATCH", path, {"address": "丙"})
    changed = browser.call("PATCH", path, {"address": "丙"}, {"if-match": made.headers["etag"]})
    stale = browser.call("PATCH", path, {"address": "丁"}, {"if-match": made.headers["etag"]})
    fixed = browser.call("PATCH", path, {"code": CODES[2]}, {"if-match": changed.headers["etag"]})
    again = browser.call("POST", "/api/v1/subjects", body)

    assert made.status == 201
    assert made.json["memberships"][0]["attributes"] == {"has_own_tanker": False}
    assert (unconditional.status, unconditional.json["code"]) == (428, "precondition_required")
    assert (changed.status, changed.json["address"], changed.headers["etag"]) == (200, "丙", '"2"')
    assert changed.json["memberships"][0]["attributes"] == {"has_own_tanker": False}
    assert (stale.status, stale.json["code"]) == (412, "precondition_failed")
    assert (fixed.status, fixed.json["problems"][0]["code"]) == (422, "code_cannot_change")
    assert (again.status, again.json["problems"][0]["code"]) == (422, "already_registered")


def test_the_api_names_what_it_does_not_know(browser: Browser) -> None:
    reply = browser.call("POST", "/api/v1/subjects", {"name": "甲", "colour": "red", "attributes": ["x"]})

    assert {problem["field"] for problem in reply.json["problems"]} == {"colour", "attributes"}


def test_the_api_lists_by_cursor(browser: Browser) -> None:
    register([subject(number) for number in range(30)])

    first = browser.get("/api/v1/subjects").json
    second = browser.get(f"/api/v1/subjects?cursor={first['cursor']}").json

    assert (len(first["items"]), len(second["items"]), second["cursor"]) == (25, 5, "")
    assert browser.get("/api/v1/subjects?order=changed").status == 422


def test_who_may_not(site: Site) -> None:
    one = subject(1)
    register([one])

    assert site.browser(Role.INSPECTOR).get("/console/subjects").status == 403
    assert site.browser(Role.LEGAL_REVIEWER).get(f"/console/subjects/{one.id}").status == 200
    assert site.browser(Role.LEGAL_REVIEWER).get(f"/console/subjects/{one.id}/edit").status == 403
    assert site.browser(Role.COORDINATOR, TENANT_B).get(f"/console/subjects/{one.id}").status == 404
    assert listed(site.browser(Role.COORDINATOR, TENANT_B).get(f"/console/subjects?q={one.code}").text) == []
