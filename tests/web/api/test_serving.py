"""What every call of the API shares: versions, repeats, lists, limits, sizes, problem documents."""

import json
import os
from collections.abc import Iterator
from typing import Any

import pytest

from chalicelib import bootstrap
from chalicelib.domain.tenancy import Role
from chalicelib.settings import settings
from chalicelib.web.api.repeats import own_key
from tests.web.planning import DRAFT, Office
from tests.web.site import Site, later, open_site

PLANS = "/api/v1/plans"
KEY = "01JD000000000000000000REPT"


@pytest.fixture(scope="module")
def office() -> Iterator[Office]:
    with open_site() as site:
        yield Office(site)


def test_versions_guard_what_is_read_and_written(office: Office) -> None:
    call = office.coordinator.call
    made = call("POST", PLANS, DRAFT)
    one = made.headers["location"]
    read = call("GET", one)
    tag = read.headers["etag"]

    unchanged = call("GET", one, headers={"if-none-match": tag})
    assert (unchanged.status, unchanged.body, unchanged.headers["etag"]) == (304, b"", tag)
    assert call("GET", one, headers={"if-none-match": '"9", "8"'}).status == 200
    missing = call("PUT", one, DRAFT)
    assert (missing.status, missing.json["code"]) == (428, "precondition_required")
    changed = call("PUT", one, DRAFT | {"title": "第二版"}, {"if-match": tag})
    assert (changed.status, changed.headers["etag"]) == (200, '"2"')
    for stale in (tag, '"1"', f'W/"{changed.json["version"]}"', '"nothing"'):
        refused = call("PUT", one, DRAFT, {"if-match": stale})
        assert (refused.status, refused.json["code"]) == (412, "precondition_failed"), stale
    for good in ('"1", "2"', "*"):
        assert call("POST", f"{one}/submit", {}, {"if-match": good}).status in (200, 409)
    wrong = call("PUT", one, DRAFT, {"if-match": "2"})
    assert (wrong.status, wrong.json["problems"][0]["place"]) == (422, "header")
    assert call("GET", one, headers={"if-none-match": tag}).status == 200


def test_what_was_seen_holds_inside_the_transaction(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    """Somebody else writes between the look at the version and the write."""
    one = office.coordinator.call("POST", PLANS, DRAFT).headers["location"]
    from chalicelib.web.api import plans

    real = plans.change_plan

    def late(*given: Any, **values: Any) -> Any:
        monkeypatch.setattr(plans, "change_plan", real)
        assert office.coordinator.call("PUT", one, DRAFT | {"title": "抢先"}, {"if-match": '"1"'}).status == 200
        return real(*given, **values)

    monkeypatch.setattr(plans, "change_plan", late)
    lost = office.coordinator.call("PUT", one, DRAFT | {"title": "落后"}, {"if-match": '"1"'})

    assert (lost.status, lost.json["code"]) == (412, "precondition_failed")
    assert office.coordinator.get(one).json["title"] == "抢先"


def test_a_repeat_gets_the_same_answer_and_another_call_under_its_key_none(office: Office) -> None:
    call, key = office.coordinator.call, {"idempotency-key": KEY}
    first = call("POST", PLANS, DRAFT, key)
    one = first.headers["location"]
    call("PUT", one, DRAFT | {"title": "后来改的"}, {"if-match": "*"})

    again = call("POST", PLANS, DRAFT, key)
    assert (again.status, again.body, again.headers["location"]) == (201, first.body, one)
    assert (again.headers["etag"], again.headers["idempotency-replayed"]) == ('"1"', "true")
    for other in (DRAFT | {"title": "别的"}, {}):
        reused = call("POST", PLANS, other, key)
        assert (reused.status, reused.json["code"]) == (422, "key_reused")
    assert call("POST", f"{one}/submit", {}, key).json["code"] == "key_reused"
    foreign = office.lead_head.call("POST", PLANS, DRAFT, key)
    assert foreign.status == 403, "another person's key is another key"
    later(hours=25)
    late = office.site.browser(Role.COORDINATOR).call("POST", PLANS, DRAFT, key)
    later(hours=0)
    assert (late.json["id"], late.json["title"]) == (first.json["id"], "后来改的"), "the act is never done twice"


def test_a_refused_call_may_be_mended_under_its_key(office: Office) -> None:
    key = {"idempotency-key": "7f1c8a52-9f0e-4f64-9d0c-1c5f7f4c2a10"}
    assert office.coordinator.call("POST", PLANS, DRAFT | {"title": ""}, key).status == 422
    assert office.coordinator.call("POST", PLANS, DRAFT, key).status == 201
    assert office.coordinator.call("POST", PLANS, DRAFT, {"idempotency-key": "k"}).json["problems"][0]["field"] == (
        "Idempotency-Key"
    )


def test_keys_belong_to_one_person_and_keep_their_time() -> None:
    mine, yours = own_key("gx450100", "p1", KEY), own_key("gx450100", "p2", KEY)

    assert len({mine, yours, own_key("gx450500", "p1", KEY), KEY}) == 4
    assert mine[:10] == KEY[:10] and mine == own_key("gx450100", "p1", KEY)


def test_lists_take_a_limit_and_refuse_what_they_do_not_know(office: Office) -> None:
    for _ in range(3):
        office.coordinator.call("POST", PLANS, DRAFT)
    seen: list[str] = []
    path = f"{PLANS}?limit=2"
    while path:
        page = office.coordinator.get(path)
        assert len(page.json["items"]) <= 2
        seen += [one["id"] for one in page.json["items"]]
        link = page.headers.get("link", "")
        path = link[1 : link.index(">")] if link else ""
        assert bool(path) == bool(page.json["cursor"])
    assert len(seen) == len(set(seen)) >= 3
    for query, field in (("limit=101", "limit"), ("limit=x", "limit"), ("stepp=plan", "stepp"), ("cursor=x", "cursor")):
        refused = office.coordinator.get(f"{PLANS}?{query}")
        assert (refused.status, refused.json["problems"][0]["field"]) == (422, field)
        assert refused.json["problems"][0]["place"] == "query"


@pytest.mark.parametrize(
    ("method", "path", "headers", "content", "status"),
    [
        ("GET", "/api/v1/nothing", {}, b"", 404),
        ("GET", "/api/v1/nothing/at/all", {}, b"", 404),
        ("GET", f"{PLANS}/a%23b", {}, b"", 404),
        ("DELETE", PLANS, {}, b"", 405),
        ("POST", PLANS, {"content-type": "text/xml"}, b"<x/>", 415),
        ("POST", PLANS, {"content-type": "application/json"}, b"{", 400),
        ("POST", PLANS, {"content-type": "application/json"}, b"[" + b" " * 1_100_000 + b"]", 413),
        ("POST", PLANS, {"content-type": "application/json"}, b"[]", 422),
    ],
    ids=["unknown", "deep", "no id", "method", "type", "no json", "large", "shape"],
)
def test_every_refusal_is_a_problem_document(
    office: Office, method: str, path: str, headers: dict[str, str], content: bytes, status: int
) -> None:
    browser = office.coordinator
    own = {"origin": "https://yijianshi.test", "sec-fetch-site": "same-origin", "x-csrf-token": browser.csrf_token}
    for language in ("zh", "en"):
        reply = browser.send(method, path, {**own, **headers, "accept-language": language}, content)
        assert (reply.status, reply.headers["content-type"]) == (status, "application/problem+json")
        told = reply.json
        assert told["status"] == status and told["title"] and told["detail"] and told["code"]
    if status == 405:
        assert "GET" in reply.headers["allow"]


@pytest.mark.parametrize(
    "content",
    [
        b"[" * 50_000,
        b'{"name": "a\\ud800b"}',
        b'{"name": {"deep": ["\\udfff"]}}',
        b'{"\\ud800": 1}',
        b'{"name": "a\xed\xa0\x80b"}',
        '{"name": "甲"}'.encode("utf-16"),
    ],
)
def test_what_nothing_can_read_or_store_is_refused_everywhere(office: Office, content: bytes) -> None:
    browser = office.coordinator
    own = {"origin": "https://yijianshi.test", "sec-fetch-site": "same-origin", "x-csrf-token": browser.csrf_token}
    for path in ("/api/v1/subjects", "/api/v1/plans"):
        reply = browser.send("POST", path, {**own, "content-type": "application/json"}, content)
        assert (reply.status, reply.json["code"]) == (400, "unreadable_request")
    form = {**own, "content-type": "application/x-www-form-urlencoded"}
    for body in (b"name=a%ED%A0%80b&scenario=refined_oil", b"name=" + b"[" * 50_000, b"name=\xed\xa0\x80"):
        assert browser.send("POST", "/console/subjects", form, body).status in (400, 422)


def test_limits_are_counted_for_each_caller(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(os.environ, "YIJIANSHI_LIMITS_PUBLIC_PER_MINUTE", "3")
    limits = {"YIJIANSHI_LIMITS_PERSON_PER_MINUTE": "5", "YIJIANSHI_LIMITS_PUBLIC_PER_MINUTE": "3"}
    with open_site(limits) as site:
        _spend(site, "/api/v1/me", site.browser(Role.COORDINATOR), 5, "person")
        assert site.browser(Role.APPROVER).get("/api/v1/me").status == 200
        _spend(site, "/api/v1/openapi.json", site.browser(), 3, "public")
        later(seconds=61)
        assert site.browser().get("/api/v1/openapi.json").status == 200
        stored = json.dumps([str(item) for item in _counters(site)])
        assert "10.0" not in stored and "127.0.0.1" not in stored, "no address is kept"


def _counters(site: Site) -> list[Any]:
    from tests.cloud import all_items

    return [item for item in all_items() if "LIMIT" in item["pk"]["S"]]


def _spend(site: Site, path: str, browser: Any, limit: int, name: str) -> None:
    assert settings().limits and bootstrap.store()
    left = [browser.get(path).headers["ratelimit"] for _ in range(limit)]
    assert left[0].startswith(f'"{name}";r={limit - 1};t=') and left[-1].startswith(f'"{name}";r=0;t=')
    refused = browser.get(path)
    assert (refused.status, refused.json["code"]) == (429, "too_many_requests")
    assert 0 < int(refused.headers["retry-after"]) <= 60
