"""The path of one visit over HTTP, as phone, subject and console walk it, with and without script."""

import re
from datetime import timedelta

import pytest

from chalicelib import bootstrap
from chalicelib.contract.registry import registry
from chalicelib.domain.record import Ref, new_id
from chalicelib.domain.served_scenario import VisitScenario
from chalicelib.domain.session import Membership
from chalicelib.domain.tenancy import Person, Role
from chalicelib.domain.todo import Todo
from chalicelib.domain.visit import Visit
from chalicelib.services.visit.uploads import keep_upload
from tests.builders import NOW
from tests.table_items import items_of, write
from tests.unit.domain.test_finding import finding as fault_of
from tests.visiting import (
    SUBJECT_ID,
    TAX,
    TENANT,
    TODAY,
    WEATHER,
    answer_all,
    new_visit,
    people,
    plan,
    png,
    roster,
    save,
    subject,
)
from tests.web.site import at

JSON = {"accept": "application/json"}
LIGHTNING = "lightning_protection_tested"


@pytest.fixture(scope="module")
def inspection(opened_site):
    made = plan()
    with bootstrap.scope(TENANT):
        user = Person(id="p-subject", name="黄小明", roles=frozenset({Role.SUBJECT_USER}), subject_ids=[SUBJECT_ID])
        other = Person(
            id="p-other",
            name="梁小明",
            roles=frozenset({Role.SUBJECT_USER}),
            subject_ids=["01JD0000000000000000QTHER1"],
        )
        save(bootstrap.store(), made, *roster(), user, other)
    return made


@pytest.fixture
def visit(inspection):
    """A visit of a subject of its own, so that the tests of this module do not see each other's."""
    with bootstrap.scope(TENANT):
        number = len(bootstrap.store().visits.of_plan(TENANT, inspection.id)) + 1
        id = SUBJECT_ID if number == 1 else f"01JD000000000000000000SU{number:02d}"
        drawn = subject().model_copy(update={"subject_id": id})
        return new_visit(bootstrap.store(), inspection, subject=drawn, order=number)


def browser(site, person_id):
    made = site.browser()
    site.sign_in(made, Membership(tenant=TENANT, person_id=person_id, label="南宁市"))
    return made


def officer(site, body=WEATHER, number=1):
    return browser(site, f"{body}-officer{number}")


def url(visit, rest=""):
    return f"/field/visits/{visit.id}{rest}"


def start(phone, visit):
    return phone.post(url(visit, "/start"), {"certificates_shown": "yes"})


def hidden(page, name):
    return re.search(rf'name="{name}" value="([^"]*)"', page.text)[1]


def multipart(fields, files):
    parts = [f'--x\r\nContent-Disposition: form-data; name="{n}"\r\n\r\n{v}\r\n'.encode() for n, v in fields.items()]
    parts += [
        f'--x\r\nContent-Disposition: form-data; name="{n}"; filename="a.png"\r\n'.encode()
        + b"Content-Type: image/png\r\n\r\n"
        + content
        + b"\r\n"
        for n, content in files
    ]
    return b"".join(parts) + b"--x--\r\n"


def post_files(who, path, fields, files):
    headers = {
        "content-type": "multipart/form-data; boundary=x",
        "origin": "https://yijianshi.test",
        "sec-fetch-site": "same-origin",
    }
    return who.send("POST", path, headers, multipart({"csrf_token": who.csrf_token} | fields, files))


def test_day_page_names_the_visits_and_the_next_step(site, visit):
    phone = officer(site)

    day = phone.get("/field")

    assert day.status == 200, day.text
    assert visit.subject.name in day.text
    assert f"去查{visit.subject.name}" in day.text
    assert "市气象局、市税务局，4人" in day.text
    assert 'href="/console/notifications"' in day.text, "the way to what the officer was told"
    assert 'action="/logout"' in day.text, "a phone can be handed on"
    at(NOW - timedelta(days=1))
    assert "排在11月23日" in officer(site).get("/field").text
    at(NOW + timedelta(hours=20))
    assert "原定11月23日" in officer(site).get("/field").text
    at(NOW)


def test_start_needs_the_box_and_then_leads_to_the_first_question(site, visit):
    phone = officer(site)

    shown = phone.get(url(visit))
    refused = phone.post(url(visit, "/start"), {})
    started = start(phone, visit)

    assert visit.inspection_code in shown.text
    assert "负责人" not in shown.text or "已批准" in shown.text
    assert refused.status == 422
    assert "请先出示执法证和检查码" in refused.text
    assert started.status == 303
    assert "/items/" in started.location
    assert phone.get(started.location).status == 200


def test_answer_by_form_goes_on_and_by_script_stays(site, visit):
    phone = officer(site)
    start(phone, visit)
    path = url(visit, "/items/business_licence")

    by_form = phone.post(path, {"compliance": "compliant", "base_version": "0"})
    by_script = phone.post(path, {"compliance": "non_compliant", "base_version": "1"}, JSON)
    again = phone.get(path)

    assert by_form.status == 303
    assert by_script.json["version"] == 2
    assert by_script.json["is_non_compliant"] is True
    assert by_script.json["needs"]["remedy_due_on"] == ""
    assert "不合格要填3项" in again.text or "不合格要填2项" in again.text
    assert "已保存10:00" in again.text
    assert hidden(again, "base_version") == "2"


def test_same_key_is_the_same_answer(site, visit):
    phone = officer(site)
    start(phone, visit)
    path, values = url(visit, "/items/business_licence"), {"compliance": "compliant", "base_version": "0"}
    key = {"idempotency-key": "01JD00000000000000000000K1", **JSON}

    first, again = phone.post(path, values, key), phone.post(path, values, key)

    assert (first.json["version"], again.json["version"]) == (1, 1)


def test_conflict_shows_both_answers_and_mine_can_be_chosen(site, visit):
    phone, colleague = officer(site), officer(site, TAX)
    start(phone, visit)
    path = url(visit, "/items/business_licence")
    colleague.post(path, {"compliance": "compliant", "base_version": "0", "text": "证照齐全"})
    mine = {"compliance": "non_compliant", "base_version": "0", "text": "名称不一致"}

    by_script = phone.post(path, mine, JSON)
    page = phone.post(path, mine)
    values = {n: hidden(page, n) for n in ("compliance", "text")} | {
        "base_version": re.findall(r'name="base_version" value="(\d+)"', page.text)[-1]
    }
    chosen = phone.post(path, values)

    assert by_script.status == 409
    assert by_script.json["code"] == "answer_conflict"
    assert page.status == 409
    assert "证照齐全" in page.text
    assert "名称不一致" in page.text
    assert chosen.status == 303
    assert "名称不一致" in phone.get(path).text


def test_wrong_number_is_said_beside_the_field_and_kept(site, inspection):
    with bootstrap.scope(TENANT):
        drawn = subject(has_storage_tank=True).model_copy(update={"subject_id": "01JD000000000000000000TANK"})
        visit = new_visit(bootstrap.store(), inspection, subject=drawn, order=90)
    phone = officer(site)
    start(phone, visit)
    path = url(visit, "/items/fuel_opening_litres")

    wrong = phone.post(path, {"number": "很多", "base_version": "0"})
    right = phone.post(path, {"number": "12,000", "base_version": "0"}, JSON)

    assert wrong.status == 422
    assert "很多" in wrong.text
    assert right.json["version"] == 1
    assert 'value="12000"' in phone.get(path).text


def test_photo_with_the_form_is_stored_and_shown(site, visit):
    phone = officer(site)
    start(phone, visit)
    path = url(visit, f"/items/{LIGHTNING}")

    saved = post_files(phone, path, {"compliance": "non_compliant", "base_version": "0"}, [("photo", png(seed=3))])
    shown = phone.get(path)
    picture = phone.get(re.search(r'src="(/field/visits/[^"]+/photos/[0-9a-f]{64})"', shown.text)[1])
    wrong = post_files(phone, path, {"compliance": "non_compliant", "base_version": "2"}, [("photo", b"<svg>")])

    assert saved.status == 303
    assert "已拍1张" in shown.text
    assert (picture.headers["content-type"], picture.body) == ("image/png", png(seed=3))
    assert wrong.status == 422
    assert "文件类型不能上传" in wrong.text


def test_signed_upload_then_attach(site, visit):
    phone = officer(site)
    start(phone, visit)
    path = url(visit, f"/items/{LIGHTNING}")

    signed = phone.post(f"{path}/uploads", {"content_type": "image/png"}, JSON)
    with bootstrap.scope(TENANT):
        bootstrap.store().objects.put(TENANT, signed.json["fields"]["key"], png(seed=9), "image/png")
    attached = phone.post(f"{path}/photos", {"upload_id": signed.json["upload_id"]}, JSON)
    refused = phone.post(f"{path}/uploads", {"content_type": "image/svg+xml"}, JSON)

    assert len(attached.json["photos"]) == 1
    assert attached.json["needs"]["photo"] == "已拍1张"
    assert refused.status == 422


def test_submit_with_gaps_says_which(site, visit):
    phone = officer(site)
    start(phone, visit)

    refused = phone.post(url(visit, "/submit"))

    assert refused.status == 422
    assert "还不能提交" in refused.text


def concluded(site, visit, bad=(LIGHTNING,)):
    phone = officer(site)
    start(phone, visit)
    with bootstrap.scope(TENANT):
        store = bootstrap.store()
        answer_all(store, store.visits.get(TENANT, visit.id), bad)
    assert phone.post(url(visit, "/submit")).status == 303
    for body in (WEATHER, TAX):
        assert officer(site, body).post(url(visit, "/conclusion")).status == 303
    with bootstrap.scope(TENANT):
        return bootstrap.store().findings.of_visit(TENANT, visit.plan_id, visit.id)


def test_conclusion_pages_and_the_way_of_a_finding(site, visit):
    phone, tax = officer(site), officer(site, TAX)
    start(phone, visit)
    with bootstrap.scope(TENANT):
        store = bootstrap.store()
        answer_all(store, store.visits.get(TENANT, visit.id), (LIGHTNING,))
    phone.post(url(visit, "/submit"))

    shown = tax.get(url(visit, "/conclusion"))
    form = tax.get(url(visit, "/conclusion/items/tax_registration_matches"))
    unconfirmed = phone.get(url(visit, f"/conclusion/items/{LIGHTNING}"))
    empty = tax.post(url(visit, "/conclusion/items/tax_registration_matches"), {"compliance": "non_compliant"})
    own = tax.post(
        url(visit, "/conclusion/items/tax_registration_matches"),
        {
            "compliance": "non_compliant",
            "note": "登记地址不符",
            "legal_basis_id": "tax_registration",
            "remedy_due_on": (TODAY + timedelta(days=9)).isoformat(),
        },
    )
    after = tax.get(url(visit, "/conclusion"))
    tax.post(url(visit, "/conclusion"))
    last = phone.post(url(visit, "/conclusion"))
    done = phone.get(url(visit, "/conclusion"))

    assert shown.status == 200
    assert "全部采用" in shown.text
    assert form.status == 200
    assert "依据待确认" in unconfirmed.text and "依据待确认" not in form.text
    assert empty.status == 422
    assert "认定的情况" in empty.text
    assert own.status == 303
    assert "本单位认定" in after.text
    assert last.status == 303
    assert "检查已确认" in phone.get(url(visit)).text
    assert "本单位已作出结论" in done.text


def test_subject_mends_officer_returns_then_closes(site, inspection):
    with bootstrap.scope(TENANT):
        again = plan()
        save(bootstrap.store(), again)
        visit = new_visit(bootstrap.store(), again)
    (finding,) = concluded(site, visit)
    user, stranger, phone = browser(site, "p-subject"), browser(site, "p-other"), officer(site)
    path, own = f"/subject/findings/{finding.id}", f"/field/findings/{finding.id}"

    home = user.get("/subject")
    page = user.get(path)
    silent = user.post(f"{path}/rectification", {"text": ""})
    refused = user.post(f"{path}/rectification", {"text": "已检测"})
    sent = post_files(user, f"{path}/rectification", {"text": "已检测"}, [("evidence", png(seed=1))])
    waiting = phone.get("/field")
    seen = phone.get(own)
    returned = phone.post(f"{own}/return", {"reason": "报告没有盖章"})
    told = user.get(path)
    post_files(user, f"{path}/rectification", {"text": "已补盖章"}, [("evidence", png(seed=2))])
    unchosen = phone.post(f"{own}/reinspect", {"text": "看过"})
    passed = phone.post(f"{own}/reinspect", {"outcome": "passed", "text": "现场核对，已改"})
    closed = phone.post(f"{own}/close")

    assert "个问题等您整改" in home.text
    assert finding.title in home.text
    assert finding.clause in page.text
    assert silent.status == 422 and "请填写“做了什么”" in silent.text
    assert refused.status == 422
    assert "请选择" in refused.text
    assert "已检测" in refused.text
    assert sent.status == 303, sent.text
    assert "个问题等复查" in waiting.text
    assert "已检测" in seen.text
    assert returned.status == 303
    assert "报告没有盖章" in told.text
    assert unchosen.status == 422
    assert (passed.status, closed.status) == (303, 303)
    assert "这个问题已了结" in user.get(path).text
    for method, place in (("GET", path), ("POST", f"{path}/rectification")):
        reply = stranger.get(place) if method == "GET" else stranger.post(place, {"text": "x"})
        assert reply.status == 404
    for reply in (user.get("/subject"), user.get(path)):
        assert "risk" not in reply.text
        assert "权重" not in reply.text


def test_a_fault_that_two_bodies_found_is_one_line_and_one_rectification(site, inspection):
    lead, sister = (
        fault.model_copy(
            update={
                "id": f"01JD0000000000000000S1ST0{n}",
                "visit_id": "01JD0000000000000000S1STV1",
                "plan_id": inspection.id,
                "subject_id": SUBJECT_ID,
                "acting_body_id": body,
                "acting_body_label": label,
                "due_at": NOW + timedelta(days=days),
            }
        )
        for n, body, label, days in ((1, WEATHER, "市气象局", 9), (2, TAX, "市税务局", 3))
        for fault in (fault_of("A", title="两家都认定的问题"),)
    )
    with bootstrap.scope(TENANT):
        save(bootstrap.store(), lead, sister)
    user, desk = browser(site, "p-subject"), site.browser(Role.COORDINATOR)

    home, shown = user.get("/subject").text, user.get(f"/subject/findings/{lead.id}").text
    sent = post_files(user, f"/subject/findings/{lead.id}/rectification", {"text": "改了"}, [("evidence", png())])

    assert f"/subject/findings/{sister.id}" in home and f"/subject/findings/{lead.id}" not in home
    assert "市气象局" in home and "2份认定" in home
    assert "这次整改同时交给：市税务局" in shown and f"/subject/findings/{sister.id}" in shown
    assert sent.status == 303
    assert "改了" in officer(site, TAX).get(f"/field/findings/{sister.id}").text
    assert "市气象局" in desk.get(f"/console/findings/{sister.id}").text
    (listed,) = desk.get(f"/api/v1/findings/{lead.id}/sisters").json["items"]
    assert (listed["id"], listed["state"]) == (sister.id, "rectification_submitted")


def test_console_lists_and_shows_both(site, visit):
    findings = concluded(site, visit)
    desk = site.browser(Role.COORDINATOR)

    visits = desk.get(f"/console/visits?plan={visit.plan_id}")
    one = desk.get(f"/console/visits/{visit.id}")
    found = desk.get(f"/console/findings?plan={visit.plan_id}&state=open")
    finding = desk.get(f"/console/findings/{findings[0].id}")

    assert visits.status == 200
    assert visit.inspection_code in visits.text
    assert one.status == 200
    assert "各主体都已结论" in one.text
    assert LIGHTNING not in one.text
    assert found.status == 200
    assert findings[0].title in found.text
    assert finding.status == 200
    assert "记录复查" not in finding.text
    assert desk.get("/console/visits?plan=01JD0000000000000000000N0N").status == 404


def test_a_state_is_found_behind_a_page_of_others(site, visit):
    with bootstrap.scope(TENANT):
        for order in range(100, 130):
            state = "cancelled" if order == 129 else "scheduled"
            named = {"id": new_id(), "order": order, "inspection_code": f"JC{order}"}
            save(bootstrap.store(), Visit.model_validate(visit.model_dump() | named | {"state": state, "version": 0}))
    desk = site.browser(Role.COORDINATOR)

    every = desk.get(f"/console/visits?plan={visit.plan_id}").text
    cancelled = desk.get(f"/console/visits?plan={visit.plan_id}&state=cancelled").text

    assert "JC110" in every and "JC129" not in every
    assert "JC129" in cancelled and "JC110" not in cancelled


ENDS = (("跨年", "disposition"), ("办结", "closed"))


def test_a_plan_that_is_carried_out_is_found_behind_newer_ones_and_after_new_year(site):
    with bootstrap.scope(TENANT):
        running, ended = (
            plan().with_changes(title="跨年的计划"),
            plan().with_changes(title="办结的计划", state="closed"),
        )
        save(bootstrap.store(), running, ended)
        drafts = [plan(is_approved=False).with_changes(state="plan", year=2027, title="新草稿") for _ in range(60)]
        write(item for one in drafts for item in items_of(TENANT, one))
    at(NOW.replace(year=2027))
    desk = site.browser(Role.COORDINATOR)

    for area in ("visits", "findings"):
        assert "跨年的计划" in desk.get(f"/console/{area}").text, "offered"
        assert "新草稿" not in desk.get(f"/console/{area}").text
        for one in (running, ended):
            assert one.title in desk.get(f"/console/{area}?plan={one.id}").text
    at(NOW)


def test_second_looks_are_not_hidden_by_findings_that_nobody_mended(site, inspection):
    phone = officer(site)
    with bootstrap.scope(TENANT):
        late, again = (
            Todo.of(Ref(kind="finding", id=f"{SUBJECT_ID[:-3]}{end}"), WEATHER, topic, title, at=NOW, due_at=NOW)
            for end, topic, title in (
                ("LAT", "conclusion_waiting", "早到"),
                ("AGN", "reinspection_waiting", "等着复查的企业，缺标志"),
            )
        )
        write(item for one in (late, again) for item in items_of(TENANT, one))

    day = phone.get("/field").text

    assert "等着复查的企业，缺标志" in day
    assert "早到" not in day


def test_a_finding_ends_with_a_penalty_case_or_withdrawn_with_its_reason(site, visit):
    (finding,) = concluded(site, visit)
    path = f"/console/findings/{finding.id}"
    officers = (one for one in people() if one.acting_body_id == WEATHER)
    head = next(officers).model_copy(update={"id": "p-head", "roles": frozenset({Role.APPROVER})})
    with bootstrap.scope(TENANT):
        owner = Person(
            id="p-owner", name="黄小明", roles=frozenset({Role.SUBJECT_USER}), subject_ids=[finding.subject_id]
        )
        save(bootstrap.store(), head, owner)
    desk, head = officer(site), browser(site, "p-head")

    kept = desk.post(f"{path}/hand-over", {"case_number": "南气立〔2026〕8号", "filed_on": "2099-01-01"})
    withheld = desk.post(f"{path}/withdraw", {"reason": "认错了地址"})
    gone = head.post(f"{path}/withdraw", {"reason": "认错了地址"})

    assert kept.status == 422 and "南气立〔2026〕8号" in kept.text
    assert withheld.status == 403
    assert gone.status == 303
    for page in (head.get(path), head.get(f"/console/findings?plan={visit.plan_id}&state=closed")):
        assert "已撤销" in page.text
    assert "不用整改" in browser(site, "p-owner").get(f"/subject/findings/{finding.id}").text


def test_who_acts_for_several_sees_whose_finding_it_is(site, visit):
    (finding,) = concluded(site, visit)
    with bootstrap.scope(TENANT):
        for name, others in (("p-one", []), ("p-several", ["01JD0000000000000000QTHER2"])):
            ids = [finding.subject_id, *others]
            save(bootstrap.store(), Person(id=name, name="黄", roles=frozenset({Role.SUBJECT_USER}), subject_ids=ids))

    assert finding.subject_name in browser(site, "p-several").get("/subject").text
    assert finding.subject_name not in browser(site, "p-one").get("/subject").text


def test_a_visit_for_two_scenarios_says_for_which_each_question_is(site, inspection):
    card = VisitScenario(
        scenario="prepaid_card",
        scenario_version=registry().get("prepaid_card").version,
        attributes={"trade": "retail", "legal_form": "legal_person"},
    )
    with bootstrap.scope(TENANT):
        drawn = subject().model_copy(update={"subject_id": "01JD000000000000000000J01N"})
        visit = new_visit(bootstrap.store(), inspection, subject=drawn, order=90, also_serves=[card])
    phone = officer(site, TAX)

    assert "同一次上门还查单用途商业预付卡" in phone.get(url(visit)).text
    start(phone, visit)
    listed = phone.get(url(visit)).text
    assert "用于成品油流通、单用途商业预付卡" in listed
    assert "单用途商业预付卡 · " in listed
    assert "用于单用途商业预付卡" in phone.get(url(visit, "/items/prepaid_ledger")).text
    with bootstrap.scope(TENANT):
        answer_all(bootstrap.store(), visit, bad=("business_licence",))
    phone.post(url(visit, "/submit"), {})
    conclusion = phone.get(url(visit, "/conclusion")).text
    other = re.search(r"/conclusion/items/(prepaid_card-[a-z_]+)", conclusion)
    assert other, "an item of the other scenario is named within the visit"
    assert "单用途商业预付卡" in phone.get(url(visit, f"/conclusion/items/{other[1]}")).text
    shown = site.browser(Role.COORDINATOR).get(f"/console/visits/{visit.id}").text
    assert "成品油流通、单用途商业预付卡" in shown


def test_who_does_not_take_part_sees_nothing(site, visit):
    outsider = site.browser(Role.INSPECTOR)
    nobody = site.browser()

    assert outsider.get(url(visit)).status == 403
    assert outsider.post(url(visit, "/start"), {"certificates_shown": "yes"}).status == 403
    assert nobody.get(url(visit)).status == 303
    assert site.browser(Role.INSPECTOR, "gx450500").get(url(visit)).status == 404
    assert site.browser(Role.SUBJECT_USER).get("/field").status == 403


def test_api_walks_the_same_way(site, visit):
    phone = officer(site)
    base = f"/api/v1/visits/{visit.id}"

    started = phone.call("POST", f"{base}/start", {"certificates_shown": True})
    asked = phone.call("GET", f"{base}/questions")
    saved = phone.call("PUT", f"{base}/answers/business_licence", {"base_version": 0, "compliance": "compliant"})
    early = phone.call("POST", f"{base}/submit", {})
    wrong = phone.call("PUT", f"{base}/answers/business_licence", {"base_version": 1, "colour": "red"})
    own = phone.call("GET", "/api/v1/visits")

    assert started.json["state"] == "started"
    assert asked.json["total"] == len(asked.json["items"]) > 0
    assert (saved.status, saved.headers["etag"]) == (200, '"1"')
    assert early.status == 422
    assert early.json["problems"]
    assert wrong.status == 422
    assert visit.id in [one["id"] for one in own.json["items"]]
    assert all(one["id"] == one["visit_id"] != one["person_id"] for one in own.json["items"])


def test_api_of_findings(site, visit):
    (finding,) = concluded(site, visit)
    phone, base = officer(site), f"/api/v1/findings/{finding.id}"
    with bootstrap.scope(TENANT):
        upload_id = keep_upload(bootstrap.store(), TENANT, owner=finding, content=png(), allowed=("image/png",))

    seen = phone.call(
        "POST", f"{base}/reinspection", {"is_passed": True, "text": "当场改好", "upload_ids": [upload_id]}
    )
    closed = phone.call("POST", f"{base}/close", {})
    history = phone.call("GET", f"{base}/history")
    foreign = officer(site, TAX).call("GET", base)

    assert (seen.json["state"], closed.json["state"]) == ("reinspected_passed", "closed")
    assert history.json["items"][0]["type"] == "finding_closed"
    assert foreign.status == 403
