"""The secret that a gateway signs its receipts with: made or renewed by an administrator, read when one comes."""

from datetime import datetime

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.event import EventType
from chalicelib.domain.receipt_key import ReceiptKey
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.webhook.vault import Vault, made_secret, renewed
from chalicelib.storage.store import Store

OWNER = "receipt_key"
"""What the secret is bound to, besides the tenant."""


def renew_receipt_key(store: Store, tenant: TenantId, act: Act, *, vault: Vault) -> tuple[ReceiptKey, str]:
    """The key and its new secret, which is shown once: a retry of the same act gives an empty one. The one before holds
    until the overlap of the rules ends. Raises NotAllowedError."""
    require(act.actor, Permission.NOTIFICATION_MANAGE)
    if store.done(tenant, act) is not None:
        return store.receipt_keys.get(tenant, tenant), ""
    sealed, secret = made_secret(vault, tenant, OWNER, act.at)
    held = store.receipt_keys.find(tenant, tenant)
    by = act.actor.person_id
    if held is None:
        key = ReceiptKey(id=tenant, secrets=[sealed], made_by=by)
    else:
        key = held.with_changes(secrets=renewed(held.secrets, sealed), made_by=by)
    with store.change(tenant, act) as change:
        change.save(key)
        change.event(EventType.RECEIPT_KEY_RENEWED, key, {"secret_id": sealed.id})
    return key, secret


def receipt_secrets(store: Store, tenant: TenantId, now: datetime, *, vault: Vault) -> list[str]:
    """The secrets that hold now; none where the tenant has no gateway that tells anything."""
    held = store.receipt_keys.find(tenant, tenant)
    return [vault.open(tenant, OWNER, one.sealed) for one in held.secrets_at(now)] if held else []
