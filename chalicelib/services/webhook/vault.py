"""Signing secrets at rest: AES-256-GCM under a key from the application's secret, bound to tenant and endpoint."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from datetime import datetime, timedelta

from chalicelib.domain.notification import stable_id
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.webhook import WebhookSecret
from chalicelib.domain.webhook_rules import webhook_rules
from chalicelib.domain.webhook_signing import new_secret

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


def made_secret(vault: Vault, tenant: TenantId, owner_id: str, at: datetime) -> tuple[WebhookSecret, str]:
    """A new signing secret, closed and open. owner_id: what it is bound to."""
    secret = new_secret()
    return WebhookSecret(id=stable_id(secret)[:8], sealed=vault.close(tenant, owner_id, secret), made_at=at), secret


def renewed(held: Sequence[WebhookSecret], made: WebhookSecret) -> list[WebhookSecret]:
    """The new secret, and the one before it until the overlap of the rules ends."""
    ends_at = made.made_at + timedelta(hours=webhook_rules().rotation_overlap_hours)
    return [made, *(one.model_copy(update={"ends_at": ends_at}) for one in held[:1])]


def _bound(tenant: TenantId, endpoint_id: str) -> bytes:
    return f"{tenant}/{endpoint_id}".encode()
