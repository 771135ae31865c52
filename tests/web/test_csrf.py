"""Unsafe requests: refused without our origin, refused without the token of this very session."""

import pytest

from chalicelib.domain.tenancy import Role
from chalicelib.web import security_log
from tests.web.site import HOST, Browser, Site

FORM = {"content-type": "application/x-www-form-urlencoded"}
OWN = {"origin": f"https://{HOST}", "sec-fetch-site": "same-origin"}


def _body(browser: Browser) -> bytes:
    return f"csrf_token={browser.csrf_token}".encode()


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "https://evil.test"},
        {"origin": "null"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
        {"sec-fetch-site": "none"},
        {"origin": f"https://{HOST}", "sec-fetch-site": "cross-site"},
        {"origin": "https://evil.test", "sec-fetch-site": "same-origin"},
        {"origin": f"https://{HOST}.evil.test"},
    ],
)
def test_a_request_from_elsewhere_is_refused_even_with_the_token(site: Site, headers: dict[str, str]) -> None:
    browser = site.browser(Role.COORDINATOR)

    reply = browser.send("POST", "/logout", FORM | headers, _body(browser))

    assert reply.status == 403
    assert browser.get("/api/v1/me").status == 200


@pytest.mark.parametrize("headers", [OWN, {"origin": f"https://{HOST}"}, {"sec-fetch-site": "same-origin"}])
def test_our_own_form_passes(site: Site, headers: dict[str, str]) -> None:
    browser = site.browser(Role.COORDINATOR)

    assert browser.send("POST", "/logout", FORM | headers, _body(browser)).status == 303


def test_the_public_address_counts_where_a_front_door_changes_the_host(site: Site) -> None:
    browser = site.browser(Role.COORDINATOR)
    behind = {"host": "abc.execute-api.test", "origin": f"https://{HOST}"}

    assert browser.send("POST", "/logout", FORM | behind, _body(browser)).status == 303


@pytest.mark.parametrize("token", ["", "wrong", "中"])
def test_a_missing_or_wrong_token_is_refused(site: Site, token: str) -> None:
    browser = site.browser(Role.COORDINATOR)
    browser.csrf_token = token

    assert browser.post("/logout").status == 403


def test_the_token_of_another_session_is_refused(site: Site) -> None:
    browser, other = site.browser(Role.COORDINATOR), site.browser(Role.INSPECTOR)
    browser.csrf_token = other.csrf_token

    assert browser.post("/logout").status == 403


def test_the_token_may_come_in_a_header(site: Site) -> None:
    browser = site.browser(Role.COORDINATOR)

    reply = browser.send("POST", "/logout", FORM | OWN | {"x-csrf-token": browser.csrf_token})

    assert reply.status == 303


def test_a_visitor_without_a_session_needs_a_token_too(site: Site) -> None:
    visitor = site.browser()
    assert visitor.post("/login/tenant").status == 403

    visitor.get("/logout/done")

    assert visitor.post("/login/tenant").status == 401
    other = site.browser()
    other.get("/logout/done")
    other.csrf_token = visitor.csrf_token
    assert other.post("/login/tenant").status == 403


def test_a_refusal_leaves_one_line_in_the_security_log(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    lines: list[dict[str, object]] = []
    monkeypatch.setattr(security_log.security_log, "warning", lambda message, **values: lines.append(values))
    browser = site.browser(Role.COORDINATOR)
    browser.csrf_token = "wrong"

    browser.post("/logout")

    assert [(line["status"], line["code"], line["reason"]) for line in lines] == [(403, "csrf_failed", "token")]
    assert browser.cookies["__Host-session"] not in str(lines)
