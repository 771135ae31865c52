"""A disposal on the pages, over the API and on the subject's face: the whole path with the right people."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from chalicelib import bootstrap
from chalicelib.contract.registry import registry
from chalicelib.domain.act import Act
from chalicelib.domain.confirmed_basis import ConfirmedBasis
from chalicelib.domain.disposal_order import DisposalOrder
from chalicelib.domain.event import EventType
from chalicelib.domain.legal_basis import BasisConfirmation
from chalicelib.domain.record import new_id
from chalicelib.domain.scenario_member import ScenarioMember
from chalicelib.domain.session import Membership
from chalicelib.domain.subject import ScenarioMembership, Subject, SubjectKind
from chalicelib.domain.tenancy import ActingBody, Department, Person, Role
from chalicelib.services.register.merge_subjects import merge_subjects
from chalicelib.services.register.undo_regrouping import undo_regrouping
from chalicelib.storage import keys
from tests.builders import actor
from tests.visiting import png
from tests.web.site import NOW, TENANT_A, Browser, Reply, Site, open_site

SCENARIO, CITY = "self_built_housing", "450100000000"
D = {"appraisal_grade": "d", "appraisal_body": "示例鉴定公司", "appraised_on": "2026-05-06"}


@dataclass
class Town:
    """building: the one to which the owner is bound."""

    site: Site
    building: Subject
    people: dict[str, Person]

    def at(self, who: str) -> Browser:
        browser = Browser(self.site)
        person = self.people[who]
        self.site.sign_in(browser, Membership(tenant=TENANT_A, person_id=person.id, label="南宁市"))
        return browser


@pytest.fixture
def town() -> Iterator[Town]:
    with open_site() as site, bootstrap.scope(TENANT_A):
        building = Subject(
            kind=SubjectKind.BUILDING,
            name="示例巷3号",
            division="450105000000",
            address="示例巷3号",
            memberships=(ScenarioMembership(scenario=SCENARIO, attributes=D),),
        )
        place = {"department_id": "d-housing", "acting_body_id": "b-housing"}
        people = {
            "officer": Person(name="示例甲", roles=frozenset({Role.DEPARTMENT_OFFICER}), **place),
            "head": Person(name="示例乙", roles=frozenset({Role.APPROVER}), **place),
            "owner": Person(name="示例丙", roles=frozenset({Role.SUBJECT_USER}), subject_ids=[building.id]),
        }
        with bootstrap.store().change(TENANT_A, Act(actor=actor(), at=NOW, key=new_id())) as change:
            change.save(Department(id="d-housing", code="housing_construction", label="住建局", division=CITY))
            departments = ["housing_construction"]
            change.save(ActingBody(id="b-housing", label="示例住建局", division=CITY, departments=departments))
            change.save(building)
            change.save(ScenarioMember.of(building, SCENARIO))
            for person in people.values():
                change.save(person)
            change.event(EventType.SUBJECT_REGISTERED, building)
        yield Town(site, building, people)


def opened(town: Town, building: Subject | None = None) -> str:
    """The identifier of the building's disposal, which the officer has just opened."""
    body, of = {"scenario": SCENARIO, "because": "外墙斜裂缝"}, building or town.building
    return str(town.at("officer").call("POST", f"/api/v1/subjects/{of.id}/disposals", body).json["id"])


def unappraised() -> Subject:
    """Another building, of which the register knows no appraisal."""
    made = Subject(kind=SubjectKind.BUILDING, name="示例巷5号", division="450105000000").joined(SCENARIO, {})
    with bootstrap.store().change(TENANT_A, Act(actor=actor(), at=NOW, key=new_id())) as change:
        change.save(made)
        change.save(ScenarioMember.of(made, SCENARIO))
        change.event(EventType.SUBJECT_REGISTERED, made)
    return made


def upload(browser: Browser, path: str, fields: dict[str, str]) -> int:
    """A form with one photo, as a browser sends it."""
    line = b"--edge\r\ncontent-disposition: form-data; "
    parts = [line + f'name="{name}"\r\n\r\n{value}\r\n'.encode() for name, value in fields.items()]
    photo = b'name="files"; filename="a.png"\r\ncontent-type: image/png\r\n\r\n' + png() + b"\r\n"
    body = b"".join([*parts, line + photo, b"--edge--\r\n"])
    headers = {"content-type": "multipart/form-data; boundary=edge", "origin": "https://yijianshi.test"}
    token = {"x-csrf-token": browser.csrf_token, "sec-fetch-site": "same-origin"}
    return browser.send("POST", path, headers | token, body).status


def put(browser: Browser, path: str, name: str, photo: bytes = b"") -> Reply:
    """An occurrence over the API with a file that was put where the site said."""
    signed = browser.call("POST", f"{path}/uploads", {"content_type": "image/png"})
    assert signed.status == 201
    if photo:
        key = keys.object_key(TENANT_A, "disposal", path.rsplit("/", 1)[1], signed.json["upload_id"])
        bootstrap.store().objects.put(TENANT_A, key, photo, "image/png")
    body = {"occurrence_id": name, "upload_ids": [signed.json["upload_id"]]}
    return browser.call("POST", f"{path}/occurrences", body)


def test_a_building_is_disposed_of_from_its_page_to_the_end(town: Town) -> None:
    officer, head, owner = town.at("officer"), town.at("head"), town.at("owner")
    url = f"/console/subjects/{town.building.id}"
    assert "开始处置" in officer.get(url).text
    empty = officer.post(f"{url}/disposals", {"scenario": SCENARIO, "because": "", "key": new_id()})
    assert empty.status == 422 and "请填写“理由”" in empty.text
    made = officer.post(f"{url}/disposals", {"scenario": SCENARIO, "because": "外墙斜裂缝", "key": new_id()})
    disposal = made.location
    twice = officer.post(f"{url}/disposals", {"scenario": SCENARIO, "because": "又一条裂缝", "key": new_id()})
    assert twice.status == 422 and "请打开那一件" in twice.text and "又一条裂缝" in twice.text
    noted = officer.post(f"{disposal}/occurrences", {"occurrence_id": "danger_report_filed", "key": new_id()})
    assert noted.status == 303 and "发出督促解危通知" in officer.get(disposal).text
    wrong = officer.post(
        f"{disposal}/occurrences", {"occurrence_id": "danger_report_filed", "at": "2099-01-01T10:00", "note": "留下"}
    )
    assert wrong.status == 422 and "不能晚于现在" in wrong.text and "留下" in wrong.text
    busy = officer.post(f"{disposal}/close", {"because": "已办完", "key": new_id()})
    assert busy.status == 409 and "还有时限在走" in busy.text and "已办完" in busy.text

    form = officer.get(f"{disposal}/orders/new?document_id=stop_use_order").text
    assert "D级，示例鉴定公司" in form and "依据待确认" in form
    draft = {"document_id": "stop_use_order", "facts": "一层仍在营业", "content": "<b>停止使用</b>", "key": new_id()}
    order = officer.post(f"{disposal}/orders", draft).location
    again = officer.post(f"{disposal}/orders", draft | {"key": new_id()})
    assert again.status == 422 and "已经有一份在办" in again.text
    assert "自送达时起24小时内" in officer.get(f"{order}/document").text
    assert officer.post(f"{order}/decide/decide", {"key": new_id()}).status == 403
    assert "示例巷3号，停止使用决定书，等您决定" in head.get("/console").text
    own = order.replace("/console/", "/subject/")
    assert owner.get(own).status == 404, "drafts are nobody's outside the office"
    assert "作出决定" in head.get(order).text and "作出决定" not in officer.get(order).text
    assert head.post(f"{order}/decide/decide", {"key": new_id()}).status == 303
    served = {"way": "in_person", "received_by": "示例丙", "key": new_id()}
    assert officer.post(f"{order}/handle/serve", served | {"received_by": ""}).status == 422
    assert officer.post(f"{order}/handle/serve", served).status == 303
    printed = owner.get(f"{own}/document").text
    assert "〔2026〕1号" in printed and "&lt;b&gt;停止使用" in printed and "<b>停止使用" not in printed
    assert owner.get(f"{own}/docx").body.startswith(b"PK")
    assert "停止使用决定书" in owner.get("/subject/orders").text
    home = owner.get("/subject").text
    assert "有1份文书等您履行" in home and f'href="{own}"' in home

    assert owner.post(f"{own}/report", {"text": "已停业", "key": new_id()}).status == 422
    assert upload(owner, f"{own}/report", {"text": "已停业", "key": new_id()}) == 303
    back = officer.post(f"{order}/handle/return_report", {"reason": "二层仍有人住", "key": new_id()})
    assert back.status == 303 and "二层仍有人住" in owner.get(own).text
    assert head.post(f"{order}/decide/lift", {"reason": "已整体迁出", "key": new_id()}).status == 303
    assert "文书已解除" in officer.get(disposal).text


def test_lists_and_the_api_say_the_same(town: Town) -> None:
    officer, head, disposal = town.at("officer"), town.at("head"), opened(town)
    draft = {"document_id": "stop_use_order", "facts": "一层仍在营业", "content": "停止使用"}
    order = f"/api/v1/orders/{officer.call('POST', f'/api/v1/disposals/{disposal}/orders', draft).json['id']}"
    assert head.call("POST", f"{order}/decision").status == 200
    assert officer.call("POST", f"{order}/service", {"way": "in_person", "received_by": "示例丙"}).status == 200
    assert head.call("POST", f"{order}/lifting", {"reason": "已整体迁出"}).status == 200
    recorded = {"occurrence_id": "danger_report_filed"}
    assert officer.call("POST", f"/api/v1/disposals/{disposal}/occurrences", recorded).status == 200
    assert officer.get("/console/disposals?state=made_up").status == 422
    listed = officer.call("GET", "/api/v1/disposals").json["items"]
    page = officer.get("/console/disposals?body=b-housing").text
    assert len(listed) == 1 and listed[0]["id"] in page
    orders = officer.call("GET", f"/api/v1/disposals/{listed[0]['id']}/orders").json["items"]
    assert [DisposalOrder.model_validate(one).state for one in orders] == ["lifted"]
    refused = officer.call("POST", f"/api/v1/disposals/{listed[0]['id']}/close", {"because": "x"})
    assert refused.status == 409 and refused.json["code"] == "illegal_transition"
    told = officer.call(
        "POST", f"/api/v1/disposals/{listed[0]['id']}/occurrences", {"occurrence_id": "danger_sign_notified"}
    )
    assert put(officer, f"/api/v1/disposals/{listed[0]['id']}", "danger_report_filed").status == 404
    told_again = put(officer, f"/api/v1/disposals/{listed[0]['id']}", "danger_report_filed", png())
    assert told_again.status == 200 and len(told_again.json["occurrences"][-1]["evidence"]) == 1
    assert told.status == 200 and told.json["clocks"][-1]["rule_id"] == "appraisal_commission"


def test_over_the_api_the_subject_reports_with_a_photo(town: Town) -> None:
    officer, head, owner, disposal = town.at("officer"), town.at("head"), town.at("owner"), opened(town)
    draft = {"document_id": "stop_use_order", "facts": "又在营业", "content": "停止使用"}
    made = officer.call("POST", f"/api/v1/disposals/{disposal}/orders", draft)
    assert made.status == 201, made.text
    order = f"/api/v1/orders/{made.json['id']}"
    assert owner.call("POST", f"{order}/report", {"text": "已停业"}).status == 404
    assert head.call("POST", f"{order}/decision").status == 200
    assert upload(officer, f"{order}/service", {"way": "in_person", "received_by": "示例丙"}) == 200
    assert made.json["id"] in [one["id"] for one in owner.get("/api/v1/own/orders").json["items"]]
    assert owner.call("POST", f"{order}/report", {"text": "已停业"}).json["problems"][0]["field"] == "files"
    assert officer.call("POST", f"{order}/report", {"text": "已停业"}).status == 403

    assert upload(owner, f"{order}/report", {"text": "已停业"}) == 200
    (photo,) = owner.get(order).json["reports"][0]["evidence"]
    for who in (owner, officer):
        assert who.get(f"{order}/files/{photo}").body == png()
    assert owner.get(f"{order}/files/{'0' * 64}").status == 404
    assert (
        upload(officer, f"/api/v1/disposals/{disposal}/occurrences", {"occurrence_id": "danger_sign_notified"}) == 200
    )


def test_an_api_draft_names_its_grounds_and_where_to_turn_and_a_redraft_keeps_what_it_says(town: Town) -> None:
    officer, disposal = town.at("officer"), opened(town, unappraised())
    draft = {"document_id": "stop_use_order", "facts": "承重墙外倾", "content": "停止使用"}
    url = f"/api/v1/disposals/{disposal}/orders"
    refused = officer.call("POST", url, draft)
    assert refused.status == 422 and [one["field"] for one in refused.json["problems"]] == ["grounds"]
    assert officer.call("POST", url, draft | {"grounds": "x" * 501}).status == 422
    told = {"grounds": "随时可能倒塌", "review_organ": "示例市人民政府", "court": "示例区人民法院"}
    made = officer.call("POST", url, draft | told)
    assert made.status == 201 and {name: made.json[name] for name in told} == told
    again = officer.call("POST", f"/api/v1/orders/{made.json['id']}/redraft", draft | told | {"facts": "外墙外倾"})
    assert {name: again.json[name] for name in told} == told and again.json["facts"] == "外墙外倾"


def test_a_basis_that_the_tenant_confirmed_is_not_shown_as_waiting(town: Town) -> None:
    officer, disposal = town.at("officer"), opened(town)
    form = f"/console/disposals/{disposal}/orders/new?document_id=stop_use_order"
    waiting = officer.get(form).text.count("依据待确认")
    basis = registry().get(SCENARIO).bases["guangxi_stop_notice"]
    confirmed = BasisConfirmation(
        basis_id=basis.id,
        title=basis.title,
        article=basis.article,
        clause=basis.clause,
        confirmed_by="p",
        confirmed_at=NOW,
    )
    with bootstrap.store().change(TENANT_A, Act(actor=actor(), at=NOW, key=new_id())) as change:
        change.save(ConfirmedBasis(id=f"{SCENARIO}.{basis.id}", scenario=SCENARIO, confirmation=confirmed))
        change.event(EventType.SUBJECT_REGISTERED, town.building)
    assert waiting and officer.get(form).text.count("依据待确认") == waiting - 1


def test_disposals_of_two_records_that_were_merged_are_both_shown_and_one_is_joined_to_the_other(town: Town) -> None:
    officer, twin = town.at("officer"), unappraised()
    one, other = opened(town), opened(town, twin)
    assert "同一个对象还有在办的处置" not in officer.get(f"/console/disposals/{one}").text
    officer.call("POST", f"/api/v1/disposals/{other}/occurrences", {"occurrence_id": "danger_sign_notified"})
    by = Act(actor=actor(Role.COORDINATOR), at=NOW, key=new_id())
    merge_subjects(bootstrap.store(), TENANT_A, by, kept_id=town.building.id, other_id=twin.id, reason="同一幢")
    shown = officer.get(f"/console/subjects/{town.building.id}").text
    assert all(f"/console/disposals/{id}" in shown for id in (one, other))

    url = f"/console/disposals/{other}"
    assert "同一个对象还有在办的处置" in officer.get(url).text
    wrong = officer.post(f"{url}/join", {"into_id": other, "reason": "同一幢", "key": new_id()})
    assert wrong.status == 422 and "并入哪一件" in wrong.text and "同一幢" in wrong.text
    empty = officer.call("POST", f"/api/v1/disposals/{other}/join", {"into_id": one, "reason": " "})
    assert empty.status == 422
    joined = officer.post(f"{url}/join", {"into_id": one, "reason": "同一幢", "key": new_id()})
    assert joined.status == 303 and joined.location == f"/console/disposals/{one}"
    assert "已并入另一件处置" in officer.get(url).text and "并入另一件处置" in officer.get(url).text
    kept = officer.get(joined.location).text
    assert "另一件处置已并入这一件" in kept and "委托鉴定" in kept


def test_what_was_served_on_a_duplicate_is_its_survivor_s_until_the_merge_is_undone(town: Town) -> None:
    officer, owner, twin = town.at("officer"), town.at("owner"), unappraised()
    draft = {"document_id": "stop_use_order", "facts": "一层仍在营业", "content": "停止使用", "grounds": "外墙要倒"}
    made = officer.call("POST", f"/api/v1/disposals/{opened(town, twin)}/orders", draft)
    order = f"/api/v1/orders/{made.json['id']}"
    assert town.at("head").call("POST", f"{order}/decision").status == 200
    assert officer.call("POST", f"{order}/service", {"way": "in_person", "received_by": "示例丙"}).status == 200
    own = f"/subject/orders/{made.json['id']}"
    by = Act(actor=actor(Role.COORDINATOR), at=NOW, key=new_id())
    both = {"kept_id": town.building.id, "other_id": twin.id}

    def lists() -> list[bool]:
        pages = [owner.get(path).text for path in ("/subject", "/subject/orders", "/api/v1/own/orders")]
        return [made.json["id"] in page for page in pages]

    assert lists() == [False] * 3 and owner.get(own).status == 404
    merge_subjects(bootstrap.store(), TENANT_A, by, **both, reason="同一幢")
    assert lists() == [True] * 3 and owner.get(own).status == 200
    assert upload(owner, f"{order}/report", {"text": "已停业"}) == 200
    (merged,) = officer.get(f"/api/v1/subjects/{town.building.id}/regroupings").json["items"]
    undoing = {"subject_id": town.building.id, "regrouping_id": merged["id"]}
    undo_regrouping(bootstrap.store(), TENANT_A, by.part("undo"), **undoing)
    assert lists() == [False] * 3 and owner.get(own).status == 404
    assert upload(owner, f"{order}/report", {"text": "已停业"}) in (403, 404)


def test_danger_that_was_seen_grounds_a_stop_and_a_late_record_says_when_it_was_made(town: Town) -> None:
    bare = unappraised()
    officer, opened = town.at("officer"), {"scenario": SCENARIO, "because": "外墙外倾", "key": new_id()}
    disposal = officer.post(f"/console/subjects/{bare.id}/disposals", opened).location
    assert "不等鉴定的理由" in officer.get(f"{disposal}/orders/new?document_id=stop_use_order").text
    assert "不等鉴定的理由" not in officer.get(f"{disposal}/orders/new?document_id=demolition_order").text
    draft = {"document_id": "stop_use_order", "facts": "承重墙外倾", "content": "停止使用", "key": new_id()}
    refused = officer.post(f"{disposal}/orders", draft)
    assert refused.status == 422 and "为什么不能等鉴定，或者先委托鉴定" in refused.text
    more = {"grounds": "随时可能倒塌", "review_organ": "示例市人民政府", "key": new_id()}
    order = officer.post(f"{disposal}/orders", draft | more).location
    assert "随时可能倒塌" in officer.get(order).text
    printed = officer.get(f"{order}/document").text
    assert "【演示】" in printed and "六十日内，向示例市人民政府申请行政复议" in printed and "申辩" not in printed

    told = {"occurrence_id": "danger_sign_notified", "at": "2026-01-05T10:00", "key": new_id()}
    assert officer.post(f"{disposal}/occurrences", told).status == 303
    assert "记下" in officer.get(disposal).text
    early = {"occurrence_id": "appraisal_commissioned", "at": "2020-01-05T10:00", "key": new_id()}
    wrong = officer.post(f"{disposal}/occurrences", early)
    assert wrong.status == 422 and "不能早于它所停止的时限的起点（2026-01-05 10:00）" in wrong.text
