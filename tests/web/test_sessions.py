"""Sessions: cookies, rotation, limits, revocation; what a withdrawn person can still do (nothing)."""

from http.cookies import CookieError

import pytest

from chalicelib import bootstrap
from chalicelib.domain.act import Act
from chalicelib.domain.event import EventType
from chalicelib.domain.session import Membership
from chalicelib.domain.tenancy import Actor, Role
from chalicelib.web import cookies
from chalicelib.web.sessions import session_id
from tests.web.site import NOW, TENANT_A, TENANT_B, Site, later

ME = "/api/v1/me"


def _membership(site: Site, tenant: str, role: Role = Role.COORDINATOR) -> Membership:
    return Membership(tenant=tenant, person_id=site.people[tenant, role].id, label=tenant)


def test_a_session_leads_to_its_person(site: Site) -> None:
    reply = site.browser(Role.INSPECTOR).get(ME)

    assert reply.status == 200
    assert reply.json["tenant"] == TENANT_A
    assert reply.json["person_id"] == site.people[TENANT_A, Role.INSPECTOR].id


def test_only_the_hash_of_the_cookie_is_stored(site: Site) -> None:
    browser = site.browser(Role.COORDINATOR)
    cookie = browser.cookies["__Host-session"]

    assert bootstrap.store().sessions.open(session_id(cookie)) is not None
    assert bootstrap.store().sessions.open(cookie) is None


@pytest.mark.parametrize("cookie", ["", "unknown", "0" * 43])
def test_an_unknown_cookie_is_nobody_and_is_cleared(site: Site, cookie: str) -> None:
    browser = site.browser()
    browser.cookies["__Host-session"] = cookie

    reply = browser.get(ME)

    assert reply.status == 401
    assert ("__Host-session" in reply.set_cookies) == bool(cookie)


def test_an_idle_session_ends_and_a_used_one_goes_on(site: Site) -> None:
    used, idle = site.browser(Role.COORDINATOR), site.browser(Role.INSPECTOR)

    for minutes in (20, 40, 60):
        later(minutes=minutes)
        assert used.get(ME).status == 200

    assert idle.get(ME).status == 401


def test_a_session_ends_absolutely_however_much_it_is_used(site: Site) -> None:
    browser = site.browser(Role.COORDINATOR)

    for minutes in range(20, 600, 20):
        later(minutes=minutes)
        assert browser.get(ME).status == 200
    later(minutes=601)

    assert browser.get(ME).status == 401


def test_a_revoked_session_ends_at_the_next_request(site: Site) -> None:
    browser = site.browser(Role.COORDINATOR)
    bootstrap.store().sessions.revoke(session_id(browser.cookies["__Host-session"]))

    assert browser.get(ME).status == 401


def test_signing_out_ends_the_session_on_both_sides(site: Site) -> None:
    browser = site.browser(Role.COORDINATOR)
    stolen = dict(browser.cookies)

    reply = browser.post("/logout")

    assert (reply.status, reply.location) == (303, "/logout/done")
    assert "__Host-session" not in browser.cookies
    thief = site.browser()
    thief.cookies = stolen
    assert thief.get(ME).status == 401


def test_a_person_taken_out_loses_a_running_session(site: Site) -> None:
    browser = site.browser(Role.EVALUATOR)
    with bootstrap.scope(TENANT_A):
        person = bootstrap.store().people.get(TENANT_A, site.people[TENANT_A, Role.EVALUATOR].id)
        act = Act(actor=Actor.system(TENANT_A, "test"), at=NOW)
        with bootstrap.store().change(TENANT_A, act) as change:
            gone = person.with_changes(is_active=False)
            change.save(gone)
            change.event(EventType.PERSON_CHANGED, gone)

    assert browser.get(ME).status == 401


def test_choosing_another_tenant_rotates_the_session_but_not_its_age(site: Site) -> None:
    browser = site.browser()
    here, there = _membership(site, TENANT_A), _membership(site, TENANT_B)
    site.sign_in(browser, here, [there])
    first = browser.cookies["__Host-session"]
    later(minutes=10)
    assert "南宁市" not in browser.get("/login/tenant").text

    reply = browser.post("/login/tenant", {"membership": f"{there.tenant}.{there.person_id}"})

    assert (reply.status, reply.location) == (303, "/console")
    assert browser.cookies["__Host-session"] != first
    assert bootstrap.store().sessions.open(session_id(first)) is None
    session = bootstrap.store().sessions.open(session_id(browser.cookies["__Host-session"]))
    assert session is not None
    assert session.created_at == NOW
    assert browser.get(ME).json["tenant"] == TENANT_B


def test_a_membership_that_is_not_ones_own_cannot_be_chosen(site: Site) -> None:
    browser = site.browser()
    site.sign_in(browser, _membership(site, TENANT_A))
    browser.get("/login/tenant")
    foreign = _membership(site, TENANT_B)

    reply = browser.post("/login/tenant", {"membership": f"{foreign.tenant}.{foreign.person_id}"})

    assert reply.status == 422
    assert browser.get(ME).json["tenant"] == TENANT_A


def test_a_session_without_a_choice_leads_to_the_choice(site: Site) -> None:
    browser = site.browser()
    site.sign_in(browser, None, [_membership(site, TENANT_A), _membership(site, TENANT_B)])

    assert browser.get(ME).status == 403


def test_every_cookie_is_bound_to_this_host_and_closed_to_scripts() -> None:
    for name in (cookies.SESSION, cookies.LOGIN, cookies.FLASH, cookies.VISITOR, cookies.LOCALE):
        parts = cookies.set_cookie(name, "value", max_age=60).split("; ")

        assert name.startswith("__Host-")
        assert {"Path=/", "Secure", "HttpOnly", "SameSite=Lax", "Max-Age=60"} == set(parts[1:])


@pytest.mark.parametrize("value", ["a;b", "a\r\nSet-Cookie: x=y", "a b", "中"])
def test_a_value_that_would_break_out_of_the_header_is_refused(value: str) -> None:
    with pytest.raises(CookieError):
        cookies.set_cookie(cookies.SESSION, value)
