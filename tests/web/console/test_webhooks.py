"""Endpoints in the console and over the API: secrets once, refusals by field, the log, switching."""

import re

from chalicelib import bootstrap
from chalicelib.domain.record import new_id
from chalicelib.domain.tenancy import Role
from chalicelib.domain.webhook_signing import PREFIX
from tests.web.site import TENANT_A, TENANT_B, Browser, Site

BASE, API = "/console/webhooks", "/api/v1/webhooks"
FORM = {"label": "城市大脑", "url": "https://hooks.example.com/in", "event_types": ["plan_approved", "finding_made"]}


def registered(browser: Browser) -> tuple[str, str]:
    """Its id and secret."""
    page = browser.post(BASE, FORM | {"key": new_id()})
    assert page.status == 201, page.text
    assert page.headers["cache-control"] == "no-store"
    secret = re.search(rf'value="({PREFIX}[^"]+)"', page.text)
    found = re.search(rf"{BASE}/([0-9A-Z]{{26}})", page.text)
    assert secret and found
    return found[1], secret[1]


def test_registering_shows_the_secret_once(site: Site) -> None:
    browser = site.browser(Role.SYSTEM_ADMINISTRATOR)
    assert "还没有接收地址" in browser.get(BASE).text

    id, secret = registered(browser)

    assert secret not in browser.get(f"{BASE}/{id}").text
    assert "城市大脑" in browser.get(BASE).text
    assert "webhook-signature" in browser.get(f"{BASE}/receiving").text


def test_what_is_refused_says_which_field_and_loses_nothing(site: Site) -> None:
    browser = site.browser(Role.SYSTEM_ADMINISTRATOR)

    wrong = browser.post(BASE, {"label": "大脑", "url": "http://10.0.0.1/in", "key": new_id()})

    assert wrong.status == 422
    assert 'value="http://10.0.0.1/in"' in wrong.text and "推送哪些事件" in wrong.text
    private = browser.post(BASE, FORM | {"url": "https://10.0.0.1/in", "key": new_id()})
    assert "不在公网上" in private.text
    blank = browser.call("POST", API, FORM | {"label": "  "})
    assert [(one["field"], one["code"]) for one in blank.json["problems"]] == [("label", "required")]
    both = browser.post(BASE, {"label": "大脑", "url": "https://10.0.0.1/in", "key": new_id()})
    assert "请选择“推送哪些事件”" in both.text and "不在公网上" in both.text


def test_a_test_event_the_log_switching_and_rotation(site: Site) -> None:
    browser = site.browser(Role.SYSTEM_ADMINISTRATOR)
    id, first = registered(browser)
    url = f"{BASE}/{id}"

    assert browser.post(f"{url}/test", {"key": new_id()}).status == 303
    assert "测试推送" in browser.get(f"{url}?state=queued").text
    rotated = browser.post(f"{url}/secret", {"key": new_id()})
    assert rotated.status == 201 and first not in rotated.text
    assert "旧密钥" in browser.get(url).text
    assert browser.post(f"{url}/switch", {"key": new_id(), "is_active": "no"}).status == 303
    assert "重新启用" in browser.get(url).text
    changed = browser.post(f"{url}/edit", FORM | {"key": new_id(), "label": "新名", "version": "1"})
    assert changed.status == 409 and "别人改过" in changed.text


def test_only_the_system_administrator_and_only_of_the_own_tenant(site: Site) -> None:
    id, _ = registered(site.browser(Role.SYSTEM_ADMINISTRATOR))

    assert site.browser(Role.COORDINATOR).get(f"{BASE}/{id}").status == 403
    assert site.browser(Role.SYSTEM_ADMINISTRATOR, TENANT_B).get(f"{BASE}/{id}").status == 404


def test_over_the_api(site: Site) -> None:
    browser = site.browser(Role.SYSTEM_ADMINISTRATOR)
    key = {"idempotency-key": new_id()}

    made = browser.call("POST", API, FORM, key)
    again = browser.call("POST", API, FORM, key)

    assert (made.status, again.status) == (201, 201)
    assert made.json["secret"].startswith(PREFIX) and again.json["secret"] == ""
    assert again.json["id"] == made.json["id"]
    one = f"{API}/{made.json['id']}"
    assert "secret" not in browser.call("GET", one).json
    assert browser.call("PUT", one, FORM | {"label": "乙"}).status == 428
    assert browser.call("PUT", one, FORM | {"label": "乙"}, {"if-match": '"1"'}).json["label"] == "乙"
    tried = browser.call("POST", f"{one}/test")
    assert tried.status == 202
    assert [d["id"] for d in browser.call("GET", f"{one}/deliveries").json["items"]] == [tried.json["id"]]
    refused = browser.call("POST", API, FORM | {"event_types": ["person_added"]})
    assert refused.status == 422
    with bootstrap.scope(TENANT_A):
        assert bootstrap.store().webhook_endpoints.get(TENANT_A, made.json["id"]).version >= 1
