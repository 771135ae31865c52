"""What the route matrices share: the declared routes, how one is called, and what a call wrote and logged."""

import json
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest

from app import app
from chalicelib import bootstrap
from chalicelib.domain.access import PERMISSIONS, Permission, Resource, allowed, require
from chalicelib.domain.errors import YijianshiError
from chalicelib.domain.tenancy import Actor, Role
from chalicelib.observability import logger
from chalicelib.web import routing, security_log
from chalicelib.web.middleware import status_of
from chalicelib.web.routing import SIGNED_IN, Face, RouteDeclaration
from tests.grouped import over
from tests.web.site import HOST, Browser, Reply

assert app.routes
ROUTES = [d for d in routing.declarations() if not d.name.startswith("tests.")]
GUARDED = [d for d in ROUTES if d.needs_sign_in]
BY_SIGNATURE = [d for d in ROUTES if d.is_signed]
BY_ROLE = [d for d in GUARDED if d.permission != SIGNED_IN]
WITH_RECORD = [d for d in GUARDED if d.resource]
READS = [d for d in ROUTES if d.is_safe and d.face not in (Face.AUTH, Face.STATIC)]
READ_CALLS = ("GetItem", "BatchGetItem", "TransactGetItems", "Query")
WRITES = ("PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem")
NO_RECORD = "01JD0000000000000000000000"

DECIDED_IN_HANDLER = {
    "/api/v1/findings": (Permission.FINDING_READ, Permission.OWN_SUBJECT_READ),
    "/api/v1/findings/{finding_id}": (Permission.FINDING_READ, Permission.OWN_SUBJECT_READ),
    "/api/v1/findings/{finding_id}/history": (Permission.FINDING_READ, Permission.OWN_SUBJECT_READ),
    "/api/v1/findings/{finding_id}/sisters": (Permission.FINDING_READ, Permission.OWN_SUBJECT_READ),
    "/api/v1/findings/{finding_id}/files/{sha256}": (Permission.FINDING_READ, Permission.OWN_SUBJECT_READ),
    "/api/v1/orders/{order_id}/files/{sha256}": (Permission.DISPOSAL_READ, Permission.OWN_SUBJECT_READ),
    "/api/v1/orders/{order_id}": (Permission.DISPOSAL_READ, Permission.OWN_SUBJECT_READ),
    "/api/v1/orders/{order_id}/uploads": (Permission.ORDER_HANDLE, Permission.RECTIFICATION_SUBMIT),
    "/api/v1/findings/{finding_id}/uploads": (Permission.FINDING_REINSPECT, Permission.RECTIFICATION_SUBMIT),
}
"""Routes for anybody signed in whose handler asks for one of several permissions: which."""


def name_of(declaration: RouteDeclaration) -> str:
    return f"{declaration.methods[0]} {declaration.path}"


def each_of(declarations: Iterable[RouteDeclaration]) -> Any:
    """Run the test for each of these routes, as `declaration`: one test per module that declares them."""
    return over("declaration", declarations, lambda one: one.name.rpartition(".")[0], name_of)


def permissions_of(declaration: RouteDeclaration) -> tuple[Permission, ...]:
    """Any one of which opens the route; none for a route that is the same for everybody signed in."""
    if declaration.permission != SIGNED_IN:
        return (Permission(declaration.permission),)
    return DECIDED_IN_HANDLER.get(declaration.path, ())


def holders(declaration: RouteDeclaration) -> list[Role]:
    """The roles that the route is for."""
    wanted = permissions_of(declaration)
    return [role for role in Role if not wanted or any(one in PERMISSIONS[role] for one in wanted)]


def refusal(actor: Actor, permissions: tuple[Permission, ...], resource: Resource) -> int | None:
    """The status with which the access rules refuse this; None when they allow it."""
    if any(allowed(actor, one, resource) for one in permissions):
        return None
    held = [one for one in permissions if any(one in PERMISSIONS[role] for role in actor.roles)]
    try:
        require(actor, (held or list(permissions))[0], resource)
    except YijianshiError as error:
        return status_of(error)
    raise AssertionError("require and allowed disagree")


def call(browser: Browser, declaration: RouteDeclaration, method: str, **values: str) -> Reply:
    """The route as our own pages call it: same origin, token, and a body that it takes."""
    path = declaration.concrete_path(**values) + _query(declaration, values)
    headers = {"origin": f"https://{HOST}", "sec-fetch-site": "same-origin", "x-csrf-token": browser.csrf_token}
    body = b""
    if method not in routing.SAFE_METHODS:
        sent = dict(declaration.sample_body or {})
        if declaration.face is Face.API:
            headers["content-type"], body = "application/json", json.dumps(sent).encode()
        else:
            headers["content-type"], body = "application/x-www-form-urlencoded", urlencode(sent, True).encode()
    return browser.send(method, path, headers, body)


def _query(declaration: RouteDeclaration, values: dict[str, str]) -> str:
    """What a call cannot be without: each such parameter names another record, here the one of the path."""
    fields = declaration.query.model_fields if declaration.query else {}
    needed = {name: next(iter(values.values()), "") for name, one in fields.items() if one.is_required()}
    return "?" + urlencode(needed) if needed else ""


def is_sent_to_sign_in(reply: Reply) -> bool:
    return reply.status == 401 or (reply.status == 303 and reply.location.startswith("/login?next="))


def without_echo(reply: Reply, *identifiers: str) -> str:
    """The body without what it repeats of the request and without its own reference."""
    text = reply.text.replace(reply.headers["x-request-id"], "REFERENCE")
    for identifier in identifiers:
        text = text.replace(identifier, "ID")
    return text


@contextmanager
def remembering(*kinds: str) -> Iterator[None]:
    """What was read is not asked of the table again before the next write: the matrices call as the same few people
    thousands of times. Sessions, and records of these kinds, are not even read: what is remembered so passes no guard,
    which therefore is for who is calling and never for what is called for."""
    store = bootstrap.store()
    reads = [(store.sessions, "open"), *((store._by_kind[kind], "find") for kind in kinds)]
    client = store._connection.client
    with pytest.MonkeyPatch.context() as patch:
        for repository, method in reads:
            patch.setattr(repository, method, _once(getattr(repository, method)))
        patch.setattr(client, "_make_request", _until_a_write(client._make_request))
        yield


def _until_a_write(ask: Callable[..., Any]) -> Callable[..., Any]:
    """Where the client library has built a call, and the guard of the scope has let it pass."""
    found: dict[tuple[str, bytes], Any] = {}

    def remembered(operation: Any, request: dict[str, Any], context: Any) -> Any:
        if operation.name not in READ_CALLS:
            found.clear()
            return ask(operation, request, context)
        key = operation.name, request["body"]
        if key not in found:
            found[key] = ask(operation, request, context)
        return found[key]

    return remembered


def _once(read: Callable[..., Any]) -> Callable[..., Any]:
    found: dict[tuple[str, ...], Any] = {}

    def remembered(*names: str) -> Any:
        if found.get(names) is None:
            found[names] = read(*names)
        return found[names]

    return remembered


@dataclass
class Watch:
    """Writes to the table and lines of the security log since it was cleared."""

    writes: list[str] = field(default_factory=list)
    lines: list[dict[str, Any]] = field(default_factory=list)

    def clear(self) -> None:
        self.writes.clear()
        self.lines.clear()

    @property
    def refusals(self) -> list[int]:
        return [line["status"] for line in self.lines]


@contextmanager
def watching() -> Iterator[Watch]:
    """Watch the site that is open."""
    found = Watch()

    def note(model: Any, **_: Any) -> None:
        if model.name in WRITES:
            found.writes.append(model.name)

    with pytest.MonkeyPatch.context() as patch:
        events = bootstrap.store()._connection.client.meta.events
        events.register_first("before-call.dynamodb", note)
        patch.setattr(security_log.security_log, "warning", lambda message, **values: found.lines.append(values))
        # A line for each of ten thousand requests is a tenth of their cost; test_routes_lists looks at them.
        patch.setattr(logger, "info", lambda message, **values: None)
        yield found
        events.unregister("before-call.dynamodb", note)
