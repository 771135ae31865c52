"""schemathesis against the running application: every call with what its description allows and with what it does not.

The application answers in this process through the same gateway as every web test; a call is made by somebody who may
make it, and its path names records that exist as often as ones that do not.
"""

import io
from collections.abc import Callable, Iterable
from typing import Any
from urllib.parse import quote

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
    status_code_conformance,
)

from chalicelib.web.api.openapi import described, operation_id
from chalicelib.web.routing import RouteDeclaration
from tests.architecture.route_calls import holders
from tests.architecture.route_seeds import World
from tests.architecture.seed_values import INSIDER
from tests.web.site import HOST, Browser, Site

CHECKS = (
    not_a_server_error,
    status_code_conformance,
    content_type_conformance,
    response_headers_conformance,
    response_schema_conformance,
)
DESCRIPTION = "/api/v1/openapi.json"


def application(site: Site) -> Callable[[dict[str, Any], Any], Iterable[bytes]]:
    """The site as a WSGI application."""

    def answer(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        path = quote(environ["PATH_INFO"].encode("latin-1"), safe="/%:@-._~!$&'()*+,;=")
        query = environ.get("QUERY_STRING", "")
        headers = {
            name[5:].replace("_", "-").lower(): value for name, value in environ.items() if name.startswith("HTTP_")
        }
        if environ.get("CONTENT_TYPE"):
            headers["content-type"] = environ["CONTENT_TYPE"]
        body = environ.get("wsgi.input", io.BytesIO()).read(int(environ.get("CONTENT_LENGTH") or 0))
        reply = site.request(environ["REQUEST_METHOD"], path + (f"?{query}" if query else ""), headers, body)
        start_response(f"{reply.status} X", list(reply.headers.items()))
        return [reply.body]

    return answer


def schema_of(site: Site) -> Any:
    """The description as the site serves it."""
    return schemathesis.openapi.from_wsgi(DESCRIPTION, application(site))


def by_operation() -> dict[str, RouteDeclaration]:
    return {operation_id(one, method): one for one in described() for method in one.methods}


def caller(world: World, declaration: RouteDeclaration) -> Browser:
    """Somebody who may make this call; nobody in particular where none signs in."""
    if not declaration.needs_sign_in:
        return world.site.browser()
    roles = holders(declaration)
    inside = [role for role in roles if (role, INSIDER) in world.people]
    return world.browser(inside[0]) if inside else world.site.browser(roles[0])


def known_values(world: World, declaration: RouteDeclaration) -> dict[str, str]:
    return {**declaration.sample, **world.path_values(declaration.parameters)}


def headers_of(browser: Browser) -> dict[str, str]:
    """As a script of our own pages sends them."""
    sent = {"host": HOST, "origin": f"https://{HOST}", "sec-fetch-site": "same-origin"}
    if browser.csrf_token:
        sent["x-csrf-token"] = browser.csrf_token
        sent["cookie"] = "; ".join(f"{name}={value}" for name, value in browser.cookies.items())
    return sent


def fuzz(operation: Any, declaration: RouteDeclaration, world: World, examples: int) -> int:
    """Call one operation with what is allowed and with what is not, on records that exist and on others; raises what
    schemathesis finds. How many calls were made."""
    headers = headers_of(caller(world, declaration))
    known = known_values(world, declaration)
    calls = 0

    def check(case: Any) -> None:
        nonlocal calls
        calls += 1
        for name in ("Cookie", "X-CSRF-Token", "Authorization", "X-Tenant"):
            case.headers.pop(name, None)
        case.cookies.clear()
        case.call_and_validate(headers=headers, checks=list(CHECKS))

    limits = settings(
        max_examples=examples,
        deadline=None,
        database=None,
        derandomize=True,
        phases=[Phase.explicit, Phase.generate],
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
    )
    for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):
        for values in (known, None) if declaration.parameters else (None,):
            try:
                cases = operation.as_strategy(generation_mode=mode, path_parameters=values)
                limits(given(case=cases)(check))()
            except Unsatisfiable:
                # Nothing that is not allowed can be sent to this call.
                assert mode is GenerationMode.NEGATIVE
    return calls


__all__ = ["CHECKS", "by_operation", "fuzz", "schema_of"]
