"""Every route, from its declaration: who is refused, with what status, without a write, with one line in the log."""

import ast
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import pytest
from chalice import Blueprint

from app import app
from chalicelib import bootstrap
from chalicelib.domain.access import PERMISSIONS, Permission
from chalicelib.domain.tenancy import Role
from chalicelib.web import routing, security_log
from chalicelib.web.routing import OPEN, SIGNED_IN, Face, RouteDeclaration, route
from tests.architecture.route_seeds import MAKERS
from tests.web.site import HOST, NOW, TENANT_A, TENANT_B, Browser, Reply, Site, at, open_site

ROUTES = [d for d in routing.declarations() if not d.name.startswith("tests.")]
GUARDED = [d for d in ROUTES if not d.is_open]
BY_ROLE = [d for d in GUARDED if d.permission != SIGNED_IN]
WITH_RECORD = [d for d in GUARDED if d.resource]
UNSAFE = [d for d in ROUTES if not d.is_safe]
OPEN_FACES = (Face.PUBLIC, Face.AUTH, Face.STATIC, Face.API)
WEB = Path(__file__).parents[2] / "chalicelib" / "web"
WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem")


def _name(declaration: RouteDeclaration) -> str:
    return f"{declaration.methods[0]} {declaration.path}"


@dataclass
class Watch:
    """Writes to the table and lines of the security log since it was cleared."""

    writes: list[str]
    lines: list[dict[str, Any]]

    def clear(self) -> None:
        self.writes.clear()
        self.lines.clear()


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site() as opened:
        yield opened


@pytest.fixture(scope="module")
def watch(site: Site) -> Iterator[Watch]:
    found = Watch([], [])

    def note(model: Any, **_: Any) -> None:
        if model.name in WRITES:
            found.writes.append(model.name)

    with pytest.MonkeyPatch.context() as patch:
        events = bootstrap.store()._connection.client.meta.events
        events.register_first("before-call.dynamodb", note)
        patch.setattr(security_log.security_log, "warning", lambda message, **values: found.lines.append(values))
        yield found
        events.unregister("before-call.dynamodb", note)


def _call(browser: Browser, declaration: RouteDeclaration, method: str, **values: str) -> Reply:
    """The route as our own pages call it: same origin, token, and a body that it takes."""
    path = declaration.concrete_path(**values)
    headers = {"origin": f"https://{HOST}", "sec-fetch-site": "same-origin", "x-csrf-token": browser.csrf_token}
    body = b""
    if method not in routing.SAFE_METHODS:
        values_sent = dict(declaration.sample_body or {})
        if declaration.face is Face.API:
            headers["content-type"], body = "application/json", json.dumps(values_sent).encode()
        else:
            headers["content-type"], body = "application/x-www-form-urlencoded", urlencode(values_sent, True).encode()
    return browser.send(method, path, headers, body)


def _is_sent_to_sign_in(reply: Reply) -> bool:
    return reply.status == 401 or (reply.status == 303 and reply.location.startswith("/login?next="))


def _lacking(permission: str) -> list[Role]:
    return [role for role in Role if Permission(permission) not in PERMISSIONS[role]]


def _holding(permission: str) -> Role:
    return next(role for role in Role if permission == SIGNED_IN or Permission(permission) in PERMISSIONS[role])


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


@pytest.mark.parametrize("declaration", GUARDED, ids=_name)
def test_nobody_gets_in_without_signing_in(site: Site, watch: Watch, declaration: RouteDeclaration) -> None:
    for method in declaration.methods:
        watch.clear()

        reply = _call(site.browser(), declaration, method)

        assert _is_sent_to_sign_in(reply), reply.status
        assert watch.writes == []
        assert [line["status"] for line in watch.lines] == [401]


@pytest.mark.parametrize("declaration", BY_ROLE, ids=_name)
def test_a_role_without_the_permission_is_refused(site: Site, watch: Watch, declaration: RouteDeclaration) -> None:
    for role in _lacking(declaration.permission):
        browser = site.browser(role)
        for method in declaration.methods:
            watch.clear()

            reply = _call(browser, declaration, method)

            assert reply.status in (403, 404), (role, reply.status)
            assert watch.writes == []
            assert [line["status"] for line in watch.lines] == [reply.status]


@pytest.mark.parametrize("declaration", GUARDED, ids=_name)
def test_a_session_that_ended_counts_for_nothing(site: Site, watch: Watch, declaration: RouteDeclaration) -> None:
    browser = site.browser(_holding(declaration.permission))
    at(NOW + timedelta(hours=11))
    watch.clear()
    try:
        reply = _call(browser, declaration, declaration.methods[0])
    finally:
        at(NOW)

    assert _is_sent_to_sign_in(reply)
    assert watch.writes == []


@pytest.mark.parametrize("declaration", UNSAFE, ids=_name)
def test_an_unsafe_route_refuses_a_page_of_somebody_else(
    site: Site, watch: Watch, declaration: RouteDeclaration
) -> None:
    """With the session and even its token, but from another origin; and from our origin without the token."""
    role = Role.COORDINATOR if declaration.is_open else _holding(declaration.permission)
    browser = site.browser(role)
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


@pytest.mark.parametrize("declaration", [d for d in ROUTES if d.is_safe and d.face is not Face.AUTH], ids=_name)
def test_no_get_tries_to_change_anything(site: Site, watch: Watch, declaration: RouteDeclaration) -> None:
    """Called by somebody who may. The sign-in is apart: its GET makes a session, asked for by a sealed cookie."""
    browser = site.browser(None if declaration.is_open else _holding(declaration.permission))
    watch.clear()

    reply = _call(browser, declaration, "GET")

    assert reply.status < 500
    assert watch.writes == []


@pytest.mark.parametrize("declaration", WITH_RECORD, ids=_name)
def test_a_record_of_another_tenant_is_a_record_that_is_not_there(
    site: Site, watch: Watch, declaration: RouteDeclaration
) -> None:
    assert declaration.resource is not None
    kind, parameter = declaration.resource
    assert kind in MAKERS, f"no maker for {kind}: add one to route_seeds.py"
    foreign = MAKERS[kind](site, TENANT_B)
    browser = site.browser(_holding(declaration.permission), TENANT_A)
    for method in declaration.methods:
        watch.clear()
        theirs = _call(browser, declaration, method, **{parameter: foreign})
        writes, lines = list(watch.writes), [line["status"] for line in watch.lines]
        nobodys = _call(browser, declaration, method, **{parameter: "01JD0000000000000000000000"})

        assert theirs.status == 404
        assert writes == []
        assert lines == [404]
        assert _without_echo(theirs, foreign) == _without_echo(nobodys, "01JD0000000000000000000000")


def _without_echo(reply: Reply, identifier: str) -> str:
    """The body without what it repeats of the request and without its own reference."""
    return reply.text.replace(identifier, "ID").replace(reply.headers["x-request-id"], "REFERENCE")


@pytest.mark.parametrize("declaration", ROUTES, ids=_name)
def test_every_answer_carries_the_policy(site: Site, declaration: RouteDeclaration) -> None:
    for method in (*declaration.methods, *(["HEAD"] if declaration.is_safe else [])):
        reply = _call(site.browser(), declaration, method)

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
    ],
)
def test_a_declaration_that_cannot_hold_is_refused(path: str, keywords: dict[str, Any]) -> None:
    before = routing.declarations()

    with pytest.raises(ValueError, match="/console"):
        route(Blueprint(__name__), path, **keywords)(lambda request: None)

    assert routing.declarations() == before
