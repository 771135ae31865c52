"""Tokens of the provider, verified by us: signature by an allowed algorithm, issuer, times, and for whom made."""

from datetime import datetime
from hmac import compare_digest
from typing import Any

from chalicelib.settings import IdentitySettings
from chalicelib.web.errors import InvalidTokenError
from chalicelib.web.identity.keys import KeyCache

LEEWAY_SECONDS = 30
_MAX_TOKEN_CHARACTERS = 8192
_ACCESS_TYPES = ("jwt", "at+jwt", "application/at+jwt")


def verify_id_token(
    token: str, provider: IdentitySettings, keys: KeyCache, *, nonce: str, now: datetime
) -> dict[str, Any]:
    """Claims of the ID token that answers our request (OpenID Connect Core 3.1.3.7); InvalidTokenError otherwise."""
    _, claims = _verified(token, provider, keys, now)
    audiences = _audiences(claims)
    if provider.client_id not in audiences:
        raise InvalidTokenError(reason="audience")
    if len(audiences) > 1 and claims.get("azp") != provider.client_id:
        raise InvalidTokenError(reason="authorised party")
    if claims.get("token_use", "id") != "id":
        raise InvalidTokenError(reason="token use")
    if not compare_digest(str(claims.get("nonce", "")).encode(), nonce.encode()):
        raise InvalidTokenError(reason="nonce")
    return claims


def verify_access_token(
    token: str, provider: IdentitySettings, keys: KeyCache, *, now: datetime, may_be_registered: bool = False
) -> dict[str, Any]:
    """Claims of an access token for this API; InvalidTokenError otherwise.

    A token with `aud` must name our audience (RFC 9068); Cognito's carry `client_id` instead, one of ours.
    may_be_registered: also a client that is its own subject (client credentials); the caller then has to find it among
    the registered system clients.
    """
    header, claims = _verified(token, provider, keys, now)
    if str(header.get("typ", "JWT")).lower() not in _ACCESS_TYPES:
        raise InvalidTokenError(reason="type")
    if claims.get("token_use", "access") != "access" or "nonce" in claims:
        raise InvalidTokenError(reason="token use")
    audiences = _audiences(claims)
    if audiences:
        if not provider.audience or provider.audience not in audiences:
            raise InvalidTokenError(reason="audience")
    elif not is_own_client(claims, provider) and not (may_be_registered and claims.get("client_id") == claims["sub"]):
        raise InvalidTokenError(reason="client")
    return claims


def is_own_client(claims: dict[str, Any], provider: IdentitySettings) -> bool:
    """Whether the token was made for our audience or by a client that the settings name."""
    return bool(_audiences(claims)) or claims.get("client_id") in {provider.client_id, *provider.api_clients} - {""}


def _verified(
    token: str, provider: IdentitySettings, keys: KeyCache, now: datetime
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Header and claims of a signed token whose signature, issuer and times hold."""
    from joserfc import jws, jwt
    from joserfc.errors import JoseError

    if not provider.issuer or not provider.key_url:
        raise InvalidTokenError(reason="no provider")
    if len(token) > _MAX_TOKEN_CHARACTERS:
        raise InvalidTokenError(reason="too long")
    try:
        header = jws.extract_compact(token.encode()).headers()
        if header.get("alg") not in provider.algorithms:
            raise InvalidTokenError(reason="algorithm")
        kid = header.get("kid")
        found = keys.keys(provider.key_url, kid=kid if isinstance(kid, str) else None)
        claims = jwt.decode(token, found, algorithms=list(provider.algorithms)).claims
        registry = jwt.JWTClaimsRegistry(
            now=int(now.timestamp()),
            leeway=LEEWAY_SECONDS,
            iss={"essential": True, "value": provider.issuer},
            sub={"essential": True},
            exp={"essential": True},
        )
        registry.validate(claims)
    except (JoseError, ValueError, TypeError) as error:
        raise InvalidTokenError(reason=type(error).__name__) from error
    return dict(header), claims


def _audiences(claims: dict[str, Any]) -> list[str]:
    found = claims.get("aud")
    return [] if found is None else [found] if isinstance(found, str) else [str(one) for one in found]
