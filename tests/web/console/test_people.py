"""People, departments and acting bodies: who sees them, who changes them, the rule of the three administrators."""

from datetime import timedelta

import pytest

from chalicelib import bootstrap
from chalicelib.domain.record import new_id
from chalicelib.domain.tenancy import Role
from tests.web.site import NOW, TENANT_A, TENANT_B, Site, at

FORM = {
    "name": "韦川晨",
    "roles": ["inspector"],
    "department_id": "gx450100-emergency",
    "acting_body_id": "gx450100-body",
    "is_active": "yes",
    "certificate_number_0": "桂A0001",
    "certificate_from_0": "2025-01-01",
    "certificate_to_0": "2027-12-31",
}


def person(id: str):
    with bootstrap.scope(TENANT_A):
        return bootstrap.store().people.get(TENANT_A, id)


def confirmed(site: Site, done, role: Role = Role.SYSTEM_ADMINISTRATOR) -> str:
    """The other administrator agrees; the person's id."""
    assert done.status == 303, done.text
    assert done.location.startswith("/console/people/changes/"), done.location
    agreed = site.browser(role).post(f"{done.location}/confirm", {})
    assert agreed.status == 303, agreed.text
    return agreed.location.rpartition("/")[2]


def add(site: Site, **changes) -> str:
    form = FORM | {"key": new_id()} | changes
    return confirmed(site, site.browser(Role.SECURITY_ADMINISTRATOR).post("/console/people", form))


def test_the_list_names_people_roles_and_the_three_administrators(site: Site) -> None:
    page = site.browser(Role.COORDINATOR).get("/console/people").text

    assert "三员分设" in page
    assert "南宁市测试security_administrator" in page
    assert "南宁市测试subject_user" not in page  # people of firms are masked
    assert "添加人员" not in page
    assert "添加人员" in site.browser(Role.SECURITY_ADMINISTRATOR).get("/console/people").text


def test_filters(site: Site) -> None:
    browser = site.browser(Role.COORDINATOR)

    found = browser.get("/console/people?role=approver").text
    assert "测试approver" in found
    assert "测试evaluator" not in found
    assert "没有符合条件的人员" in browser.get("/console/people?q=无此人").text


def test_a_certificate_that_ran_out_is_marked(site: Site) -> None:
    id = add(site, name="莫过期", certificate_to_0="2026-11-22")
    soon = add(site, name="农将满", certificate_to_0="2026-12-01")
    browser = site.browser(Role.COORDINATOR)

    page = browser.get("/console/people?q=莫过期").text
    assert "执法证已过期" in page
    listed = browser.get("/console/people/certificates").text
    assert "1人的执法证不能用" in listed
    assert "30天内到期" in listed
    assert "莫过期" in browser.get("/console/people?certificate=expired").text
    assert "不能参加抽取和检查" in browser.get(f"/console/people/{id}").text
    assert "8天后到期" in browser.get(f"/console/people/{soon}").text
    assert browser.get(f"/api/v1/people/{id}").json["has_valid_certificate"] is False


def test_add_and_change(site: Site) -> None:
    id = add(site)
    browser = site.browser(Role.SECURITY_ADMINISTRATOR)
    made = person(id)

    form = FORM | {"version": "1", "roles": ["department_officer", "inspector"], "certificate_number_0": ""}
    form |= {"certificate_from_0": "", "certificate_to_0": ""}
    done = browser.post(f"/console/people/{id}/edit", form)
    assert person(id).roles == {Role.INSPECTOR}, "waits"
    confirmed(site, done)

    changed = person(id)
    assert (made.name, made.certificates[0].number, made.roles) == ("韦川晨", "桂A0001", {Role.INSPECTOR})
    assert (changed.certificates, changed.version) == ([], 2)
    assert changed.roles == {Role.INSPECTOR, Role.DEPARTMENT_OFFICER}
    assert "复核" in browser.get(f"/console/people/{id}").text


def test_the_same_form_twice_is_one_person(site: Site) -> None:
    form, browser = FORM | {"key": new_id()}, site.browser(Role.SECURITY_ADMINISTRATOR)

    assert browser.post("/console/people", form).location == browser.post("/console/people", form).location


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"name": ""}, "请填写“姓名”"),
        ({"roles": []}, "请选择“角色”"),
        ({"roles": ["king"]}, "“角色”不在可选范围内"),
        ({"roles": ["platform_operator"]}, "“角色”不在可选范围内"),
        ({"roles": ["security_administrator", "coordinator"]}, "三员必须分设"),
        ({"roles": ["security_administrator", "audit_administrator"]}, "三员必须分设"),
        ({"department_id": "nowhere"}, "没有这个部门"),
        ({"acting_body_id": "nowhere"}, "没有这个执法主体"),
        ({"division": "450502000000"}, "“只看哪个县区”不在可选范围内"),
        ({"certificate_to_0": "2024-01-01"}, "“有效期止”的结束早于开始"),
        ({"certificate_number_0": "1"}, "“执法证号”要4到30个字符"),
        ({"certificate_from_0": ""}, "请填写“有效期起”"),
        ({"certificate_from_0": "soon"}, "“有效期起”要填日期"),
    ],
)
def test_what_is_wrong_stands_beside_its_field(site: Site, changes, words: str) -> None:
    reply = site.browser(Role.SECURITY_ADMINISTRATOR).post("/console/people", FORM | changes)

    assert reply.status == 422
    assert words in reply.text


def test_nobody_changes_their_own_roles(site: Site) -> None:
    own = site.people[TENANT_A, Role.SECURITY_ADMINISTRATOR]
    form = FORM | {"version": str(person(own.id).version), "roles": ["coordinator"]}

    reply = site.browser(Role.SECURITY_ADMINISTRATOR).post(f"/console/people/{own.id}/edit", form)

    assert reply.status == 422
    assert "自己的角色" in reply.text
    assert person(own.id).roles == {Role.SECURITY_ADMINISTRATOR}


def test_a_stale_form_is_shown_again(site: Site) -> None:
    id = add(site)
    browser = site.browser(Role.SECURITY_ADMINISTRATOR)
    browser.post(f"/console/people/{id}/edit", FORM | {"version": "1", "name": "韦先到"})

    late = browser.post(f"/console/people/{id}/edit", FORM | {"version": "1", "name": "韦后到"})

    assert late.status == 409
    assert "韦后到" in late.text
    assert person(id).name == "韦先到"


def test_who_was_switched_off_is_out_at_once(site: Site) -> None:
    inspector = site.people[TENANT_B, Role.LEGAL_REVIEWER]
    browser, security = site.browser(Role.LEGAL_REVIEWER, TENANT_B), site.browser(Role.SECURITY_ADMINISTRATOR, TENANT_B)
    assert browser.get("/console/subjects").status == 200

    seen = security.get(f"/api/v1/people/{inspector.id}").headers["etag"]
    security.call("PATCH", f"/api/v1/people/{inspector.id}", {"is_active": False}, {"if-match": seen})

    assert browser.get("/console/subjects").status == 303


def test_the_api_adds_and_changes_under_if_match(site: Site) -> None:
    browser = site.browser(Role.SECURITY_ADMINISTRATOR)
    body = {"name": "农语", "roles": ["inspector"], "acting_body_id": "gx450100-body"}
    body["certificates"] = [{"number": "桂A0002", "valid_from": "2025-01-01", "valid_to": "2027-01-01"}]

    asked = browser.call("POST", "/api/v1/people", body)
    assert (asked.status, asked.json["state"]) == (202, "waiting")
    other = site.browser(Role.SYSTEM_ADMINISTRATOR)
    assert asked.json["change_id"] in [one["id"] for one in other.get("/api/v1/access-changes").json["items"]]
    assert browser.call("POST", f"{asked.headers['location']}/confirm", {}).status == 403
    assert other.call("POST", f"{asked.headers['location']}/confirm", {}).json["state"] == "confirmed"
    path = f"/api/v1/people/{asked.json['person_id']}"
    made = browser.get(path)
    changed = browser.call("PATCH", path, {"name": "农言"}, {"if-match": made.headers["etag"]})
    stale = browser.call("PATCH", path, {"name": "农语"}, {"if-match": made.headers["etag"]})
    wrong = browser.call("POST", "/api/v1/people", {"name": "甲", "roles": "inspector", "age": 3})

    assert made.json["has_valid_certificate"] is True
    assert (changed.status, changed.json["name"], changed.json["version"]) == (200, "农言", 2)
    assert changed.json["certificates"] == made.json["certificates"]
    assert stale.status in (409, 412)
    assert {problem["field"] for problem in wrong.json["problems"]} == {"roles", "age"}


def test_the_api_takes_a_change_back(site: Site) -> None:
    browser = site.browser(Role.SECURITY_ADMINISTRATOR)
    asked = browser.call("POST", "/api/v1/people", {"name": "撤回的", "roles": ["coordinator"]})
    path = f"{asked.headers['location']}/withdraw"

    assert site.browser(Role.SYSTEM_ADMINISTRATOR).call("POST", path, {}).status == 403
    assert browser.call("POST", path, {}).json["state"] == "withdrawn"
    assert browser.call("POST", path, {}).status == 409


def test_who_may_not(site: Site) -> None:
    id = add(site)

    assert site.browser(Role.INSPECTOR).get("/console/people").status == 403
    assert site.browser(Role.COORDINATOR).get("/console/people/new").status == 403
    assert site.browser(Role.COORDINATOR).post("/console/people", FORM).status == 403
    assert site.browser(Role.COORDINATOR, TENANT_B).get(f"/console/people/{id}").status == 404
    assert site.browser(Role.SECURITY_ADMINISTRATOR).get("/console/subjects").status == 403


def test_the_day_of_a_certificate_is_the_day_in_china(site: Site) -> None:
    """At 02:00 UTC it is 10:00 in Nanning; at 17:00 UTC the next day has begun there."""
    id = add(site, name="覃跨日", certificate_to_0="2026-11-23")
    browser = site.browser(Role.COORDINATOR)
    assert browser.get(f"/api/v1/people/{id}").json["has_valid_certificate"] is True

    at(NOW + timedelta(hours=9))
    browser.get("/console/people")
    at(NOW + timedelta(hours=15))
    later = site.browser(Role.COORDINATOR).get(f"/api/v1/people/{id}")

    assert later.json["has_valid_certificate"] is False


def test_a_change_is_shown_field_by_field_and_refused_with_a_reason(site: Site) -> None:
    id = add(site, name="周变更")
    security, system = site.browser(Role.SECURITY_ADMINISTRATOR), site.browser(Role.SYSTEM_ADMINISTRATOR)
    form = FORM | {"version": "1", "name": "周变更", "roles": ["approver"]}
    waiting = security.post(f"/console/people/{id}/edit", form).location

    shown = system.get(waiting).text
    assert all(words in shown for words in ("执法人员", "执法主体负责人", "同意，马上生效"))
    own = security.get(waiting).text
    assert "现在还没有生效" in own
    assert "同意，马上生效" not in own
    assert "周变更，等您复核" in system.get("/console").text
    audit = site.browser(Role.AUDIT_ADMINISTRATOR)
    assert "周变更" in audit.get("/console/people/changes").text
    assert audit.post(f"{waiting}/confirm", {}).status == 403
    assert "有一项变更等另一位管理员复核" in security.get(f"/console/people/{id}").text
    assert system.post(f"{waiting}/refuse", {"reason": ""}).status == 422
    assert system.post(f"{waiting}/refuse", {"reason": "没有任命文件"}).status == 303
    assert "没有任命文件" in security.get(waiting).text
    assert person(id).roles == {Role.INSPECTOR}


def test_a_new_certificate_keeps_the_old_one(site: Site) -> None:
    id = add(site, name="吴换证", certificate_to_0="2026-11-30")
    browser = site.browser(Role.SECURITY_ADMINISTRATOR)
    form = {"number": "桂A0100", "valid_from": "2026-12-01", "valid_to": "2026-11-01"}

    refused = browser.post(f"/console/people/{id}/certificates", form)
    assert (refused.status, "桂A0100" in refused.text) == (422, True)
    assert browser.post(f"/console/people/{id}/certificates", form | {"valid_to": "2029-12-01"}).status == 303
    assert [one.number for one in person(id).certificates] == ["桂A0001", "桂A0100"]


def test_the_list_goes_on_by_cursor(site: Site) -> None:
    browser = site.browser(Role.COORDINATOR)
    with bootstrap.scope(TENANT_A):
        found = bootstrap.store().people.every(TENANT_A)

    first = browser.get("/api/v1/people?limit=5").json
    second = browser.get(f"/api/v1/people?limit=5&cursor={first['cursor']}").json

    ids = [one["id"] for one in [*first["items"], *second["items"]]]
    assert ids == [one.id for one in found[:10]]
