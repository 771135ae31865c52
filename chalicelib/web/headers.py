"""Headers of every answer (trust design §5)."""

from collections.abc import MutableMapping
from typing import Any

from chalicelib.settings import settings
from chalicelib.web.routing import Face

_HSTS = "max-age=31536000; includeSubDomains"


def content_security_policy(upload_origin: str) -> str:
    """The policy; the one foreign origin is the bucket's, where photos go up and come from."""
    own = f"'self' {upload_origin}".rstrip()
    images = f"'self' data: blob: {upload_origin}".rstrip()
    return "; ".join(
        [
            "default-src 'none'",
            "script-src 'self'",
            "style-src 'self'",
            "style-src-attr 'unsafe-inline'",
            "font-src 'self'",
            "manifest-src 'self'",
            "worker-src 'self'",
            f"img-src {images}",
            f"connect-src {own}",
            "form-action 'self'",
            "base-uri 'none'",
            "object-src 'none'",
            "frame-ancestors 'none'",
        ]
    )


def add_headers(headers: MutableMapping[str, Any], face: Face, *, is_https: bool, locale: str) -> None:
    """Puts in what is missing; an answer may have set its own Cache-Control."""
    headers["Content-Security-Policy"] = content_security_policy(settings().upload_origin)
    headers["X-Content-Type-Options"] = "nosniff"
    headers["Referrer-Policy"] = "same-origin"
    headers["Cross-Origin-Opener-Policy"] = "same-origin"
    headers["Cross-Origin-Resource-Policy"] = "same-origin"
    headers["Permissions-Policy"] = "camera=(self), geolocation=(self), microphone=(), payment=(), usb=()"
    headers["X-Frame-Options"] = "DENY"
    if is_https:
        headers["Strict-Transport-Security"] = _HSTS
    headers.setdefault("Cache-Control", "private, no-cache" if face in (Face.PUBLIC, Face.STATIC) else "no-store")
    if str(headers.get("Content-Type", "")).startswith("text/html"):
        headers["Content-Language"] = {"zh": "zh-CN"}.get(locale, locale)
        headers["Vary"] = "Accept-Language, Cookie, HX-Request"
