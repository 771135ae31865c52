"""Cookies: all `__Host-`, so that no other host and no plain page can set or read them; none readable by scripts."""

from http.cookies import CookieError

SESSION = "__Host-session"
LOGIN = "__Host-login"
JOIN = "__Host-join"
FLASH = "__Host-flash"
VISITOR = "__Host-visitor"
LOCALE = "__Host-locale"


def set_cookie(name: str, value: str, *, max_age: int | None = None) -> str:
    """A Set-Cookie value. `max_age` in seconds; None lasts until the browser closes.

    SameSite is Lax, not Strict: the way back from the identity provider is a cross-site navigation that must find
    the login cookie, and the page after it the session. Raises CookieError on a value that would break the header.
    """
    if any(character in value for character in ';,\r\n "\\') or not value.isascii():
        raise CookieError(f"not a cookie value for {name}")
    lifetime = "" if max_age is None else f"; Max-Age={max_age}"
    return f"{name}={value}; Path=/; Secure; HttpOnly; SameSite=Lax{lifetime}"


def clear_cookie(name: str) -> str:
    return set_cookie(name, "", max_age=0)


def parse_cookies(header: str) -> dict[str, str]:
    """Name to value; the first of a repeated name counts, as browsers send the most specific first."""
    found: dict[str, str] = {}
    for pair in header.split(";"):
        name, separator, value = pair.strip().partition("=")
        if separator:
            found.setdefault(name.strip(), value.strip())
    return found
