"""Signing in: the way out, the way back, and everything that must not be believed on the way back."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import parse_qs, urlsplit

import pytest

from chalicelib import bootstrap
from chalicelib.domain.session import Membership
from chalicelib.domain.tenancy import Role
from chalicelib.settings import settings
from chalicelib.web import routing
from chalicelib.web.identity import oidc
from tests.web.site import HOST, ISSUER, NOW, TENANT_A, TENANT_B, WEB_CLIENT, Browser, Reply, Site, later, signed


@pytest.fixture
def provider(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """Answers at the token endpoint: claims to lay over a sound ID token; `code` and `verifier` as they arrived."""
    seen: dict[str, Any] = {"subject": "s", "claims": {}}

    def exchange(settings: object, attempt: oidc.LoginAttempt, code: str) -> dict[str, Any]:
        seen.update(code=code, verifier=attempt.verifier)
        issued = int(NOW.timestamp())
        claims = {
            "sub": seen["subject"], "iss": ISSUER, "aud": WEB_CLIENT, "nonce": attempt.nonce, "iat": issued,
            "exp": issued + 600,
        }  # fmt: skip
        return {"id_token": signed(claims | seen["claims"])}

    monkeypatch.setattr(oidc, "_exchange", exchange)
    return seen


def _go(browser: Browser, path: str = "/login") -> dict[str, str]:
    """The query that the provider gets."""
    reply = browser.get(path)
    assert reply.status == 303
    return {name: values[0] for name, values in parse_qs(urlsplit(reply.location).query).items()}


def _back(browser: Browser, state: str, **query: str) -> Reply:
    extra = "".join(f"&{name}={value}" for name, value in query.items())
    return browser.get(f"/login/callback?code=c&state={state}{extra}")


def _membership(site: Site, tenant: str, role: Role = Role.COORDINATOR) -> Membership:
    return Membership(tenant=tenant, person_id=site.people[tenant, role].id, label=tenant)


def test_the_way_out_names_everything_that_the_way_back_is_held_to(site: Site) -> None:
    browser = site.browser()

    sent = _go(browser)

    assert sent["response_type"] == "code"
    assert sent["client_id"] == WEB_CLIENT
    assert sent["redirect_uri"] == f"https://{HOST}/login/callback"
    assert sent["code_challenge_method"] == "S256"
    assert len(sent["state"]) >= 32
    assert len(sent["nonce"]) >= 32
    assert sent["state"] not in browser.cookies["__Host-login"]


def test_two_attempts_share_nothing(site: Site) -> None:
    one, two = _go(site.browser()), _go(site.browser())

    assert all(one[name] != two[name] for name in ("state", "nonce", "code_challenge"))


def test_pkce_is_the_one_of_rfc_7636() -> None:
    assert (
        oidc.challenge("dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk") == "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"
    )


def test_signing_in_leads_home_with_a_fresh_session(site: Site, provider: dict[str, Any]) -> None:
    provider["subject"] = "home"
    site.bind("home", _membership(site, TENANT_A))
    browser = site.browser()
    before = site.sign_in(browser, _membership(site, TENANT_B)).id
    old = browser.cookies["__Host-session"]
    sent = _go(browser)

    reply = _back(browser, sent["state"])

    assert (reply.status, reply.location) == (303, "/console")
    assert provider["code"] == "c"
    assert oidc.challenge(provider["verifier"]) == sent["code_challenge"]
    assert browser.cookies["__Host-session"] != old
    assert "__Host-login" not in browser.cookies
    assert browser.get("/api/v1/me").json["tenant"] == TENANT_A
    thief = site.browser()
    thief.cookies["__Host-session"] = old
    assert before
    assert thief.get("/api/v1/me").status == 401


@pytest.mark.parametrize(
    ("role", "home"), [(Role.INSPECTOR, "/field"), (Role.SUBJECT_USER, "/subject"), (Role.EVALUATOR, "/console")]
)
def test_everybody_begins_on_their_own_face(site: Site, provider: dict[str, Any], role: Role, home: str) -> None:
    provider["subject"] = role.value
    site.bind(role.value, _membership(site, TENANT_A, role))
    browser = site.browser()

    assert _back(browser, _go(browser)["state"]).location == home


@pytest.mark.parametrize(
    ("wanted", "reached"),
    [
        ("/console/plans?year=2026", "/console/plans?year=2026"),
        ("https://evil.test/", "/console"),
        ("//evil.test/", "/console"),
        ("/\\evil.test/", "/console"),
        ("javascript:alert(1)", "/console"),
        ("/a\r\nSet-Cookie: x=y", "/console"),
    ],
)
def test_the_sign_in_comes_back_to_our_own_pages_only(
    site: Site, provider: dict[str, Any], wanted: str, reached: str
) -> None:
    from urllib.parse import quote

    provider["subject"] = "next"
    site.bind("next", _membership(site, TENANT_A))
    browser = site.browser()

    assert _back(browser, _go(browser, f"/login?next={quote(wanted)}")["state"]).location == reached


def test_a_state_of_another_browser_is_refused(site: Site, provider: dict[str, Any]) -> None:
    site.bind("s", _membership(site, TENANT_A))
    victim, attacker = site.browser(), site.browser()
    _go(victim)

    reply = _back(victim, _go(attacker)["state"])

    assert reply.status == 400
    assert "__Host-session" not in victim.cookies


def test_an_answer_without_an_attempt_or_too_late_is_refused(site: Site, provider: dict[str, Any]) -> None:
    site.bind("s", _membership(site, TENANT_A))
    browser = site.browser()
    state = _go(browser)["state"]

    assert _back(site.browser(), state).status == 400
    later(minutes=11)
    assert _back(browser, state).status == 400


def test_an_answer_counts_once(site: Site, provider: dict[str, Any]) -> None:
    site.bind("s", _membership(site, TENANT_A))
    browser = site.browser()
    state = _go(browser)["state"]

    assert _back(browser, state).status == 303
    assert _back(browser, state).status == 400


@pytest.mark.parametrize("query", [{"error": "access_denied"}, {"iss": "https://mixed-up.test"}])
def test_a_refusal_or_another_issuer_is_no_sign_in(site: Site, provider: dict[str, Any], query: dict[str, str]) -> None:
    site.bind("s", _membership(site, TENANT_A))
    browser = site.browser()

    assert _back(browser, _go(browser)["state"], **query).status == 400


@pytest.mark.parametrize("claims", [{"nonce": "another"}, {"aud": "another"}, {"iss": "https://x"}], ids=str)
def test_an_id_token_that_does_not_fit_is_no_sign_in(
    site: Site, provider: dict[str, Any], claims: dict[str, Any]
) -> None:
    site.bind("s", _membership(site, TENANT_A))
    provider["claims"] = claims
    browser = site.browser()

    assert _back(browser, _go(browser)["state"]).status == 401
    assert "__Host-session" not in browser.cookies


def test_an_identity_without_a_person_gets_a_page_that_says_so(site: Site, provider: dict[str, Any]) -> None:
    provider["subject"] = "nobody"
    browser = site.browser()

    reply = _back(browser, _go(browser)["state"])

    assert reply.status == 403
    assert "这个账号还没有绑定到人" in reply.text
    assert "__Host-session" not in browser.cookies


def test_an_identity_with_two_places_chooses_first(site: Site, provider: dict[str, Any]) -> None:
    provider["subject"] = "both"
    site.bind("both", _membership(site, TENANT_A), _membership(site, TENANT_B))
    browser = site.browser()

    reply = _back(browser, _go(browser)["state"])

    assert reply.location == "/login/tenant"
    assert browser.get("/api/v1/me").status == 403
    page = browser.get("/login/tenant").text
    assert TENANT_A in page
    assert TENANT_B in page
    chosen = site.people[TENANT_B, Role.COORDINATOR].id
    assert browser.post("/login/tenant", {"membership": f"{TENANT_B}.{chosen}"}).location == "/console"
    assert browser.get("/api/v1/me").json["tenant"] == TENANT_B


@pytest.fixture
def few_sign_ins(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Two of one identity and five from one address within five minutes, counted from nothing."""
    later(hours=3)
    monkeypatch.setenv("YIJIANSHI_LIMITS_SIGN_IN_PERSON", "2")
    monkeypatch.setenv("YIJIANSHI_LIMITS_SIGN_IN_ADDRESS", "5")
    settings.cache_clear()
    yield
    monkeypatch.undo()
    settings.cache_clear()


def test_a_sign_in_counts_once_for_the_person_and_once_for_the_address(
    site: Site, few_sign_ins: None, provider: dict[str, Any]
) -> None:
    def sign_in(subject: str) -> Reply:
        issued = int(bootstrap.clock()().timestamp())
        provider.update(subject=subject, claims={"iat": issued, "exp": issued + 600})
        browser = site.browser()
        return _back(browser, _go(browser)["state"])

    site.bind("often", _membership(site, TENANT_A))
    site.bind("colleague", _membership(site, TENANT_A))
    replies = [sign_in("often") for _ in range(3)]
    assert [one.status for one in replies] == [303, 303, 429]
    assert 0 < int(replies[-1].headers["retry-after"]) <= 300
    assert "分钟后再试" in replies[-1].text
    assert [sign_in("colleague").status for _ in range(3)] == [303, 303, 429], "the address has had its five"
    later(hours=3, seconds=301)
    assert sign_in("often").status == 303


def test_the_page_after_signing_out_leads_on_to_the_provider(site: Site) -> None:
    assert 'href="https://identity.test/logout"' in site.browser().get("/logout/done").text


def test_no_route_of_the_sign_in_is_open_by_accident(site: Site) -> None:
    """Only these may be called by anybody; what they write is a session or a counter. Signing up writes a person, once
    the code of a served notice holds."""
    found = {(d.path, d.methods) for d in routing.declarations() if d.face is routing.Face.AUTH}

    assert found == {
        ("/login", ("GET",)),
        ("/login/callback", ("GET",)),
        ("/login/tenant", ("GET",)),
        ("/login/join", ("GET",)),
        ("/login/join", ("POST",)),
        ("/login/tenant", ("POST",)),
        ("/logout", ("POST",)),
        ("/logout/done", ("GET",)),
    }
