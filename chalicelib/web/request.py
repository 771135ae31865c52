"""The request as handlers see it: who, in which tenant, with what values."""

import json
import secrets
from collections.abc import Mapping
from datetime import datetime
from functools import cached_property
from hashlib import sha256
from typing import Any, TypeVar, get_origin
from urllib.parse import quote, urlencode

from chalice.app import Request
from pydantic import BaseModel, ValidationError

from chalicelib import bootstrap
from chalicelib.domain.act import Act
from chalicelib.domain.errors import InvalidInputError, NotAuthenticatedError
from chalicelib.domain.record import Record, Ref, new_id
from chalicelib.domain.session import Session
from chalicelib.domain.tenancy import Actor, TenantId
from chalicelib.web import cookies, i18n
from chalicelib.web.errors import UnreadableRequestError
from chalicelib.web.field_problems import field_problems
from chalicelib.web.fields import Fields, UploadedFile, invalid, parse_form
from chalicelib.web.routing import SAFE_METHODS, Face, RouteDeclaration, face_of

M = TypeVar("M", bound=BaseModel)
R = TypeVar("R", bound=Record)

REQUEST_KEY = "key"
CSRF_FIELD = "csrf_token"


class WebRequest:
    """One HTTP request. `actor` and `tenant` are set by the admission before the handler runs.

    named: the record that the path names, as the admission read it (a call that changes it reads it again);
    parameters: the checked query of an API call; seen: record and version of `If-Match`; quota: what the caller has
    left; client: the system client that calls, if it is no person; scopes: of its token; set_cookies:
    Set-Cookie values that go out with whatever answer is given; tenant_label: words for the place, which public pages
    set (signed-in pages know it).
    """

    def __init__(self, raw: Request, declaration: RouteDeclaration | None = None) -> None:
        self.raw = raw
        self.declaration = declaration
        self.now: datetime = bootstrap.clock()()
        self.session: Session | None = None
        self.set_cookies: list[str] = []
        self.tenant_label = ""
        self.named: Record | None = None
        self.parameters: BaseModel | None = None
        self.seen: tuple[Ref, int] | None = None
        self.quota: Any = None
        self.client: Record | None = None
        self.scopes: frozenset[str] = frozenset()
        self._actor: Actor | None = None
        self._tenant: TenantId | None = None

    # -- who and where ---------------------------------------------------------------------------------------------

    def enter(self, tenant: TenantId, actor: Actor | None) -> None:
        """Called once by the admission."""
        self._tenant, self._actor = tenant, actor

    @property
    def actor(self) -> Actor:
        """The person at work; NotAuthenticatedError on an open route without one."""
        if self._actor is None:
            raise NotAuthenticatedError()
        return self._actor

    @property
    def person(self) -> Actor | None:
        """The actor, or None when nobody is signed in."""
        return self._actor

    @property
    def tenant(self) -> TenantId:
        """From the session, or from the path of a public page."""
        if self._tenant is None:
            raise NotAuthenticatedError()
        return self._tenant

    @property
    def known_tenant(self) -> TenantId | None:
        return self._tenant

    def find_named(self, model: type[R], id: str) -> R | None:
        """The record that the path names, if that is what is wanted: spares a page its own read. Not for a change,
        which reads what it writes."""
        found = self.named if self.method in SAFE_METHODS else None
        return found if isinstance(found, model) and found.id == id else None

    @property
    def store(self) -> Any:
        """The store of this process; it works inside the request's storage scope only."""
        return bootstrap.store()

    def act(self, part: str = "") -> Act:
        """Who, when and the key of this attempt: header `Idempotency-Key`, form field `key`, or a fresh one.

        On the API the header's key is the caller's own: another person's same key is another act.
        """
        try:
            act = Act(actor=self.actor, at=self.now, key=self._act_key, seen=self.seen)
        except ValidationError:
            is_header = bool(self.header("idempotency-key"))
            raise invalid("Idempotency-Key" if is_header else REQUEST_KEY, "invalid") from None
        return act.part(part) if part else act

    @cached_property
    def _act_key(self) -> str:
        given = self.header("idempotency-key")
        if given and self.is_api and len(given) <= 80:
            from chalicelib.web.api.repeats import own_key

            Act(actor=self.actor, at=self.now, key=given)
            return own_key(self.tenant, self.actor.person_id, given)
        return given or self.form.text(REQUEST_KEY) or new_id()

    # -- the envelope ----------------------------------------------------------------------------------------------

    @cached_property
    def id(self) -> str:
        """The cloud's identifier of this invocation: it stands in the log and, as a reference, on error pages."""
        return str(getattr(self.raw.lambda_context, "aws_request_id", "") or new_id())

    @property
    def method(self) -> str:
        return str(self.raw.method)

    @cached_property
    def path(self) -> str:
        """The path asked for, without query and without the gateway's stage."""
        event = self.raw.to_original_event()
        return str(event.get("path") or self.raw.context.get("path") or self.raw.path)

    @cached_property
    def url(self) -> str:
        """Path and query, percent-encoded: what a sign-in comes back to."""
        query = urlencode([(n, v) for n in self.query.names() for v in self.query.many(n)])
        return quote(self.path, safe="/%:@-._~") + (f"?{query}" if query else "")

    @property
    def face(self) -> Face:
        return face_of(self.path)

    @property
    def is_api(self) -> bool:
        return self.face is Face.API

    @property
    def is_partial(self) -> bool:
        """Asked for by htmx, which swaps a part of the page."""
        return self.header("hx-request") == "true"

    @property
    def is_https(self) -> bool:
        return self.header("x-forwarded-proto") == "https"

    @property
    def address(self) -> str:
        """The address that the gateway saw. X-Forwarded-For is the caller's word and is not asked."""
        return str((self.raw.context.get("identity") or {}).get("sourceIp") or "unknown")

    def header(self, name: str) -> str:
        return str(self.raw.headers.get(name) or "").strip()

    @cached_property
    def cookies(self) -> Mapping[str, str]:
        return cookies.parse_cookies(self.header("cookie"))

    @cached_property
    def locale(self) -> str:
        """`zh` or `en`: query `lang` (kept in a cookie from then on), that cookie, then what the browser prefers."""
        asked = self.query.text("lang")
        if asked in i18n.LOCALES:
            self.set_cookies.append(cookies.set_cookie(cookies.LOCALE, asked, max_age=365 * 86_400))
        kept = self.cookies.get(cookies.LOCALE)
        return i18n.choose_locale(query=asked, cookie=kept, accept_language=self.header("accept-language"))

    # -- values ----------------------------------------------------------------------------------------------------

    @cached_property
    def query(self) -> Fields:
        params = self.raw.query_params
        return Fields({name: params.getlist(name) for name in params} if params is not None else {})

    def asked(self, model: type[M]) -> M:
        """The query as the model that the route declares; it was checked before the handler ran."""
        if not isinstance(self.parameters, model):
            raise TypeError(f"{self.path}: the route declares another query than {model.__name__}")
        return self.parameters

    def check_query(self, model: type[BaseModel]) -> None:
        """Reads the query into `parameters`. InvalidInputError names every parameter that cannot be."""
        values = {name: self.query.text(name) for name in self.query.names()}
        try:
            self.parameters = model.model_validate({name: text for name, text in values.items() if text})
        except ValidationError as error:
            raise InvalidInputError(field_problems(error)) from None

    @cached_property
    def body(self) -> bytes:
        raw = self.raw.raw_body
        return raw.encode() if isinstance(raw, str) else bytes(raw or b"")

    @cached_property
    def _parsed(self) -> tuple[Fields, dict[str, list[UploadedFile]]]:
        return parse_form(self.header("content-type"), self.body)

    @property
    def form(self) -> Fields:
        """Text fields of a urlencoded or multipart body; empty for anything else."""
        return self._parsed[0]

    @property
    def files(self) -> dict[str, list[UploadedFile]]:
        return self._parsed[1]

    def file(self, name: str) -> UploadedFile:
        """The one file of this field; InvalidInputError when none came."""
        found = self.files.get(name)
        if not found:
            raise invalid(name, "file_missing")
        return found[0]

    @cached_property
    def json(self) -> Any:
        """The JSON body; UnreadableRequestError when it is none."""
        try:
            found = json.loads(self.body.decode() or "null")
            if b"\\u" in self.body:
                # An escape may name half a character, which nothing stores.
                json.dumps(found, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            raise UnreadableRequestError() from None
        return found

    def model(self, model: type[M]) -> M:
        """The body (JSON, or a form: every value of a list) as a model; InvalidInputError names every field."""
        is_json = self.header("content-type").lower().startswith("application/json")
        values = self.json if is_json else self._form_values(model)
        try:
            return model.model_validate(values)
        except ValidationError as error:
            raise InvalidInputError(field_problems(error)) from None

    def _form_values(self, model: type[BaseModel]) -> dict[str, Any]:
        lists = [name for name, one in model.model_fields.items() if get_origin(one.annotation) is list]
        return self.form.single() | {name: found for name in lists if (found := self.form.many(name))}

    # -- forms -----------------------------------------------------------------------------------------------------

    @cached_property
    def csrf_token(self) -> str:
        """The token of the session, or of the visitor's cookie, which is made when it is missing."""
        if self.session is not None:
            return self.session.csrf_token
        visitor = self.cookies.get(cookies.VISITOR, "")
        if len(visitor) < 32:
            visitor = secrets.token_urlsafe(32)
            self.set_cookies.append(cookies.set_cookie(cookies.VISITOR, visitor))
        return visitor_token(visitor)


def visitor_token(visitor: str) -> str:
    """The CSRF token that belongs to a visitor's cookie: only who holds the cookie can name it."""
    return sha256(f"csrf:{visitor}".encode()).hexdigest()
