"""Onboarding, organisation, divisions, logins, calendars and what is missing, as their pages show them."""

from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.domain.session import Membership
from chalicelib.domain.tenancy import PLATFORM, Person, Role
from chalicelib.services.jobs.run_job import run_job
from chalicelib.services.tenancy.open_platform import open_platform
from chalicelib.workers.jobs import work_of
from tests.builders import act, actor
from tests.onboarding import workbook
from tests.web.site import NOW, TENANT_A, Browser, Site, open_site

OPERATORS = [Person(id=f"operator-{n}", name=f"运营{n}", roles=frozenset({Role.PLATFORM_OPERATOR})) for n in (1, 2)]
CALENDAR = "\n".join(
    ["date,kind,name", *(f"2027-01-0{day},holiday,元旦" for day in range(1, 8)), "2027-02-20,workday,春节"]
)
_BOUNDARY = "----workbook"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site() as opened:
        by = act(actor(Role.PLATFORM_OPERATOR, PLATFORM))
        open_platform(bootstrap.store(), by, label="平台", label_en="Platform", operators=OPERATORS)
        yield opened


def operator(site: Site, number: int = 0) -> Browser:
    browser = Browser(site)
    site.sign_in(browser, Membership(tenant=PLATFORM, person_id=OPERATORS[number].id, label="平台"))
    return browser


def send_file(browser: Browser, path: str, content: bytes, name: str = "a.xlsx", **fields: str):
    parts = [
        f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="{field}"\r\n\r\n{value}\r\n'.encode()
        for field, value in {"csrf_token": browser.csrf_token, **fields}.items()
    ]
    head = f'--{_BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="{name}"\r\n\r\n'
    body = b"".join(parts) + head.encode() + content + f"\r\n--{_BOUNDARY}--\r\n".encode()
    headers = {
        "content-type": f"multipart/form-data; boundary={_BOUNDARY}",
        "origin": "https://yijianshi.test",
        "sec-fetch-site": "same-origin",
    }
    return browser.send("POST", path, headers, body)


def test_a_workbook_is_checked_marked_mended_and_loaded(site: Site) -> None:
    browser = operator(site)
    browser.get("/console/onboarding")
    wrong = send_file(browser, "/console/onboarding", workbook({("people", 3, "roles"): "执法员"}))
    refused = browser.get(wrong.location)
    assert "有1处要改" in refused.text and "人员" in refused.text and "“执法员”不在可选范围内" in refused.text
    assert browser.get(f"{wrong.location}/marked.xlsx").body.startswith(b"PK")
    assert browser.post(wrong.location).location == wrong.location

    good = send_file(browser, "/console/onboarding", workbook())
    assert "可以开通柳州市" in browser.get(good.location).text
    load = browser.post(good.location)
    with bootstrap.scope(PLATFORM):
        run_job(bootstrap.store(), PLATFORM, load.location.rsplit("/", 1)[1], work_of, lambda: NOW)

    assert "柳州市已装入" in browser.get(load.location).text
    assert "柳州市" in browser.get("/console/tenants").text
    assert "和现在一样" in browser.get(good.location).text
    security = Browser(site)
    site.sign_in(security, Membership(tenant="gx450200", person_id="gx450200-p-sec", label="柳州市"))
    assert "第一份计划以前还缺" in security.get("/console/setup").text


def test_what_is_no_workbook_is_said_beside_the_field(site: Site) -> None:
    browser = operator(site)
    browser.get("/console/onboarding")

    assert send_file(browser, "/console/onboarding", b"name,code").status == 422
    assert browser.get("/console/onboarding/files/01JD00000000000000000SAMP0").status == 404
    assert browser.get("/console/onboarding/template.xlsx?division=450200000000").body.startswith(b"PK")
    assert site.browser(Role.SYSTEM_ADMINISTRATOR).get("/console/onboarding/template.xlsx").body.startswith(b"PK")
    assert site.browser(Role.COORDINATOR).get("/console/onboarding").status == 403


def test_departments_bodies_and_divisions_are_kept_by_the_system_administrator(site: Site) -> None:
    browser = site.browser(Role.SYSTEM_ADMINISTRATOR)
    wrong = browser.post("/console/departments", {"code": "Water", "label": "市水利局"})
    made = browser.post("/console/departments", {"code": "water", "label": "市水利局"})
    body = browser.post("/console/bodies", {"label": "市水政支队", "departments": ["water"]})
    village = browser.post("/console/divisions", {"code": "450105001201", "name": "示例村"})
    renamed = browser.post("/console/divisions/450105001201/edit", {"name": "示例社区"})

    assert (wrong.status, made.status, body.status, village.status, renamed.status) == (422, 303, 303, 303, 303)
    assert "市水利局" in wrong.text and "只用小写英文和下划线" in wrong.text
    assert "市水政支队" in browser.get(made.location).text
    shown = browser.get(body.location).text
    assert "还没有负责人" in shown and "不足2人" in shown
    listed = browser.get("/console/divisions?q=450105001201").text
    assert "示例社区" in listed and "原名示例村" in listed
    closed = browser.post(f"{body.location}/edit", {"label": "市水政支队", "departments": ["water"], "version": "1"})
    assert closed.status == 303
    assert "市水政支队" not in browser.get("/console/bodies").text
    assert "市水政支队" in browser.get("/console/bodies?all=yes").text
    stale = browser.post(f"{made.location}/edit", {"label": "甲", "is_active": "yes", "version": "9"})
    assert stale.status == 409 and "别人改过" in stale.text
    assert site.browser(Role.COORDINATOR).get("/console/departments/new").status == 403


def test_the_api_keeps_the_same_things(site: Site) -> None:
    browser = site.browser(Role.SYSTEM_ADMINISTRATOR)
    made = browser.call("POST", "/api/v1/departments", {"code": "forestry", "label": "市林业局"})
    body = browser.call("POST", "/api/v1/acting-bodies", {"label": "市林政支队", "departments": ["forestry"]})
    place = browser.call("PUT", "/api/v1/divisions/450105001202", {"name": "又一村"})

    assert (made.status, body.status, place.status) == (201, 201, 200)
    path = f"/api/v1/departments/{made.json['id']}"
    in_use = browser.call("PUT", path, {"label": "市林业局", "is_active": False})
    assert in_use.json["problems"][0]["field"] == "is_active"
    assert "又一村" in browser.get("/api/v1/divisions").text
    topics = {one["topic"]: one["is_done"] for one in browser.get("/api/v1/setup").json["items"]}
    assert topics["departments"] is True and topics["subjects"] is False


def test_a_login_is_bound_by_two_administrators(site: Site) -> None:
    path = f"/console/people/{site.people[TENANT_A, Role.COORDINATOR].id}/logins"
    first, second = site.browser(Role.SECURITY_ADMINISTRATOR), site.browser(Role.SYSTEM_ADMINISTRATOR)
    assert first.post(path, {"login": ""}).status == 422
    first.post(path, {"login": "somebody"})
    with bootstrap.scope(TENANT_A):
        binding = bootstrap.store().login_bindings.every(TENANT_A)[0]

    assert "个账号待确认" in first.get(path).text
    assert first.post(f"{path}/confirm", {"binding_id": binding.id}).status == 409
    assert bootstrap.store().identities.lookup(binding.identity_id) is None
    assert second.post(f"{path}/confirm", {"binding_id": binding.id}).status == 303
    found = bootstrap.store().identities.lookup(binding.identity_id)
    assert [one.person_id for one in found.memberships] == [binding.person_id]
    assert first.post(f"{path}/end", {"binding_id": binding.id}).status == 303
    assert bootstrap.store().identities.lookup(binding.identity_id).memberships == []


def test_a_year_s_calendar_takes_two_operators(site: Site) -> None:
    first, second = operator(site), operator(site, 1)
    assert "缺2027年的放假安排" in first.get("/console/calendars").text
    values = {"year": "2027", "source": "示例通知〔2026〕1号", "published_on": "2026-11-01"}
    wrong = send_file(first, "/console/calendars", b"date,kind\nx,y\n", "a.csv", **values)
    made = send_file(first, "/console/calendars", CALENDAR.encode(), "a.csv", **values)

    assert wrong.status == 422 and "第2行" in wrong.text and "示例通知" in wrong.text
    assert first.post(f"{made.location}/settle", {"is_confirmed": "yes"}).status == 409
    assert second.post(f"{made.location}/settle", {"is_confirmed": "yes"}).status == 303
    assert "已生效" in second.get(made.location).text
    assert "放假安排齐全" in first.get("/console/calendars").text


def test_the_first_page_s_card_is_for_those_who_can_mend(site: Site) -> None:
    part = {"hx-request": "true"}

    assert "第一份计划以前还缺" in site.browser(Role.SYSTEM_ADMINISTRATOR).get("/console/setup", part).text
    assert site.browser(Role.DEPARTMENT_OFFICER).get("/console/setup", part).text == ""


def test_a_reset_needs_the_typed_name_of_a_demo(site: Site) -> None:
    browser = site.browser(Role.SYSTEM_ADMINISTRATOR)

    assert "输入“南宁市”才能继续" in browser.post("/console/tenant/reset", {"typed": "北海市"}).text
    assert site.browser(Role.COORDINATOR).get("/console/tenant/reset").status == 403
    asked = browser.post("/console/tenant/reset", {"typed": "南宁市"})
    assert asked.status == 303 and "正在恢复" in browser.get(asked.location).text


def test_closing_is_asked_by_one_seen_by_all_and_confirmed_by_another(site: Site) -> None:
    asking, confirming = site.browser(Role.COORDINATOR), site.browser(Role.SECURITY_ADMINISTRATOR)
    form, url = {"typed": "南宁市", "reason": "并入区平台"}, "/console/tenant/closing"
    assert "还没有导出包，请先导出全部数据" in asking.post(url, form).text
    assert confirming.post(f"{url}/confirm", {"typed": "南宁市"}).status == 404
    asked = asking.post("/console/tenant/archives", {"reason": "停用前带走"})
    assert "正在整理" in asking.get(asked.location).text
    with bootstrap.scope(TENANT_A):
        job = bootstrap.store().jobs.get(TENANT_A, asked.location.rpartition("/")[2])
        run_job(bootstrap.store(), TENANT_A, job.id, work_of, bootstrap.clock())

    assert "SHA-256" in asking.get(asked.location).text
    assert asking.post(url, form).location == url
    assert "正在等注销复核" in site.browser(Role.DEPARTMENT_OFFICER).get(url).text
    wrong = confirming.post(f"{url}/confirm", {"typed": "北海市"})
    assert wrong.status == 422 and 'value="北海市"' in wrong.text
    assert asking.post(f"{url}/confirm", {"typed": "南宁市"}).status == 403
    assert asking.post(f"{url}/withdraw", {}).location == url
    assert site.browser().get(f"/closed/{TENANT_A}").status == 404
