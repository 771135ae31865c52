"""Limits on how often something may be asked: past one, 429 with Retry-After.

Counters live in tenant `platform` and forget themselves. Count before the work that the limit protects.
"""

import threading
from dataclasses import dataclass
from datetime import datetime
from hmac import digest

from chalicelib import bootstrap
from chalicelib.settings import settings
from chalicelib.web.errors import TooManyRequestsError
from chalicelib.web.request import WebRequest

WINDOW_SECONDS = 60
SIGN_IN_SECONDS = 5 * 60
WORK_SECONDS = 60 * 60
_SHARES = 20
_MOST_NAMES = 10_000


def limit_address(request: WebRequest, name: str, limit: int, window_seconds: int) -> None:
    """At most `limit` per window from the address that the gateway saw (sign-in, public intake); many may share it."""
    _hit(request, f"{name}:address:{address_digest(request)}", limit, window_seconds)


def limit_person(request: WebRequest, name: str, limit: int, window_seconds: int) -> None:
    """At most `limit` per window for the person at work."""
    _hit(request, f"{name}:person:{request.tenant}:{request.actor.person_id}", limit, window_seconds)


def limit_tenant(request: WebRequest, name: str, limit: int, window_seconds: int) -> None:
    """At most `limit` per window for everybody of the tenant together."""
    _hit(request, f"{name}:tenant:{request.tenant}", limit, window_seconds)


def limit_identity(request: WebRequest, name: str, identity_id: str, limit: int, window_seconds: int) -> None:
    """At most `limit` per window for whoever the provider says is there, whatever tenant they go to."""
    _hit(request, f"{name}:identity:{identity_id}", limit, window_seconds)


def limit_work(request: WebRequest, name: str) -> None:
    """Long work that carries data in or out (`export`, `import`, `archive`): per person, then per tenant."""
    limits = settings().limits
    limit_person(request, name, limits.work_person, WORK_SECONDS)
    limit_tenant(request, name, limits.work_tenant, WORK_SECONDS)


def address_digest(request: WebRequest) -> str:
    """The address as counters know it: without our secret nobody learns it from there."""
    return digest(bootstrap.application_secret(), request.address.encode(), "sha256").hex()[:32]


def _hit(request: WebRequest, name: str, limit: int, window_seconds: int) -> None:
    bootstrap.store().limits.hit(name, limit, window_seconds, request.now)


@dataclass(frozen=True)
class Quota:
    """What a caller of the API has left in this window. name: `person`, `client`, `public` or `signed`."""

    name: str
    limit: int
    remaining: int
    reset_seconds: int


@dataclass
class _Count:
    window: int
    known: int = 0
    untold: int = 0


class Meter:
    """Counts the calls of each caller in this process and tells the table every twentieth of the limit.

    One write for many calls, at the price of some slack: each process may let through that twentieth before it learns
    what the others counted.
    """

    def __init__(self) -> None:
        self._counts: dict[str, _Count] = {}
        self._lock = threading.Lock()

    def hit(self, kind: str, owner: str, limit: int, now: datetime) -> Quota:
        """One call more; TooManyRequestsError past the limit, which is not counted."""
        window, passed = divmod(int(now.timestamp()), WINDOW_SECONDS)
        reset = WINDOW_SECONDS - passed
        # Two tables never share a count: a process of the tests serves many.
        name = f"api:{kind}:{owner}"
        place = f"{settings().table_name}:{name}"
        with self._lock:
            count = self._counts.get(place)
            if count is None or count.window != window:
                if len(self._counts) >= _MOST_NAMES:
                    self._counts = {key: one for key, one in self._counts.items() if one.window == window}
                count = self._counts[place] = _Count(window)
            if count.known + count.untold >= limit:
                raise TooManyRequestsError(limit=limit, retry_after=reset)
            count.untold += 1
            told = count.untold if count.untold >= max(1, limit // _SHARES) else 0
            count.known, count.untold = count.known + told, count.untold - told
        if told:
            total = bootstrap.store().limits.add(name, told, WINDOW_SECONDS, now)
            with self._lock:
                count.known = max(count.known, total)
        return Quota(kind, limit, max(0, limit - count.known - count.untold), reset)


meter = Meter()


def count_call(request: WebRequest) -> None:
    """Count one call of the API for whoever makes it and note what is left. A signed call was counted before its
    signature was looked at."""
    limits, actor = settings().limits, request.person
    if request.quota is not None:
        return
    if actor is None:
        request.quota = meter.hit("public", address_digest(request), limits.public_per_minute, request.now)
        return
    owner = f"{actor.tenant}:{actor.person_id}"
    if request.client is not None:
        request.quota = meter.hit("client", owner, limits.client_per_minute, request.now)
    else:
        request.quota = meter.hit("person", owner, limits.person_per_minute, request.now)


def count_signed_call(request: WebRequest) -> None:
    """Count one call that says to be signed, by the address that it comes from."""
    request.quota = meter.hit("signed", address_digest(request), settings().limits.signed_per_minute, request.now)


def quota_headers(quota: Quota) -> dict[str, str]:
    """`RateLimit` and `RateLimit-Policy` as the IETF's draft on rate limit headers writes them."""
    return {
        "RateLimit-Policy": f'"{quota.name}";q={quota.limit};w={WINDOW_SECONDS}',
        "RateLimit": f'"{quota.name}";r={quota.remaining};t={quota.reset_seconds}',
    }
