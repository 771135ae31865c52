"""The sign-in against a real provider, the emulated Cognito of the shipped template: code, PKCE, tokens and keys."""

import re
from collections.abc import Iterator
from html import unescape
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from chalicelib import bootstrap
from chalicelib.domain.record import utc_now
from chalicelib.domain.session import Identity, Membership
from chalicelib.domain.tenancy import Role
from chalicelib.services.tenancy.bind_identity import identity_id
from chalicelib.settings import IdentitySettings, settings
from chalicelib.web.errors import InvalidTokenError, SignInFailedError
from chalicelib.web.identity import keys, oidc
from chalicelib.web.identity.keys import KeyCache
from chalicelib.web.identity.tokens import verify_access_token
from infra.local.cloud import running_cloud
from infra.local.identity import Directory, identity_environment
from infra.local.resources import Resources, deploy
from tests.web.site import HOST, TENANT_A, Site, open_site

BASE = f"http://{HOST}"
PASSWORD = "Correct-horse-9"


@pytest.fixture(scope="module")
def resources(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Resources]:
    folder: Path = tmp_path_factory.mktemp("cloud")
    with running_cloud(folder, is_kept=False) as endpoint:
        yield deploy(endpoint, BASE)


@pytest.fixture(scope="module")
def directory(resources: Resources) -> Directory:
    return Directory(resources)


@pytest.fixture(scope="module")
def site(resources: Resources, directory: Directory) -> Iterator[Site]:
    """The site on moto, its identity provider the real one."""
    subject = directory.ensure("coordinator", PASSWORD)
    with open_site(identity_environment(resources, BASE)) as opened:
        bootstrap.set_clock(utc_now)
        keys.key_cache = KeyCache()
        person = opened.people[TENANT_A, Role.COORDINATOR]
        id = identity_id(settings().identity.issuer, subject)
        memberships = [Membership(tenant=TENANT_A, person_id=person.id, label="南宁市")]
        bootstrap.store().identities.bind(Identity(id=id, memberships=memberships))
        yield opened


def _sign_in_at_provider(url: str, username: str = "coordinator", password: str = PASSWORD) -> httpx.Response:
    """Fill in the provider's own page."""
    page = httpx.get(url)
    fields = dict(re.findall(r'type="hidden" name="([^"]+)" value="([^"]*)"', page.text))
    form = {name: unescape(value) for name, value in fields.items()}
    return httpx.post(str(page.url.join("/login")), data=form | {"username": username, "password": password})


def _code(answer: httpx.Response) -> str:
    return parse_qs(urlsplit(answer.headers["location"]).query)["code"][0]


def test_a_person_signs_in_and_works(site: Site) -> None:
    browser = site.browser()

    out = browser.get("/login?next=/api/v1/me")
    answer = _sign_in_at_provider(out.location)
    back = answer.headers["location"]
    assert back.startswith(f"{BASE}/login/callback?")
    reply = browser.get(back.removeprefix(BASE))

    assert (reply.status, reply.location) == (303, "/api/v1/me")
    assert browser.get("/api/v1/me").json["tenant"] == TENANT_A


def test_a_wrong_password_gives_no_code(site: Site) -> None:
    answer = _sign_in_at_provider(site.browser().get("/login").location, password="wrong")

    assert answer.status_code == 200
    assert "location" not in answer.headers


def test_a_stolen_code_is_worth_nothing_without_the_verifier(site: Site) -> None:
    provider = settings().identity
    attempt = oidc.LoginAttempt.fresh("")
    thief = oidc.LoginAttempt(attempt.state, attempt.nonce, "x" * 64, "")
    code = _code(_sign_in_at_provider(oidc.authorization_url(provider, attempt)))

    with pytest.raises(SignInFailedError):
        oidc.redeem(provider, KeyCache(), thief, code, now=utc_now())


def test_a_code_counts_once(site: Site) -> None:
    provider = settings().identity
    attempt = oidc.LoginAttempt.fresh("")
    code = _code(_sign_in_at_provider(oidc.authorization_url(provider, attempt)))

    assert oidc.redeem(provider, KeyCache(), attempt, code, now=utc_now())["sub"]
    with pytest.raises(SignInFailedError):
        oidc.redeem(provider, KeyCache(), attempt, code, now=utc_now())


def test_another_nonce_is_refused(site: Site) -> None:
    provider = settings().identity
    attempt = oidc.LoginAttempt.fresh("")
    other = oidc.LoginAttempt(attempt.state, "another", attempt.verifier, "")
    code = _code(_sign_in_at_provider(oidc.authorization_url(provider, attempt)))

    with pytest.raises(InvalidTokenError):
        oidc.redeem(provider, KeyCache(), other, code, now=utc_now())


def test_an_unregistered_redirect_is_refused_by_the_provider(site: Site) -> None:
    provider = settings().identity.model_copy(update={"redirect_base": "https://evil.test"})

    answer = httpx.get(oidc.authorization_url(provider, oidc.LoginAttempt.fresh("")))

    assert answer.status_code == 400
    assert "redirect_uri" in answer.text


def _machine_token(directory: Directory) -> str:
    machine = directory.machine()
    answer = httpx.post(
        machine["token_url"],
        data={"grant_type": "client_credentials"},
        auth=(machine["client_id"], machine["client_secret"]),
    )
    return str(answer.json()["access_token"])


def test_a_machine_calls_the_api(site: Site, directory: Directory) -> None:
    """Cognito's access tokens carry `client_id` and no `aud`."""
    token = _machine_token(directory)
    claims = verify_access_token(token, settings().identity, KeyCache(), now=utc_now())
    person = site.people[TENANT_A, Role.EVALUATOR]
    id = identity_id(settings().identity.issuer, claims["sub"])
    member = Membership(tenant=TENANT_A, person_id=person.id)
    bootstrap.store().identities.bind(Identity(id=id, memberships=[member]))

    reply = site.browser().get("/api/v1/me", {"authorization": f"Bearer {token}"})

    assert "aud" not in claims
    assert (reply.status, reply.json["roles"]) == (200, ["evaluator"])


def test_a_token_of_a_client_that_is_not_ours_is_refused(site: Site, directory: Directory) -> None:
    provider: IdentitySettings = settings().identity.model_copy(update={"client_id": "x", "api_clients": ("y",)})

    with pytest.raises(InvalidTokenError):
        verify_access_token(_machine_token(directory), provider, KeyCache(), now=utc_now())


def test_an_id_token_does_not_open_the_api(site: Site) -> None:
    provider = settings().identity
    attempt = oidc.LoginAttempt.fresh("")
    code = _code(_sign_in_at_provider(oidc.authorization_url(provider, attempt)))
    tokens = oidc._exchange(provider, attempt, code)

    asked = site.browser()
    assert asked.get("/api/v1/me", {"authorization": f"Bearer {tokens['id_token']}"}).status == 401
    assert asked.get("/api/v1/me", {"authorization": f"Bearer {tokens['access_token']}"}).status == 200
