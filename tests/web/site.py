"""A small site for web tests: the real app on an emulated cloud, two tenants, a person in every role, browsers."""

import json
import os
import re
import secrets
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from chalice.config import Config
from joserfc import jwt
from joserfc.jwk import KeySet, RSAKey

from app import app
from chalicelib import bootstrap
from chalicelib.domain.act import Act
from chalicelib.domain.session import Identity, Membership, Session
from chalicelib.domain.tenancy import (
    PLATFORM,
    ActingBody,
    Actor,
    Certificate,
    Department,
    Person,
    Role,
    Tenant,
    TenantKind,
)
from chalicelib.services.tenancy.bind_identity import identity_id
from chalicelib.services.tenancy.onboard_tenant import Roster, onboard_tenant
from chalicelib.web.identity import keys
from chalicelib.web.identity.keys import KeyCache
from chalicelib.web.sessions import session_id
from infra.local.server import Gateway
from tests.cloud import cloud_at
from tests.emulated import ADDRESS as EMULATOR

NOW = datetime(2026, 11, 23, 2, 0, tzinfo=UTC)
HOST = "yijianshi.test"
TENANT_A, TENANT_B = "gx450100", "gx450500"
ISSUER = "https://identity.test/pool"
WEB_CLIENT, API_CLIENT = "web-client", "api-client"
SIGNING_KEY = RSAKey.generate_key(2048, parameters={"kid": "k1", "use": "sig", "alg": "RS256"})

OIDC = {
    "YIJIANSHI_UPLOAD_ORIGIN": "https://files.test",
    "YIJIANSHI_OIDC_ISSUER": ISSUER,
    "YIJIANSHI_OIDC_KEY_URL": "https://identity.test/keys",
    "YIJIANSHI_OIDC_AUTHORIZE_URL": "https://identity.test/authorize",
    "YIJIANSHI_OIDC_TOKEN_URL": "https://identity.test/token",
    "YIJIANSHI_OIDC_LOGOUT_URL": "https://identity.test/logout",
    "YIJIANSHI_OIDC_CLIENT_ID": WEB_CLIENT,
    "YIJIANSHI_OIDC_API_CLIENTS": API_CLIENT,
    "YIJIANSHI_OIDC_AUDIENCE": "https://yijianshi.test/api",
    "YIJIANSHI_OIDC_REDIRECT_BASE": f"https://{HOST}",
    # The clock of most tests stands still: one minute takes all their calls.
    "YIJIANSHI_LIMITS_PERSON_PER_MINUTE": "100000",
    "YIJIANSHI_LIMITS_PUBLIC_PER_MINUTE": "100000",
    "YIJIANSHI_LIMITS_SIGN_IN_PERSON": "100000",
    "YIJIANSHI_LIMITS_WORK_PERSON": "100000",
    "YIJIANSHI_LIMITS_WORK_TENANT": "100000",
}


def public_keys() -> dict[str, Any]:
    """What the provider publishes."""
    return dict(KeySet([SIGNING_KEY]).as_dict(private=False))


@dataclass
class Reply:
    """One HTTP answer. `set_cookies` by name; `headers` with lower-case names."""

    status: int
    headers: dict[str, str]
    set_cookies: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        return self.body.decode()

    @property
    def json(self) -> Any:
        return json.loads(self.body)

    @property
    def location(self) -> str:
        return self.headers.get("location", "")


@dataclass
class Browser:
    """Keeps cookies and sends what browsers send; with a form also Origin, Sec-Fetch-Site and the CSRF token."""

    site: "Site"
    cookies: dict[str, str] = field(default_factory=dict)
    csrf_token: str = ""

    def get(self, path: str, headers: Mapping[str, str] | None = None) -> Reply:
        return self.send("GET", path, headers or {})

    def post(
        self, path: str, form: Mapping[str, str | list[str]] | None = None, headers: Mapping[str, str] | None = None
    ) -> Reply:
        """A form as our pages send it."""
        values = {"csrf_token": self.csrf_token, **(form or {})}
        sent = {"content-type": "application/x-www-form-urlencoded", **_SAME_ORIGIN, **(headers or {})}
        return self.send("POST", path, sent, urlencode(values, doseq=True).encode())

    def call(self, method: str, path: str, value: Any = None, headers: Mapping[str, str] | None = None) -> Reply:
        """JSON as a script of our pages sends it."""
        sent = {"content-type": "application/json", "x-csrf-token": self.csrf_token, **_SAME_ORIGIN, **(headers or {})}
        return self.send(method, path, sent, b"" if value is None else json.dumps(value).encode())

    def send(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Reply:
        """Exactly this, with the cookies."""
        sent = {"host": HOST, "accept": "*/*", **headers}
        if self.cookies and "cookie" not in sent:
            sent["cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
        reply = self.site.request(method, path, {k: v for k, v in sent.items() if v != ""}, body)
        for name, cookie in reply.set_cookies.items():
            value = cookie.split(";", 1)[0].partition("=")[2]
            if value and "Max-Age=0" not in cookie:
                self.cookies[name] = value
            else:
                self.cookies.pop(name, None)
        found = re.search(r'name="csrf-token" content="([^"]+)"', reply.body.decode("utf-8", "replace"))
        if found:
            self.csrf_token = found[1]
        return reply


_SAME_ORIGIN = {"origin": f"https://{HOST}", "sec-fetch-site": "same-origin"}


class Site:
    """The app behind a gateway, and the people of its tenants by (tenant, role)."""

    def __init__(self) -> None:
        self.app = app
        self._gateway = Gateway(self.app, Config.create())
        self.people: dict[tuple[str, Role], Person] = {}

    def request(self, method: str, path: str, headers: Mapping[str, str], body: bytes = b"") -> Reply:
        """One request through the local gateway."""
        make_event = self._gateway.event_converter.create_lambda_event
        event = make_event(method=method, path=path, headers=dict(headers), body=body)
        return _reply(self.app(event, self._gateway._generate_lambda_context()))

    def browser(self, role: Role | None = None, tenant: str = TENANT_A) -> Browser:
        """A browser with nobody signed in, or with a session of the person in this role."""
        browser = Browser(self)
        if role is not None:
            self.sign_in(browser, Membership(tenant=tenant, person_id=self.people[tenant, role].id, label="南宁市"))
        return browser

    def sign_in(
        self, browser: Browser, membership: Membership | None, others: list[Membership] | None = None
    ) -> Session:
        """A session as the sign-in leaves it."""
        cookie = secrets.token_urlsafe(32)
        now = bootstrap.clock()()
        session = Session(
            id=session_id(cookie),
            identity_id="0" * 64,
            memberships=[*([membership] if membership else []), *(others or [])],
            membership=membership,
            csrf_token=secrets.token_urlsafe(16),
            created_at=now,
            seen_at=now,
        )
        bootstrap.store().sessions.keep(session)
        browser.cookies["__Host-session"] = cookie
        browser.csrf_token = session.csrf_token
        return session

    def bind(self, subject: str, *memberships: Membership) -> str:
        """Let a subject of the provider act as these people; its identity's id."""
        id = identity_id(ISSUER, subject)
        identities = bootstrap.store().identities
        earlier = identities.lookup(id)
        identities.bind(Identity(id=id, memberships=list(memberships), version=earlier.version if earlier else 0))
        return id

    def token(self, subject: str, **claims: Any) -> str:
        """An access token as Cognito makes them; a claim given as None is left out."""
        return signed(access_claims(subject) | claims)


def access_claims(subject: str, now: datetime = NOW) -> dict[str, Any]:
    issued = int(now.timestamp())
    return {
        "sub": subject,
        "iss": ISSUER,
        "client_id": API_CLIENT,
        "token_use": "access",
        "iat": issued,
        "exp": issued + 3600,
    }


def signed(claims: Mapping[str, Any], key: Any = SIGNING_KEY, **header: Any) -> str:
    wanted = {name: value for name, value in claims.items() if value is not None}
    head = {"alg": "RS256", "kid": "k1", **header}
    return jwt.encode(head, wanted, key, algorithms=[head["alg"]])


def _reply(answer: Mapping[str, Any]) -> Reply:
    import base64

    body = answer["body"] or ""
    content = base64.b64decode(body) if answer.get("isBase64Encoded") else str(body).encode()
    multiple = {name.lower(): values for name, values in answer["multiValueHeaders"].items()}
    set_cookies = {value.split("=", 1)[0]: value for value in multiple.pop("set-cookie", [])}
    headers = {name.lower(): str(value) for name, value in answer["headers"].items()}
    return Reply(int(answer["statusCode"]), headers, set_cookies, content)


def _onboard(site: Site, id: str, label: str, division: str) -> None:
    departments = [
        Department(id=f"{id}-emergency", code="emergency_management", label="应急管理局", division=division),
        Department(id=f"{id}-market", code="market_regulation", label="市场监督管理局", division=division),
    ]
    bodies = [
        ActingBody(id=f"{id}-body", label="应急管理局", division=division, departments=["emergency_management"]),
    ]
    people = []
    for role in Role:
        person = Person(
            id=f"{id}-{role.value}",
            name=f"{label}测试{role.value}",
            roles=frozenset({role}),
            department_id=departments[0].id,
            acting_body_id=bodies[0].id,
            certificates=[Certificate(number="GX0001", valid_from=date(2025, 1, 1), valid_to=date(2030, 1, 1))],
        )
        people.append(person)
        site.people[id, role] = person
    tenant = Tenant(id=id, label=label, kind=TenantKind.CITY, divisions=[division], is_synthetic=True)
    operator = Actor(tenant=PLATFORM, person_id="operator", name="运营", roles=frozenset({Role.PLATFORM_OPERATOR}))
    roster = Roster(departments=departments, acting_bodies=bodies, people=people)
    act = Act(actor=operator, at=bootstrap.clock()())
    onboard_tenant(bootstrap.store(), PLATFORM, act, tenant=tenant, roster=roster)


@contextmanager
def open_site(environment: Mapping[str, str] | None = None, cloud: str = EMULATOR) -> Iterator[Site]:
    """A fresh site on an empty cloud, its clock at NOW. cloud: one that a browser can reach, where it uploads."""
    wanted = {**OIDC, **(environment or {})}
    before = {name: os.environ.get(name) for name in wanted}
    kept = keys.key_cache
    os.environ.update(wanted)
    try:
        with cloud_at(cloud):
            bootstrap.set_clock(lambda: NOW)
            keys.key_cache = KeyCache(fetch=lambda url: public_keys())
            site = Site()
            _onboard(site, TENANT_A, "南宁市", "450100000000")
            _onboard(site, TENANT_B, "北海市", "450500000000")
            yield site
    finally:
        keys.key_cache = kept
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
        bootstrap.reset()


def at(moment: datetime) -> None:
    """Set the clock of the site."""
    bootstrap.set_clock(lambda: moment)


def later(**passed: float) -> None:
    """Move the clock to NOW plus this (keywords of timedelta)."""
    at(NOW + timedelta(**passed))
