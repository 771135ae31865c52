"""Limits on how often something may be asked: past one, 429 with Retry-After.

Counters live in tenant `platform` and forget themselves. Count before the work that the limit protects.
"""

from chalicelib import bootstrap
from chalicelib.web.request import WebRequest


def limit_address(request: WebRequest, name: str, limit: int, window_seconds: int) -> None:
    """At most `limit` per window from the address that the gateway saw (sign-in, public intake)."""
    _hit(request, f"{name}:address:{request.address}", limit, window_seconds)


def limit_person(request: WebRequest, name: str, limit: int, window_seconds: int) -> None:
    """At most `limit` per window for the person at work (exports)."""
    _hit(request, f"{name}:person:{request.tenant}:{request.actor.person_id}", limit, window_seconds)


def limit_tenant(request: WebRequest, name: str, limit: int, window_seconds: int) -> None:
    """At most `limit` per window for everybody of the tenant together."""
    _hit(request, f"{name}:tenant:{request.tenant}", limit, window_seconds)


def _hit(request: WebRequest, name: str, limit: int, window_seconds: int) -> None:
    bootstrap.store().limits.hit(name, limit, window_seconds, request.now)
