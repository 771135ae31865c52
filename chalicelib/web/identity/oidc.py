"""Signing in: OpenID Connect authorization code with PKCE S256, state and nonce (RFC 9700, OpenID Connect Core)."""

import secrets
from base64 import urlsafe_b64encode
from dataclasses import asdict, dataclass
from datetime import datetime
from functools import cache
from hashlib import sha256
from ssl import SSLContext
from typing import Any
from urllib.parse import urlencode, urlsplit

from chalicelib.settings import IdentitySettings
from chalicelib.web.errors import IdentityUnavailableError, SignInFailedError
from chalicelib.web.identity.keys import KeyCache
from chalicelib.web.identity.tokens import verify_id_token

CALLBACK_PATH = "/login/callback"
_TIMEOUT_SECONDS = 10.0


@dataclass(frozen=True)
class LoginAttempt:
    """What one browser keeps between the way out and the way back, sealed in a cookie."""

    state: str
    nonce: str
    verifier: str
    next: str

    @classmethod
    def fresh(cls, next: str) -> "LoginAttempt":
        return cls(secrets.token_urlsafe(24), secrets.token_urlsafe(24), secrets.token_urlsafe(48), next)

    def as_dict(self) -> dict[str, str]:
        return asdict(self)


def challenge(verifier: str) -> str:
    """PKCE S256 (RFC 7636 4.2)."""
    return urlsafe_b64encode(sha256(verifier.encode("ascii")).digest()).rstrip(b"=").decode("ascii")


def redirect_url(provider: IdentitySettings) -> str:
    """The one address that the provider may send people back to."""
    return provider.redirect_base.rstrip("/") + CALLBACK_PATH


def authorization_url(provider: IdentitySettings, attempt: LoginAttempt) -> str:
    query = {
        "response_type": "code",
        "client_id": provider.client_id,
        "redirect_uri": redirect_url(provider),
        "scope": provider.scopes,
        "state": attempt.state,
        "nonce": attempt.nonce,
        "code_challenge": challenge(attempt.verifier),
        "code_challenge_method": "S256",
    }
    joint = "&" if urlsplit(provider.authorize_url).query else "?"
    return provider.authorize_url + joint + urlencode(query)


def redeem(
    provider: IdentitySettings, keys: KeyCache, attempt: LoginAttempt, code: str, *, now: datetime
) -> dict[str, Any]:
    """Claims of the ID token that the code stands for. SignInFailedError, InvalidTokenError or
    IdentityUnavailableError.
    """
    answer = _exchange(provider, attempt, code)
    token = answer.get("id_token")
    if not isinstance(token, str):
        raise SignInFailedError(reason="no id token")
    return verify_id_token(token, provider, keys, nonce=attempt.nonce, now=now)


@cache
def _trusted() -> SSLContext:
    """Whom a connection trusts, read once: httpx would read all certificates again at every sign-in."""
    import httpx

    return httpx.create_ssl_context()


def _exchange(provider: IdentitySettings, attempt: LoginAttempt, code: str) -> dict[str, Any]:
    import httpx

    form = {
        "grant_type": "authorization_code",
        "code": code,
        "redirect_uri": redirect_url(provider),
        "client_id": provider.client_id,
        "code_verifier": attempt.verifier,
    }
    credentials = (provider.client_id, provider.client_secret) if provider.client_secret else None
    try:
        answer = httpx.post(
            provider.token_url,
            data=form,
            auth=credentials,
            timeout=_TIMEOUT_SECONDS,
            follow_redirects=False,
            verify=_trusted(),
        )
        values = answer.json()
    except (httpx.HTTPError, ValueError) as error:
        raise IdentityUnavailableError(cause=type(error).__name__) from error
    if answer.status_code >= 500:
        raise IdentityUnavailableError(cause=str(answer.status_code))
    if answer.status_code != 200 or not isinstance(values, dict):
        reason = values.get("error", "") if isinstance(values, dict) else ""
        raise SignInFailedError(reason=f"token endpoint: {str(reason)[:40]}")
    return values
