"""Relations, merge and split, hand-over over the API."""

from collections.abc import Iterator

import pytest

from chalicelib.domain.tenancy import Role
from infra.local.synthetic import synthetic_code
from tests.web.site import TENANT_B, Browser, Site, open_site

CODES = iter([synthetic_code("450100", number) for number in range(120, 160)])
BASE = "/api/v1/subjects"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site() as opened:
        yield opened


@pytest.fixture(scope="module")
def browser(site: Site) -> Browser:
    return site.browser(Role.COORDINATOR)


def made(browser: Browser, **more: object) -> dict:
    body = {"name": "示例", "division": "450105000000", "address": f"示例路{next(CODES)}号"} | more
    reply = browser.call("POST", BASE, body)
    assert reply.status == 201, reply.text
    return reply.json


def test_a_tank_with_its_attributes_is_related_and_unrelated(browser: Browser) -> None:
    tank = made(browser, kind="tank", kind_attributes={"volume": 50, "medium": "diesel"}, located_at="22.8,108.3")
    company = made(browser, code=next(CODES))
    body = {"kind": "operated_by", "other_id": company["id"], "from_on": "2026-01-01"}

    assert tank["kind_attributes"] == {"volume": 50, "medium": "diesel"}
    assert browser.call("POST", f"{BASE}/{tank['id']}/relations", body).status == 200
    found = browser.get(f"{BASE}/{company['id']}/relations").json["items"]
    assert [(one["other_id"], one["is_reverse"]) for one in found] == [(tank["id"], True)]
    assert browser.call("DELETE", f"{BASE}/{tank['id']}/relations/operated_by/{company['id']}").status == 200
    assert browser.get(f"{BASE}/{company['id']}/relations").json["items"] == []


def test_money_is_fen_and_people_are_a_whole_list(browser: Browser) -> None:
    people = [{"role": "site_contact", "name": "覃岚琳", "phone": "15400001234"}]
    card = made(browser, kind="card_programme", kind_attributes={"prepaid_balance": 123456}, responsible_people=people)
    path = f"{BASE}/{card['id']}"
    changed = browser.call("PATCH", path, {"kind_attributes": {"card_count": 5}}, {"if-match": '"1"'}).json
    emptied = browser.call("PATCH", path, {"responsible_people": []}, {"if-match": '"2"'}).json

    assert changed["kind_attributes"] == {"prepaid_balance": 123456, "card_count": 5}
    assert [one["phone_masked"] for one in changed["responsible_people"]] == ["154****1234"]
    assert emptied["responsible_people"] == []


def test_merged_listed_and_undone(browser: Browser) -> None:
    kept, other = made(browser, code=next(CODES)), made(browser, code=next(CODES), name="另一名")
    path = f"{BASE}/{kept['id']}"
    body = {"other_id": other["id"], "other_version": 1, "choices": {"name": "other"}}
    seen = browser.get(f"{path}/merge?other_id={other['id']}").json
    assert ([one["field"] for one in seen["differs"]], seen["is_reason_needed"]) == (["code"], True)
    refused = browser.call("POST", f"{path}/merge", body, {"if-match": '"1"'})
    assert [one["code"] for one in refused.json["problems"]] == ["merge_reason_missing"]
    body["reason"] = "换过营业执照"
    merged = browser.call("POST", f"{path}/merge", body, {"if-match": '"1"'})
    again = browser.call("POST", f"{path}/merge", body, {"if-match": '"1"'})
    (entry,) = browser.get(f"{path}/regroupings").json["items"]
    undone = browser.call("POST", f"{path}/regroupings/{entry['id']}/undo")

    assert (merged.json["name"], merged.json["absorbed"]) == ("另一名", [other["id"]])
    assert again.status == 412
    assert entry["is_undoable"]
    assert undone.json["name"] == kept["name"]
    assert browser.get(f"{BASE}/{other['id']}").json["status"] == "active"


def test_a_plate_is_registered_once_and_has_the_form_of_one(browser: Browser) -> None:
    first = made(browser, kind="vehicle", plate="桂A30001")
    body = {"kind": "vehicle", "name": "二号车", "division": "450105000000", "address": ""}
    told = [browser.call("POST", BASE, body | {"plate": plate}) for plate in ("桂A·30001", "123", "桂", "🚗🚗🚗")]
    problems = [one.json["problems"][0] for one in told]
    assert [one["code"] for one in problems] == ["plate_taken", "plate_form", "plate_form", "plate_form"]
    assert problems[0]["details"]["subject_id"] == first["id"]
    other = browser.call("POST", BASE, body | {"plate": "临桂A30001", "plate_form": "other"})
    assert (other.status, other.json["plate_form"]) == (201, "other")
    taken = browser.call(
        "PATCH", f"{BASE}/{other.json['id']}", {"plate": "桂A30001", "plate_form": "standard"}, {"if-match": '"1"'}
    )
    assert taken.json["problems"][0]["code"] == "plate_taken"


def test_split_makes_a_new_subject(browser: Browser) -> None:
    both = made(browser, code=next(CODES))
    part = {"kind": "premises", "name": "拆出", "division": "450105000000", "address": "示例路1号"}
    done = browser.call("POST", f"{BASE}/{both['id']}/split", {"part": part}, {"if-match": '"1"'})
    (entry,) = browser.get(f"{BASE}/{both['id']}/regroupings").json["items"]

    assert done.status == 200, done.text
    assert browser.get(f"{BASE}/{entry['other_id']}").json["name"] == "拆出"


def test_a_hand_over_is_offered_and_withdrawn(browser: Browser) -> None:
    one = made(browser, code=next(CODES), phone="15400001234")
    body = {"receiver": TENANT_B, "reason": "迁出"}
    sent = browser.call("POST", f"{BASE}/{one['id']}/hand-over", body)
    path = sent.headers["location"]

    assert (sent.status, sent.json["projection"]["phone_masked"]) == (201, "154****1234")
    assert [each["id"] for each in browser.get("/api/v1/hand-overs").json["items"]] == [sent.json["id"]]
    assert browser.call("POST", f"{path}/accept", {"division": "450105000000"}).status == 409
    assert browser.call("POST", f"{path}/withdraw").json["state"] == "withdrawn"
