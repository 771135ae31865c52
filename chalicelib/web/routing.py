"""Routes: one declaration each, from which Chalice's table, the navigation and the test matrix are made.

    from chalicelib.web.routing import route

    plans = Blueprint(__name__)

    @route(plans, "/console/plans/{plan_id}", permission="plan.read", resource=("plan", "plan_id"))
    def show_plan(request: WebRequest, plan_id: str) -> Answer:
        return page(request, "pages/plans/show.html", plan=request.store.plans.get(request.tenant, plan_id))

Signed-in faces carry no tenant in the path: it comes from the session. Public pages name it: `/p/{tenant}/…`.

A route below `/api/` also says what goes in and out, which makes the API's description (see `web/api/__init__.py`):

    @route(plans, "/api/v1/plans/{plan_id}", methods=("PUT",), permission="plan.write", resource=("plan", "plan_id"),
           body=PlanDraft, answers=PlanAnswer, match=Match.REQUIRED, sample_body=SAMPLE_DRAFT)
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from chalice import Blueprint, Response
from pydantic import BaseModel

SAFE_METHODS = frozenset({"GET", "HEAD"})
OPEN = "open"
"""Permission of a route that anybody may call."""
SIGNED_IN = "signed_in"
"""Permission of a route for anybody who is signed in, whatever the role."""

SIGNED = "signed"
"""Permission of a route that a machine without an account calls: the body is signed under a secret of the tenant that
the path names. Neither session nor token opens it."""

_PARAMETER = re.compile(r"{(\w+)}")
_SAMPLE_ID = "01JD00000000000000000SAMP0"
_SAMPLE_TENANT = "gx450100"
_FORM_TYPES = ("application/x-www-form-urlencoded", "multipart/form-data", "application/json")
_API_TYPES = ("application/json",)


class Face(StrEnum):
    """Who a route speaks to; the first part of its path decides."""

    PUBLIC = "public"
    AUTH = "auth"
    CONSOLE = "console"
    FIELD = "field"
    SUBJECT = "subject"
    API = "api"
    STATIC = "static"

    @property
    def needs_person(self) -> bool:
        return self in (Face.CONSOLE, Face.FIELD, Face.SUBJECT)


class Match(StrEnum):
    """Whether a call looks at `If-Match` (RFC 9110 §13.1.1): the version of the path's record that the caller saw.

    own: the handler itself compares it, with another record than the path's, by `preconditions.check_match`.
    """

    OPTIONAL = "optional"
    REQUIRED = "required"
    OWN = "own"


@dataclass(frozen=True)
class Media:
    """An answer that is no JSON: its media type (`text/csv`)."""

    type: str


Shape = Any
"""A pydantic model or a type made of such (`Listed[Plan]`), a `Media`, or None for an answer without content."""

_FACES = {
    "console": Face.CONSOLE,
    "field": Face.FIELD,
    "subject": Face.SUBJECT,
    "api": Face.API,
    "login": Face.AUTH,
    "logout": Face.AUTH,
    "static": Face.STATIC,
    "service-worker.js": Face.STATIC,
}


def face_of(path: str) -> Face:
    """The face of a path or route pattern."""
    first = path.strip("/").split("/", 1)[0]
    return _FACES.get(first, Face.PUBLIC)


@dataclass(frozen=True)
class Nav:
    """An entry of the side navigation. `group` and `label` are Chinese source strings; lower `order` comes first.

    also: beginnings of other paths whose pages belong to this entry.
    """

    group: str
    label: str
    order: int = 100
    icon: str = ""
    also: tuple[str, ...] = ()


@dataclass(frozen=True)
class RouteDeclaration:
    """What is known of one route before any request.

    permission: a name of domain/access.py, `OPEN`, `SIGNED_IN` or `SIGNED`; sample: path values that make a concrete
    path for tests; resource: (record kind, path parameter) of the record that the path names, for the isolation matrix;
    sample_body: values (form, or JSON of the API) that a write takes, so that the matrix gets as far as the record.
    Of the API only: body, query: models of what is sent; answers: shape of each success by status; match: whether
    `If-Match` is looked at; content_types: media types of the body; is_repeatable: whether the answer may be kept for a
    repeat with the same `Idempotency-Key` (not one that tells a secret once).
    """

    name: str
    path: str
    methods: tuple[str, ...]
    permission: str
    handler: Callable[..., Response] = field(repr=False)
    sample: Mapping[str, str] = field(default_factory=dict)
    resource: tuple[str, str] | None = None
    nav: Nav | None = None
    sample_body: Mapping[str, Any] | None = None
    body: type[BaseModel] | None = None
    query: type[BaseModel] | None = None
    answers: Mapping[int, Shape] = field(default_factory=dict)
    match: Match | None = None
    content_types: tuple[str, ...] = ()
    is_repeatable: bool = True

    @property
    def face(self) -> Face:
        return face_of(self.path)

    @property
    def parameters(self) -> tuple[str, ...]:
        return tuple(_PARAMETER.findall(self.path))

    @property
    def is_open(self) -> bool:
        return self.permission == OPEN

    @property
    def is_signed(self) -> bool:
        return self.permission == SIGNED

    @property
    def needs_sign_in(self) -> bool:
        return not (self.is_open or self.is_signed)

    @property
    def is_safe(self) -> bool:
        return set(self.methods) <= SAFE_METHODS

    def concrete_path(self, **values: str) -> str:
        """The path with its sample values, or with those given."""
        known = {**self.sample, **values}
        return _PARAMETER.sub(lambda found: known[found[1]], self.path)


_declarations: list[RouteDeclaration] = []


def declarations() -> tuple[RouteDeclaration, ...]:
    """Every route declared in the modules imported so far."""
    return tuple(_declarations)


def route(
    blueprint: Blueprint,
    path: str,
    *,
    permission: str,
    methods: tuple[str, ...] | list[str] = ("GET",),
    sample: Mapping[str, str] | None = None,
    resource: tuple[str, str] | None = None,
    content_types: tuple[str, ...] | list[str] | None = None,
    nav: Nav | None = None,
    sample_body: Mapping[str, Any] | None = None,
    body: type[BaseModel] | None = None,
    query: type[BaseModel] | None = None,
    answers: Mapping[int, Shape] | Shape = None,
    match: Match | None = None,
    is_repeatable: bool = True,
) -> Callable[[Callable[..., Response]], Callable[..., Response]]:
    """Declare a handler `(request: WebRequest, **path values) -> Answer` and register it with the blueprint.

    GET answers HEAD too. Sign-in, permission, CSRF and the storage scope are done before the handler runs; what it
    raises becomes an error page or a problem document. Raises ValueError on a declaration that cannot hold.
    body, query, answers (a shape for 200, or shapes by status), match, is_repeatable: see RouteDeclaration.
    """

    def declare(handler: Callable[..., Response]) -> Callable[..., Response]:
        declaration = RouteDeclaration(
            name=f"{handler.__module__.removeprefix('chalicelib.web.')}.{handler.__name__}",
            path=path,
            methods=tuple(methods),
            permission=str(permission),
            handler=handler,
            sample=_sample(path, sample or {}),
            resource=resource,
            nav=nav,
            sample_body=sample_body,
            body=body,
            query=query,
            answers=dict(answers) if isinstance(answers, Mapping) else {} if answers is None else {200: answers},
            match=match,
            content_types=_accepted(path, content_types),
            is_repeatable=is_repeatable,
        )
        _check(declaration)
        _declarations.append(declaration)
        _register(blueprint, declaration)
        return handler

    return declare


def _sample(path: str, given: Mapping[str, str]) -> dict[str, str]:
    values = {}
    for name in _PARAMETER.findall(path):
        default = _SAMPLE_TENANT if name == "tenant" else _SAMPLE_ID if name.endswith("_id") else None
        value = given.get(name, default)
        if value is None:
            raise ValueError(f"{path}: sample value missing for {name}")
        values[name] = value
    return values


def _check(declaration: RouteDeclaration) -> None:
    if not declaration.permission:
        raise ValueError(f"{declaration.path}: a permission is needed (OPEN for everybody)")
    if declaration.face.needs_person and declaration.is_open:
        raise ValueError(f"{declaration.path}: a signed-in face has no open route")
    if declaration.face.needs_person and "tenant" in declaration.parameters:
        raise ValueError(f"{declaration.path}: the tenant comes from the session, not from the path")
    if declaration.is_signed and not (declaration.face is Face.API and declaration.parameters == ("tenant",)):
        raise ValueError(f"{declaration.path}: a signed route is of the API and names its tenant and nothing else")
    if declaration.is_signed and declaration.is_safe:
        raise ValueError(f"{declaration.path}: a signed route tells something; what it reads nobody may know")
    if declaration.resource and declaration.resource[1] not in declaration.parameters:
        raise ValueError(f"{declaration.path}: no path parameter {declaration.resource[1]}")
    if declaration.match in (Match.OPTIONAL, Match.REQUIRED) and not declaration.resource:
        raise ValueError(f"{declaration.path}: If-Match is about the record of the path")
    if len(set(declaration.methods) & SAFE_METHODS) not in (0, len(declaration.methods)):
        raise ValueError(f"{declaration.path}: one declaration either reads or writes")


def _accepted(path: str, given: tuple[str, ...] | list[str] | None) -> tuple[str, ...]:
    return tuple(given or (_API_TYPES if face_of(path) is Face.API else _FORM_TYPES))


def _register(blueprint: Blueprint, declaration: RouteDeclaration) -> None:
    def view(**path_values: Any) -> Response:
        from chalicelib.web.middleware import serve

        return serve(declaration, path_values)

    view.__name__ = view.__qualname__ = declaration.name.replace(".", "_")
    methods = list(declaration.methods)
    if "GET" in methods and "HEAD" not in methods:
        methods.append("HEAD")
    accepted = ("*/*",) if declaration.is_safe else declaration.content_types
    blueprint.route(declaration.path, methods=methods, content_types=list(accepted), name=view.__name__)(view)
