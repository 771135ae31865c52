"""API callers: the bearer token of a request leads to one membership."""

from chalicelib import bootstrap
from chalicelib.domain.session import Membership
from chalicelib.services.tenancy.bind_identity import identity_id
from chalicelib.settings import settings
from chalicelib.web.errors import InvalidTokenError, NoMembershipError, TenantNotChosenError
from chalicelib.web.identity import keys
from chalicelib.web.identity.tokens import verify_access_token
from chalicelib.web.request import WebRequest

TENANT_HEADER = "x-tenant"


def bearer_membership(request: WebRequest) -> Membership:
    """Who the token's subject is. With several memberships the header `X-Tenant` picks one of them, never another."""
    scheme, _, token = request.header("authorization").partition(" ")
    if scheme.lower() != "bearer" or not token.strip():
        raise InvalidTokenError(reason="scheme")
    provider = settings().identity
    claims = verify_access_token(token.strip(), provider, keys.key_cache, now=request.now)
    identity = bootstrap.store().identities.lookup(identity_id(provider.issuer, claims["sub"]))
    if identity is None or not identity.memberships:
        raise NoMembershipError()
    wanted = request.header(TENANT_HEADER)
    memberships = [one for one in identity.memberships if not wanted or one.tenant == wanted]
    if not memberships:
        raise NoMembershipError()
    if len(memberships) > 1:
        raise TenantNotChosenError()
    return memberships[0]
