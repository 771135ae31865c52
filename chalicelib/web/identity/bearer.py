"""API callers: the bearer token of a request leads to one membership, of a person or of a system client."""

from datetime import timedelta

from chalicelib import bootstrap
from chalicelib.domain.errors import YijianshiError
from chalicelib.domain.session import Identity, Membership
from chalicelib.observability import logger
from chalicelib.services.tenancy.bind_identity import identity_id
from chalicelib.settings import settings
from chalicelib.web.errors import InvalidTokenError, NoMembershipError, TenantNotChosenError
from chalicelib.web.identity import keys
from chalicelib.web.identity.tokens import is_own_client, verify_access_token
from chalicelib.web.request import WebRequest

TENANT_HEADER = "x-tenant"
SCOPE_PREFIX = "yijianshi/"
"""Of our resource server at the identity provider; a provider without one gives the scope's bare name."""
_TOUCH_EVERY = timedelta(minutes=10)


def bearer_membership(request: WebRequest) -> Membership:
    """Who the token's subject is. With several memberships the header `X-Tenant` picks one of them, never another."""
    scheme, _, token = request.header("authorization").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise InvalidTokenError(reason="scheme")
    provider = settings().identity
    claims = verify_access_token(token.strip(), provider, keys.key_cache, now=request.now, may_be_registered=True)
    identity = bootstrap.store().identities.lookup(identity_id(provider.issuer, claims["sub"]))
    member = identity.memberships[0] if identity and identity.memberships else None
    if not is_own_client(claims, provider) and not (member and member.client_id):
        raise InvalidTokenError(reason="client")
    if identity is None or member is None:
        raise NoMembershipError()
    if member.client_id:
        request.scopes = frozenset(str(claims.get("scope", "")).replace(SCOPE_PREFIX, "").split())
        _touch(identity, request)
    wanted = request.header(TENANT_HEADER)
    memberships = [one for one in identity.memberships if not wanted or one.tenant == wanted]
    if not memberships:
        raise NoMembershipError()
    if len(memberships) > 1:
        raise TenantNotChosenError()
    return memberships[0]


def _touch(identity: Identity, request: WebRequest) -> None:
    """Note that a client is in use. Never fails a call: a lost race means that another call noted it."""
    if identity.used_at is not None and request.now - identity.used_at < _TOUCH_EVERY:
        return
    identity.used_at = request.now
    try:
        bootstrap.store().identities.bind(identity)
    except YijianshiError as error:
        logger.info("client not touched", code=error.code)
