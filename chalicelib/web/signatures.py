"""Machines without an account: what they tell is signed under a secret of the tenant, and holds for five minutes.

Counted and measured before anything is looked up. An address without a tenant, a tenant without a secret and a wrong
signature are answered alike.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from chalicelib import bootstrap
from chalicelib.bootstrap import ScopeRole
from chalicelib.domain.tenancy import PLATFORM, is_tenant_id
from chalicelib.domain.webhook_signing import SignatureRefusedError, check_headers, verify
from chalicelib.services.notification.receipt_key import receipt_secrets
from chalicelib.settings import settings
from chalicelib.web.errors import InvalidSignatureError, TooLargeError
from chalicelib.web.limits import count_signed_call
from chalicelib.web.request import WebRequest


@contextmanager
def signed(request: WebRequest, tenant: str) -> Iterator[None]:
    """Holds the tenant's storage scope for a request whose signature holds. Raises InvalidSignatureError,
    TooLargeError, TooManyRequestsError."""
    count_signed_call(request)
    if len(request.body) > settings().limits.signed_bytes:
        raise TooLargeError(limit=settings().limits.signed_bytes)
    headers = {name: request.header(name) for name in ("webhook-id", "webhook-timestamp", "webhook-signature")}
    try:
        check_headers(headers, request.now)
    except SignatureRefusedError as error:
        raise InvalidSignatureError(**error.details) from None
    if not is_tenant_id(tenant) or tenant == PLATFORM:
        raise InvalidSignatureError(reason="no_tenant")
    with bootstrap.scope(tenant, ScopeRole.TENANT):
        secrets = receipt_secrets(bootstrap.store(), tenant, request.now, vault=bootstrap.vault())
        if not any(_holds(secret, request, headers) for secret in secrets):
            raise InvalidSignatureError(reason="signature_differs" if secrets else "no_key")
        request.enter(tenant, None)
        yield


def _holds(secret: str, request: WebRequest, headers: dict[str, str]) -> bool:
    try:
        verify(secret, headers, request.body, request.now)
    except SignatureRefusedError:
        return False
    return True
