"""The API with a bearer token: verified by us, bound to a person, limited to that person's memberships."""

from typing import Any

import pytest
from joserfc.jwk import RSAKey

from chalicelib.domain.session import Membership
from chalicelib.domain.tenancy import Role
from tests.web.site import NOW, TENANT_A, TENANT_B, Reply, Site, access_claims, signed

ME = "/api/v1/me"


def _membership(site: Site, tenant: str, role: Role = Role.EVALUATOR) -> Membership:
    return Membership(tenant=tenant, person_id=site.people[tenant, role].id)


def _call(site: Site, token: str, **headers: str) -> Reply:
    return site.browser().get(ME, {"authorization": f"Bearer {token}", **headers})


def test_a_token_leads_to_its_person(site: Site) -> None:
    site.bind("one", _membership(site, TENANT_B))

    reply = _call(site, site.token("one"))

    assert (reply.status, reply.json["tenant"]) == (200, TENANT_B)


def test_a_token_with_several_memberships_has_to_choose_one_of_them(site: Site) -> None:
    site.bind("two", _membership(site, TENANT_A), _membership(site, TENANT_B))

    assert _call(site, site.token("two")).json["code"] == "tenant_not_chosen"
    assert _call(site, site.token("two"), **{"x-tenant": TENANT_B}).json["tenant"] == TENANT_B
    assert _call(site, site.token("two"), **{"x-tenant": "gxasean1"}).status == 403


def test_a_tenant_header_opens_nothing_foreign(site: Site) -> None:
    site.bind("three", _membership(site, TENANT_A))

    assert _call(site, site.token("three"), **{"x-tenant": TENANT_B}).status == 403


def test_a_token_of_nobody_is_refused(site: Site) -> None:
    assert _call(site, site.token("stranger")).status == 403


@pytest.mark.parametrize(
    "claims",
    [{"exp": int(NOW.timestamp()) - 60}, {"nbf": int(NOW.timestamp()) + 600}, {"iss": "https://x"}, {"client_id": "x"}],
    ids=str,
)
def test_a_token_that_does_not_hold_is_401_and_says_how_to_do_better(site: Site, claims: dict[str, Any]) -> None:
    site.bind("four", _membership(site, TENANT_A))

    reply = _call(site, site.token("four", **claims))

    assert reply.status == 401
    assert reply.headers["www-authenticate"] == 'Bearer realm="yijianshi", error="invalid_token"'
    assert reply.headers["content-type"] == "application/problem+json"


def test_a_foreign_signature_is_401(site: Site) -> None:
    site.bind("five", _membership(site, TENANT_A))
    foreign = RSAKey.generate_key(2048)

    assert _call(site, signed(access_claims("five"), foreign)).status == 401


@pytest.mark.parametrize("header", ["Basic dXNlcjpwYXNz", "Bearer", "Bearer ", "bearer x.y.z", "Token abc"])
def test_anything_else_in_the_header_is_401_even_beside_a_session(site: Site, header: str) -> None:
    assert site.browser(Role.COORDINATOR).get(ME, {"authorization": header}).status == 401


def test_without_a_token_the_scheme_is_named(site: Site) -> None:
    reply = site.browser().get(ME)

    assert (reply.status, reply.headers["www-authenticate"]) == (401, 'Bearer realm="yijianshi"')


def test_a_token_opens_no_page(site: Site) -> None:
    site.bind("six", _membership(site, TENANT_A))

    reply = site.browser().get("/login/tenant", {"authorization": f"Bearer {site.token('six')}"})

    assert reply.location.startswith("/login?")
