"""Parts of the API's description that every call refers to: who may call, headers in and out."""

from typing import Any

from chalicelib.settings import settings
from chalicelib.web.api.parameters import pattern_of
from chalicelib.web.api.repeats import KEY_PATTERN, RETENTION

SCOPES = {"read": "read what the client's role may read", "write": "also change what its role may change"}


def security_schemes() -> dict[str, Any]:
    """The ways to authenticate, as OpenAPI names them."""
    token_url = settings().identity.token_url or "https://identity.example/oauth2/token"
    return {
        "bearer": {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": "access token of a person",
        },
        "client": {
            "type": "oauth2",
            "description": "access token of a system client, from the identity provider",
            "flows": {"clientCredentials": {"tokenUrl": token_url, "scopes": SCOPES}},
        },
        "session": {"type": "apiKey", "in": "cookie", "name": "__Host-session", "description": "session of our pages"},
        "signature": {
            "type": "apiKey",
            "in": "header",
            "name": "webhook-signature",
            "description": "`v1,` and the HMAC-SHA256 (base64) of `{webhook-id}.{webhook-timestamp}.{body}` under the "
            "tenant's secret, as Standard Webhooks 1.0.0 says",
        },
        "csrf": {"type": "apiKey", "in": "header", "name": "X-CSRF-Token", "description": "token of that session"},
    }


def _header(description: str, **schema: Any) -> dict[str, Any]:
    return {"description": description, "schema": {"type": "string", **schema}}


HEADER_NAMES = {
    "RequestId": "X-Request-Id",
    "ETag": "ETag",
    "Location": "Location",
    "RateLimit": "RateLimit",
    "RateLimitPolicy": "RateLimit-Policy",
}
HEADERS = {
    "RequestId": _header("reference of this request"),
    "ETag": _header("version of the record"),
    "Location": _header("address of what was made"),
    "RetryAfter": {"description": "seconds to wait", "schema": {"type": "integer", "minimum": 0}},
    "Authenticate": _header("how to authenticate (RFC 6750)"),
    "RateLimit": _header("calls left (r) and seconds until they are counted anew (t)"),
    "RateLimitPolicy": _header("limit (q) and its window in seconds (w)"),
}


def _parameter(name: str, description: str, *, required: bool = False, **schema: Any) -> dict[str, Any]:
    return {
        "name": name,
        "in": "header",
        "required": required,
        "description": description,
        "schema": {"type": "string", **schema},
    }


PARAMETERS = {
    "AcceptLanguage": _parameter("Accept-Language", "language of the words: zh or en", enum=["zh", "en"]),
    "Tenant": _parameter("X-Tenant", "which tenant, for a token with several", pattern=pattern_of("tenant")),
    "IdempotencyKey": _parameter(
        "Idempotency-Key",
        "a ULID or UUID of the caller's own: the same call again under it is the same act; its answer is kept for "
        f"{int(RETENTION.total_seconds() // 3600)} hours",
        pattern=KEY_PATTERN,
    ),
    "WebhookId": _parameter(
        "webhook-id", "names what is told: under the same id it is told once", required=True, pattern="^[!-~]{1,200}$"
    ),
    "WebhookTimestamp": _parameter(
        "webhook-timestamp",
        "seconds since 1970, at most five minutes away",
        required=True,
        pattern="^[0-9]{1,12}$",
    ),
    "IfMatch": _parameter("If-Match", "the `ETag` that was read", pattern=r'^(\*|"[!#-~]*")$'),
    "IfNoneMatch": _parameter("If-None-Match", "the `ETag` that the caller has", pattern=r'^(\*|"[!#-~]*")$'),
}
