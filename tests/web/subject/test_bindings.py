"""Binding over the pages: the notice's code, a department's confirmation, agents and their end."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest

from chalicelib import bootstrap
from chalicelib.domain.binding import make_code
from chalicelib.domain.event import EventType
from chalicelib.domain.finding import Finding
from chalicelib.domain.item import Severity
from chalicelib.domain.record import new_id
from chalicelib.domain.subject import SubjectDraft, SubjectKind
from chalicelib.domain.tenancy import Person, Role
from chalicelib.services.notification.recipients import Recipients
from chalicelib.services.register.merge_subjects import merge_subjects
from chalicelib.services.register.register_subject import register_subject
from chalicelib.services.tenancy.add_person import add_person
from chalicelib.services.visit.uploads import keep_upload
from tests.builders import NOW, act, actor
from tests.web.site import TENANT_A, Browser, Membership, Site, open_site

CODE = "91450105MA5NABCD1W"


@pytest.fixture(scope="module")
def town() -> Iterator[tuple[Site, str]]:
    with open_site() as site, bootstrap.scope(TENANT_A):
        draft = SubjectDraft(
            kind=SubjectKind.COMPANY, name="邕江加油站", code=CODE, division="450105000000", address="邕江大道1号"
        )
        yield site, register_subject(bootstrap.store(), TENANT_A, act(), draft=draft).id


def user(site: Site, name: str = "韦一") -> Browser:
    person = Person(id=new_id(), name=name, roles=frozenset({Role.SUBJECT_USER}))
    with bootstrap.scope(TENANT_A):
        add_person(bootstrap.store(), TENANT_A, act(actor(Role.SECURITY_ADMINISTRATOR)), person=person)
    browser = Browser(site)
    site.sign_in(browser, Membership(tenant=TENANT_A, person_id=person.id, label="南宁市"))
    browser.person_id = person.id  # type: ignore[attr-defined]
    return browser


def served(site: Site, subject_id: str, key: str = "", **form: object) -> str:
    """The code on a notice that an officer prints."""
    officer = site.browser(Role.DEPARTMENT_OFFICER)
    values = {"role": "owner", "is_single_use": "yes", "key": key or new_id()} | form
    page = officer.post(f"/console/subjects/{subject_id}/agents/codes", values)
    assert page.status == 200, page.text
    found = re.search(r"[2-9A-HJ-NP-Z]{4}(?:-[2-9A-HJ-NP-Z]{4}){3}", page.text)
    assert found, "the notice shows the code"
    assert "data:image/svg" in page.text
    return found[0]


def test_a_code_is_printed_once_and_the_same_for_a_form_sent_twice(town):
    site, subject_id = town
    key = new_id()

    code = served(site, subject_id, key)

    assert served(site, subject_id, key) == code
    assert code not in site.browser(Role.DEPARTMENT_OFFICER).get(f"/console/subjects/{subject_id}/agents").text


def test_from_the_notice_to_acting_for_the_subject_and_out_again(town):
    site, subject_id = town
    owner, agent = user(site, "黄岚"), user(site, "覃代办")
    assert "您还没有绑定企业" in owner.get("/subject/bindings").text
    code = served(site, subject_id)
    assert code in owner.get(f"/subject/bindings/enter?code={code}").text

    assert owner.post("/subject/bindings/enter", {"code": code}).location == "/subject"
    agent.post("/subject/bindings/enter", {"code": served(site, subject_id, role="agent", rights=["rectify"])})

    page = owner.get("/subject/bindings").text
    assert "邕江加油站" in page
    assert "覃*" in page
    assert "黄岚" not in page.replace("yj-top", "").split("<main", 1)[1]
    id = f"{subject_id}.{agent.person_id}"
    assert agent.get(f"/subject/bindings/{id}/rights").status == 404
    assert owner.post(f"/subject/bindings/{id}/rights", {"rights": ["receive"]}).status == 303
    assert [one["rights"] for one in agent.get("/api/v1/own/bindings").json["items"]] == [["read", "receive"]]
    refused = owner.post(f"/subject/bindings/{id}/revoke", {"reason": ""})
    assert (refused.status, "请写明“理由”" in refused.text) == (422, True)
    assert owner.post(f"/subject/bindings/{id}/revoke", {"reason": "已离职"}).status == 303
    assert "您还没有绑定企业" in agent.get("/subject/bindings").text, "the session that is open sees it at once"


def test_wrong_codes_are_explained_and_run_out(town):
    site, _ = town
    guest = user(site)

    short = guest.post("/subject/bindings/enter", {"code": "ABC"})
    unknown = guest.post("/subject/bindings/enter", {"code": make_code()})
    for _ in range(4):
        guest.post("/subject/bindings/enter", {"code": make_code()})
    late = guest.post("/subject/bindings/enter", {"code": "ABCD-EFGH-JKMN-PQRS"})

    assert "绑定码是16位字母和数字" in short.text
    assert "还可以试4次" in unknown.text
    assert late.status == 429
    assert int(late.headers["retry-after"]) > 0
    assert "ABCD-EFGH-JKMN-PQRS" in late.text, "what was typed stays"


def test_a_request_with_its_licence_is_confirmed(town):
    site, subject_id = town
    guest, officer = user(site, "莫申请"), site.browser(Role.DEPARTMENT_OFFICER)
    with bootstrap.scope(TENANT_A):
        person = bootstrap.store().people.get(TENANT_A, guest.person_id)
        upload = keep_upload(
            bootstrap.store(), TENANT_A, owner=person, content=b"%PDF-1.4 x", allowed=("application/pdf",)
        )
    form = {"code": CODE, "role": "agent", "statement": "站长委托我办理", "rights": ["rectify"]}
    empty = guest.post("/subject/binding-requests", form)
    assert (empty.status, "站长委托我办理" in empty.text) == (422, True)

    assert guest.post("/subject/binding-requests", form | {"evidence_id": upload}).location == "/subject/bindings"
    listed = officer.get("/console/bindings").text
    found = re.search(r'href="(/console/bindings/[0-9A-Z]{26})"', listed)
    assert found and "莫**" in listed
    shown = officer.get(found[1]).text
    evidence = re.search(r'href="([^"]+/evidence/[0-9a-f]{64})"', shown)
    assert evidence and officer.get(evidence[1]).body.startswith(b"%PDF")
    assert officer.post(f"{found[1]}/refuse", {"reason": ""}).status == 422
    assert officer.post(f"{found[1]}/confirm", {}).status == 303

    assert "已通过" in guest.get("/subject/bindings").text
    assert guest.get("/api/v1/own/bindings").json["items"][0]["source"] == "confirmation"
    ended = officer.call("POST", f"/api/v1/bindings/{subject_id}.{guest.person_id}/end", {"reason": "企业来函"})
    assert ended.json["revoked_at"]


def test_over_the_api_a_code_is_revoked_and_a_request_made_and_taken_back(town):
    site, subject_id = town
    officer, guest, other = site.browser(Role.DEPARTMENT_OFFICER), user(site, "农申请"), user(site, "陆旁人")
    codes = f"/api/v1/subjects/{subject_id}/binding-codes"
    made = officer.call("POST", codes, {"role": "owner"}).json
    revoked = officer.call("POST", f"/api/v1/binding-codes/{made['id']}/revoke")
    assert (revoked.status, revoked.json["state"]) == (200, "code_revoked")
    assert [one["state"] for one in officer.get(codes).json["items"] if one["id"] == made["id"]] == ["code_revoked"]
    assert made["code"] not in officer.get(codes).text
    assert guest.call("POST", "/api/v1/own/bindings", {"code": made["code"]}).status == 422
    assert guest.call("POST", f"/api/v1/binding-codes/{made['id']}/revoke").status == 403

    own = "/api/v1/own/binding-requests"
    assert set(guest.call("POST", f"{own}/uploads", {"content_type": "image/png"}).json) >= {"url", "upload_id"}
    with bootstrap.scope(TENANT_A):
        person = bootstrap.store().people.get(TENANT_A, guest.person_id)
        upload = keep_upload(
            bootstrap.store(), TENANT_A, owner=person, content=b"%PDF-1.4 y", allowed=("application/pdf",)
        )
    body = {"code": CODE, "role": "agent", "statement": "站长委托我办理", "rights": ["rectify"]}
    wrong = guest.call("POST", own, body | {"statement": "", "upload_ids": []}).json["problems"]
    asked = guest.call("POST", own, body | {"upload_ids": [upload]})
    assert {one["field"] for one in wrong} == {"statement", "evidence"}
    assert (asked.status, asked.json["state"], asked.json["person_name"]) == (201, "waiting", "农**")
    path = f"{own}/{asked.json['id']}/withdraw"
    assert other.call("POST", path).status in (403, 404)
    assert guest.call("POST", path).json["state"] == "withdrawn"
    assert guest.call("POST", path).status == 409
    assert [one["state"] for one in guest.get(own).json["items"]] == ["withdrawn"]


def test_who_may_not(town):
    site, subject_id = town

    assert site.browser(Role.INSPECTOR).get(f"/console/subjects/{subject_id}/agents").status == 403
    assert site.browser(Role.SECURITY_ADMINISTRATOR).get("/console/bindings").status == 403
    assert site.browser(Role.COORDINATOR).get("/subject/bindings").status == 403


def test_after_a_merge_who_was_bound_to_either_finds_what_was_recorded_under_both(town):
    site, _ = town
    store, people, findings = bootstrap.store(), [], []
    with bootstrap.scope(TENANT_A):
        made = []
        for number in (1, 2):
            draft = SubjectDraft(
                kind=SubjectKind.PREMISES, name="合并站", division="450105000000", address=f"{number}号"
            )
            made.append(register_subject(store, TENANT_A, act(), draft=draft).id)
    for number, subject_id in enumerate(made):
        browser = user(site, f"韦{number}")
        browser.post("/subject/bindings/enter", {"code": served(site, subject_id)})
        people.append(browser)
        findings.append(found_at(subject_id, f"问题{number}"))
    with bootstrap.scope(TENANT_A):
        merge_subjects(store, TENANT_A, act(), kept_id=made[0], other_id=made[1])
        told = {one.id for one in Recipients(store, TENANT_A)._bound_to([made[1]])}

    for browser in people:
        page = browser.get("/subject").text
        assert "问题0" in page and "问题1" in page and "合并站、合并站" not in page
        assert [browser.get(f"/subject/findings/{one}").status for one in findings] == [200, 200]
        assert "您代表1家企业办事" in browser.get("/subject/bindings").text
    assert told == {one.person_id for one in people}


def found_at(subject_id: str, title: str) -> str:
    """An open finding, as a visit leaves it."""
    finding = Finding(
        visit_id=new_id(),
        plan_id=new_id(),
        scenario="refined_oil",
        scenario_version="1",
        subject_id=subject_id,
        subject_name="合并站",
        division="450105000000",
        acting_body_id="body",
        acting_body_label="商务局",
        department="commerce",
        item_id="business_licence",
        title=title,
        severity=Severity.MINOR,
        clause="第一条",
        note="",
        found_on=NOW.date(),
        remedy_due_on=NOW.date() + timedelta(days=14),
        due_at=NOW + timedelta(days=14),
    )
    with bootstrap.scope(TENANT_A), bootstrap.store().change(TENANT_A, act()) as change:
        change.save(finding)
        change.event(EventType.FINDING_MADE, finding)
    return finding.id
