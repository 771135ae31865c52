"""Every route, from its declaration: who is refused, with what status, without a write, with one line in the log."""

import ast
import json
import sys
from collections.abc import Callable, Iterator
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from chalice import Blueprint

from app import app
from chalicelib import bootstrap
from chalicelib.domain.access import PERMISSIONS, Permission
from chalicelib.domain.act import Act
from chalicelib.domain.tenancy import Actor, Role
from chalicelib.domain.webhook_signing import signed_headers
from chalicelib.services.notification.receipt_key import renew_receipt_key
from chalicelib.web import routing
from chalicelib.web.routing import OPEN, SIGNED, Face, RouteDeclaration, route
from tests.architecture.route_calls import (
    BY_ROLE,
    BY_SIGNATURE,
    GUARDED,
    ROUTES,
    Watch,
    call,
    each_of,
    holders,
    is_sent_to_sign_in,
    remembering,
    watching,
)
from tests.web.site import HOST, NOW, TENANT_A, TENANT_B, Browser, Site, at, open_site

UNSAFE = [d for d in ROUTES if not d.is_safe and not d.is_signed]
OPEN_FACES = (Face.PUBLIC, Face.AUTH, Face.STATIC, Face.API)
WEB = Path(__file__).parents[2] / "chalicelib" / "web"


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site() as opened, remembering("person", "department"):
        yield opened


@pytest.fixture(scope="module")
def people(site: Site) -> Callable[[Role], Browser]:
    """A browser per role, signed in once."""
    return cache(site.browser)


@pytest.fixture(scope="module")
def watch(people: Callable[[Role], Browser]) -> Iterator[Watch]:
    for role in Role:
        people(role)
    with watching() as found:
        yield found


def _lacking(permission: str) -> list[Role]:
    return [role for role in Role if Permission(permission) not in PERMISSIONS[role]]


def test_the_table_of_chalice_is_the_table_of_declarations() -> None:
    declared = {(d.path, m) for d in ROUTES for m in d.methods}
    heads = {(path, "HEAD") for path, method in declared if method == "GET"}
    registered = {(path, method) for path, methods in app.routes.items() for method in methods}

    assert registered == declared | heads


def test_nothing_but_the_routing_module_gives_chalice_a_route() -> None:
    """A route registered behind the back of the declarations would be in no matrix."""
    found = []
    for file in sorted(WEB.rglob("*.py")):
        for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
            is_route = isinstance(node, ast.Attribute) and node.attr == "route" and isinstance(node.ctx, ast.Load)
            if is_route and file.name != "routing.py":
                found.append(file.name)

    assert found == []


def test_every_module_that_declares_routes_is_registered() -> None:
    for file in sorted(WEB.rglob("*.py")):
        if "Blueprint(__name__)" in file.read_text(encoding="utf-8"):
            module = ".".join(file.relative_to(WEB.parents[1]).with_suffix("").parts)
            assert module in sys.modules, f"{module} is not in blueprints.py"


def test_every_permission_is_one_that_somebody_can_have() -> None:
    for declaration in BY_ROLE:
        assert any(Permission(declaration.permission) in held for held in PERMISSIONS.values()), declaration.path


def test_open_routes_are_on_open_faces_only() -> None:
    assert all(d.face in OPEN_FACES for d in ROUTES if d.is_open)


def test_a_public_route_with_a_tenant_reads_only() -> None:
    """The public role can read the published projection and nothing else, so such a route has no other method."""
    assert [d.path for d in ROUTES if d.is_open and "tenant" in d.parameters and not d.is_safe] == []


@each_of(GUARDED)
def test_nobody_gets_in_without_signing_in(site: Site, watch: Watch, declaration: RouteDeclaration) -> None:
    for method in declaration.methods:
        watch.clear()

        reply = call(site.browser(), declaration, method)

        assert is_sent_to_sign_in(reply), reply.status
        assert watch.writes == []
        assert [line["status"] for line in watch.lines] == [401]


@each_of(BY_ROLE)
def test_a_role_without_the_permission_is_refused(
    people: Callable[[Role], Browser], watch: Watch, declaration: RouteDeclaration
) -> None:
    for role in _lacking(declaration.permission):
        browser = people(role)
        for method in declaration.methods:
            watch.clear()

            reply = call(browser, declaration, method)

            assert reply.status in (403, 404), (role, reply.status)
            assert watch.writes == []
            assert [line["status"] for line in watch.lines] == [reply.status]


@each_of(GUARDED)
def test_a_session_that_ended_counts_for_nothing(
    people: Callable[[Role], Browser], watch: Watch, declaration: RouteDeclaration
) -> None:
    signed_in = people(holders(declaration)[0])
    browser = Browser(signed_in.site, dict(signed_in.cookies), signed_in.csrf_token)
    at(NOW + timedelta(hours=11))
    watch.clear()
    try:
        reply = call(browser, declaration, declaration.methods[0])
    finally:
        at(NOW)

    assert is_sent_to_sign_in(reply)
    assert watch.writes == []


@each_of(UNSAFE)
def test_an_unsafe_route_refuses_a_page_of_somebody_else(
    people: Callable[[Role], Browser], watch: Watch, declaration: RouteDeclaration
) -> None:
    """With the session and even its token, but from another origin; and from our origin without the token."""
    role = Role.COORDINATOR if declaration.is_open else holders(declaration)[0]
    browser = people(role)
    kind = "application/json" if declaration.face is Face.API else "application/x-www-form-urlencoded"
    foreign = {"origin": "https://evil.test", "sec-fetch-site": "cross-site", "x-csrf-token": browser.csrf_token}
    tokenless = {"origin": f"https://{HOST}", "sec-fetch-site": "same-origin"}
    for method in declaration.methods:
        for headers in (foreign, tokenless):
            watch.clear()

            reply = browser.send(method, declaration.concrete_path(), {"content-type": kind, **headers})

            assert reply.status == 403
            assert watch.writes == []
            assert [line["code"] for line in watch.lines] == ["csrf_failed"]


@each_of(BY_SIGNATURE)
def test_a_signed_route_opens_to_a_signature_of_its_tenant_alone(
    people: Callable[[Role], Browser], watch: Watch, declaration: RouteDeclaration
) -> None:
    """No session, no token of ours, no other tenant's secret, no old or changed message: refused alike, unwritten."""
    own, foreign = (receipt_secret(tenant) for tenant in (TENANT_A, TENANT_B))
    path, body = declaration.concrete_path(tenant=TENANT_A), json.dumps(declaration.sample_body).encode()
    browser = people(Role.SYSTEM_ADMINISTRATOR)
    sent = {"content-type": "application/json", "x-csrf-token": browser.csrf_token, "origin": f"https://{HOST}"}
    right = signed_headers([own], "r1", NOW, body)
    wrong = [
        (path, {}),
        (path, signed_headers([foreign], "r1", NOW, body)),
        (path, signed_headers([own], "r1", NOW - timedelta(seconds=301), body)),
        (path, signed_headers([own], "r1", NOW + timedelta(seconds=301), body)),
        (path, signed_headers([own], "r1", NOW, body + b" ")),
        (path, right | {"webhook-id": "r2"}),
        (declaration.concrete_path(tenant="platform"), right),
        (declaration.concrete_path(tenant="nobodys0"), right),
    ]
    for to, signed in wrong:
        watch.clear()

        reply = browser.send("POST", to, sent | signed, body)

        assert (reply.status, reply.json["code"]) == (401, "invalid_signature")
        assert (watch.writes, watch.refusals) == ([], [401])

    assert browser.send("POST", path, sent | right, body).status == 204


def receipt_secret(tenant: str) -> str:
    """A secret of this tenant's own."""
    administrator = Actor.system(tenant, "seed").model_copy(update={"roles": frozenset({Role.SYSTEM_ADMINISTRATOR})})
    with bootstrap.scope(tenant):
        act = Act(actor=administrator, at=NOW)
        return renew_receipt_key(bootstrap.store(), tenant, act, vault=bootstrap.vault())[1]


@each_of([d for d in ROUTES if d.is_safe and d.face is not Face.AUTH])
def test_no_get_tries_to_change_anything(
    site: Site, people: Callable[[Role], Browser], watch: Watch, declaration: RouteDeclaration
) -> None:
    """Called by somebody who may. The sign-in is apart: its GET makes a session, asked for by a sealed cookie."""
    browser = site.browser() if declaration.is_open else people(holders(declaration)[0])
    watch.clear()

    reply = call(browser, declaration, "GET")

    assert reply.status < 500
    assert watch.writes == []


@each_of(ROUTES)
def test_every_answer_carries_the_policy(site: Site, declaration: RouteDeclaration) -> None:
    for method in (*declaration.methods, *(["HEAD"] if declaration.is_safe else [])):
        reply = call(site.browser(), declaration, method)

        assert "default-src 'none'" in reply.headers["content-security-policy"]
        assert reply.headers["x-content-type-options"] == "nosniff"
        assert reply.status < 500


@pytest.mark.parametrize(
    ("path", "keywords"),
    [
        ("/console/x", {"permission": OPEN}),
        ("/console/{tenant}/x", {"permission": "plan.read"}),
        ("/console/x", {"permission": ""}),
        ("/console/{name}", {"permission": "plan.read"}),
        ("/console/{plan_id}", {"permission": "plan.read", "resource": ("plan", "other")}),
        ("/console/x", {"permission": "plan.read", "methods": ["GET", "POST"]}),
        ("/console/{tenant}", {"permission": SIGNED, "methods": ["POST"]}),
    ],
)
def test_a_declaration_that_cannot_hold_is_refused(path: str, keywords: dict[str, Any]) -> None:
    before = routing.declarations()

    with pytest.raises(ValueError, match="/console"):
        route(Blueprint(__name__), path, **keywords)(lambda request: None)

    assert routing.declarations() == before
