"""Headers of every answer, whatever kind it is."""

import pytest

from chalicelib.domain.tenancy import Role
from chalicelib.web.headers import content_security_policy
from tests.web.site import Site

POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; style-src-attr 'unsafe-inline'; font-src 'self'; "
    "manifest-src 'self'; worker-src 'self'; img-src 'self' data: blob: https://files.test; "
    "connect-src 'self' https://files.test; form-action 'self'; base-uri 'none'; object-src 'none'; "
    "frame-ancestors 'none'"
)
REQUESTS = [
    ("GET", "/logout/done", 200),
    ("GET", "/login", 303),
    ("GET", "/login/tenant", 303),
    ("GET", "/login/callback", 400),
    ("POST", "/logout", 403),
    ("DELETE", "/logout", 405),
    ("GET", "/nothing/here/at/all", 404),
    ("GET", "/api/v1/nothing", 404),
    ("GET", "/api/v1/me", 401),
    ("PUT", "/api/v1/me", 405),
]


@pytest.mark.parametrize(("method", "path", "status"), REQUESTS)
def test_every_answer_carries_the_policy(site: Site, method: str, path: str, status: int) -> None:
    reply = site.browser().send(method, path, {})

    assert reply.status == status
    assert reply.headers["content-security-policy"] == POLICY
    assert reply.headers["x-content-type-options"] == "nosniff"
    assert reply.headers["referrer-policy"] == "same-origin"
    assert reply.headers["cross-origin-opener-policy"] == "same-origin"
    assert reply.headers["x-request-id"]
    assert "strict-transport-security" not in reply.headers
    assert reply.headers["cache-control"] in ("no-store", "private, no-cache")


def test_without_a_bucket_the_policy_names_nobody_else() -> None:
    assert "img-src 'self' data: blob:;" in content_security_policy("")
    assert "connect-src 'self';" in content_security_policy("")


def test_https_is_remembered_when_it_was_https(site: Site) -> None:
    reply = site.browser().get("/logout/done", {"x-forwarded-proto": "https"})

    assert reply.headers["strict-transport-security"].startswith("max-age=31536000")


def test_what_a_person_sees_is_not_kept_by_caches(site: Site) -> None:
    assert site.browser(Role.COORDINATOR).get("/api/v1/me").headers["cache-control"] == "no-store"


def test_head_answers_like_get_without_a_body(site: Site) -> None:
    browser = site.browser(Role.COORDINATOR)

    reply = browser.send("HEAD", "/api/v1/me", {})

    assert (reply.status, reply.body) == (200, b"")


def test_a_request_without_accept_is_answered(site: Site) -> None:
    assert site.browser().send("GET", "/logout/done", {"accept": ""}).status == 200


def test_the_allowed_methods_are_named(site: Site) -> None:
    assert "POST" in site.browser().send("DELETE", "/logout", {}).headers["allow"]
