"""Unsafe requests come from our own pages: where they say they come from, and a token of the session."""

from hmac import compare_digest
from urllib.parse import urlsplit

from chalicelib.settings import settings
from chalicelib.web import cookies
from chalicelib.web.errors import CrossSiteRequestError
from chalicelib.web.request import CSRF_FIELD, WebRequest, visitor_token
from chalicelib.web.routing import SAFE_METHODS

CSRF_HEADER = "x-csrf-token"


def check(request: WebRequest) -> None:
    """Raises CrossSiteRequestError. Safe methods pass: they change nothing."""
    if request.method in SAFE_METHODS:
        return
    check_origin(request)
    check_token(request)


def check_origin(request: WebRequest) -> None:
    """Sec-Fetch-Site where the browser sends it, Origin where it does; a request with neither is refused.

    Browsers add Sec-Fetch-Site on https and on 127.0.0.1 only, and Origin to every POST.
    """
    site, origin = request.header("sec-fetch-site"), request.header("origin")
    if not site and not origin:
        raise CrossSiteRequestError(reason="no origin")
    if site and site != "same-origin":
        raise CrossSiteRequestError(reason="fetch site")
    if origin and not _is_own(origin, request.header("host")):
        raise CrossSiteRequestError(reason="origin")


def check_token(request: WebRequest) -> None:
    given = request.header(CSRF_HEADER) or request.form.text(CSRF_FIELD)
    if request.session is not None:
        wanted = request.session.csrf_token
    else:
        visitor = request.cookies.get(cookies.VISITOR, "")
        wanted = visitor_token(visitor) if visitor else ""
    if not wanted or not compare_digest(given.encode(), wanted.encode()):
        raise CrossSiteRequestError(reason="token")


def _is_own(origin: str, host: str) -> bool:
    """The host that the browser called, or the public address where a front door rewrites the Host header."""
    public = urlsplit(settings().identity.redirect_base)
    found = urlsplit(origin)
    if public.netloc and (found.scheme, found.netloc) == (public.scheme, public.netloc):
        return True
    return bool(host) and found.netloc == host
