"""Signing secrets at rest: AES-256-GCM under a key from the application's secret, bound to tenant and endpoint."""

import base64
import hashlib
import hmac
import secrets

from chalicelib.domain.tenancy import TenantId

_NONCE_BYTES = 12


class Vault:
    """Opens and closes secrets; made by the composition root."""

    def __init__(self, application_secret: bytes) -> None:
        self._key = hmac.new(application_secret, b"webhook-secrets", hashlib.sha256).digest()

    def close(self, tenant: TenantId, endpoint_id: str, secret: str) -> str:
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        nonce = secrets.token_bytes(_NONCE_BYTES)
        sealed = AESGCM(self._key).encrypt(nonce, secret.encode(), _bound(tenant, endpoint_id))
        return base64.b64encode(nonce + sealed).decode()

    def open(self, tenant: TenantId, endpoint_id: str, sealed: str) -> str:
        """Raises cryptography's InvalidTag when it was closed for another endpoint or under another secret."""
        from cryptography.hazmat.primitives.ciphers.aead import AESGCM

        content = base64.b64decode(sealed)
        nonce, rest = content[:_NONCE_BYTES], content[_NONCE_BYTES:]
        return AESGCM(self._key).decrypt(nonce, rest, _bound(tenant, endpoint_id)).decode()


def _bound(tenant: TenantId, endpoint_id: str) -> bytes:
    return f"{tenant}/{endpoint_id}".encode()
