"""The HTTP API, version 1: JSON in and out below `/api/v1`, problem documents (RFC 9457) for errors.

Every route is declared with `route(…)` like a page. A caller brings a bearer token, or the session of a page together
with `X-CSRF-Token`. Writes take `Idempotency-Key` (a ULID): the same key again is the same act.
"""

PREFIX = "/api/v1"
