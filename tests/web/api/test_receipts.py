"""Receipts of a gateway over the API: signed, once, and seen on the pages; the secret on the console."""

import json
import re
from datetime import timedelta

import pytest

from chalicelib import bootstrap
from chalicelib.domain.notification_message import NotificationMessage
from chalicelib.domain.record import new_id
from chalicelib.domain.tenancy import Role
from chalicelib.domain.webhook_signing import PREFIX, signed_headers
from chalicelib.settings import settings
from chalicelib.storage import keys
from chalicelib.storage.table import EventItem
from chalicelib.web import limits
from tests.unit.domain.test_delivery_report import sent
from tests.visiting import save
from tests.web.site import NOW, TENANT_A, Reply, Site, at

PATH, KEY = f"/api/v1/sms-receipts/{TENANT_A}", "/console/message-setting/receipt-key"


def secret_of(site: Site) -> str:
    """A new secret, from the page that shows it once."""
    browser = site.browser(Role.SYSTEM_ADMINISTRATOR)
    page = browser.post(KEY, {"key": new_id()})
    assert (page.status, page.headers["cache-control"]) == (201, "no-store")
    found = re.search(rf'value="({PREFIX}[^"]+)"', page.text)
    assert found and found[1] not in browser.get(KEY).text
    return found[1]


def tell(site: Site, secret: str, *entries: dict[str, str], id: str = "", body: bytes = b"") -> Reply:
    body = body or json.dumps({"receipts": entries}).encode()
    headers = {"content-type": "application/json", **signed_headers([secret], id or new_id(), NOW, body)}
    return site.browser().send("POST", PATH, headers, body)


def saved(message: NotificationMessage) -> NotificationMessage:
    with bootstrap.scope(TENANT_A):
        save(bootstrap.store(), message)
    return message


def events_of(message: NotificationMessage) -> int:
    with bootstrap.scope(TENANT_A):
        partition = keys.record(TENANT_A, message.ref).partition
        return sum(1 for _ in EventItem.query(partition, EventItem.sk.startswith(keys.EVENT_PREFIX)))


def test_a_receipt_is_taken_once_and_shown(site: Site) -> None:
    secret, message = secret_of(site), saved(sent())
    entry = {"request_id": message.id, "status": "failed", "reference": "r-1", "code": "MK:0001"}
    before = events_of(message)

    first = tell(site, secret, entry, id="receipt-1")
    again = tell(site, secret, entry, id="receipt-1")

    assert (first.status, again.status, first.body) == (204, 204, b"")
    assert events_of(message) == before + 1
    page = site.browser(Role.SYSTEM_ADMINISTRATOR).get(f"/console/messages/{message.id}").text
    assert "网关回执：没有送到手机（代码MK:0001）" in page and "待重试" in page
    assert "MK:0001" in site.browser(Role.SYSTEM_ADMINISTRATOR).get("/console/messages?state=failed").text


def test_one_call_may_tell_of_many_messages_and_of_one_twice(site: Site) -> None:
    secret, messages = secret_of(site), [saved(sent()) for _ in range(2)]
    first, second = ({"request_id": one.id, "status": "failed", "reference": "r-1"} for one in messages)
    before = [events_of(one) for one in messages]

    assert tell(site, secret, first, second, first, first | {"status": "delivered"}).status == 204

    assert [events_of(one) for one in messages] == [before[0] + 2, before[1] + 1]
    with bootstrap.scope(TENANT_A):
        found = bootstrap.store().notification_messages.find_many(TENANT_A, [one.id for one in messages])
    assert [found[one.id].state for one in messages] == ["delivered", "failed"]


def test_a_message_that_is_not_there_is_answered_like_one_that_is(site: Site) -> None:
    secret, message = secret_of(site), saved(sent())
    known = tell(site, secret, {"request_id": message.id, "status": "delivered"})
    unknown = tell(site, secret, {"request_id": new_id(), "status": "delivered"})

    same = {"x-request-id", "ratelimit"}
    assert (known.status, known.body) == (unknown.status, unknown.body)
    assert {n: v for n, v in known.headers.items() if n not in same} == {
        n: v for n, v in unknown.headers.items() if n not in same
    }


def test_what_is_wrong_in_a_signed_body_is_said_and_a_large_one_refused_unread(site: Site) -> None:
    secret = secret_of(site)

    assert tell(site, secret, body=b"{").status == 400
    assert tell(site, secret, {"request_id": "x", "status": "lost"}).status == 422
    assert tell(site, secret, *[{"request_id": "x", "status": "failed"}] * 51).status == 422
    assert tell(site, "whsec_AAAA", body=b" " * 70_000).status == 413


def test_the_secret_before_holds_for_a_day(site: Site) -> None:
    old, new = secret_of(site), secret_of(site)
    entry = {"request_id": new_id(), "status": "delivered"}
    assert (tell(site, old, entry).status, tell(site, new, entry).status) == (204, 204)

    at(NOW + timedelta(hours=25))
    body = json.dumps({"receipts": [entry]}).encode()
    headers = {"content-type": "application/json"}
    late = [signed_headers([one], new_id(), NOW + timedelta(hours=25), body) for one in (old, new)]

    assert [site.browser().send("POST", PATH, headers | one, body).status for one in late] == [401, 204]


def test_the_api_tells_the_secret_once(site: Site) -> None:
    browser, path = site.browser(Role.SYSTEM_ADMINISTRATOR), "/api/v1/notification-setting/receipt-key"

    made = browser.call("POST", path)

    assert made.status == 201 and made.json["secret"].startswith(PREFIX)
    shown = browser.call("GET", path).json
    assert "secret" not in shown and shown["address"].endswith(PATH) and shown["made_at"]


def test_too_many_calls_are_refused_before_their_signature_is_looked_at(
    site: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    few = settings().limits.model_copy(update={"signed_per_minute": 2})
    monkeypatch.setattr(limits, "settings", lambda: settings().model_copy(update={"limits": few}))
    at(NOW + timedelta(minutes=5))

    replies = [site.browser().send("POST", PATH, {"content-type": "application/json"}, b"{}") for _ in range(3)]

    assert [one.status for one in replies] == [401, 401, 429]
    assert replies[-1].headers["retry-after"]
