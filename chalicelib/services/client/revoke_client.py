"""Revoke a system client: from its next call on its tokens open nothing."""

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import IllegalTransitionError
from chalicelib.domain.event import EventType
from chalicelib.domain.system_client import SystemClient
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.storage.store import Store


@idempotent
def revoke_client(store: Store, tenant: TenantId, act: Act, *, client_id: str, reason: str) -> SystemClient:
    """The revoked client; it stays in the list. It is not restored: register it anew under another provider subject."""
    require(act.actor, Permission.CLIENT_MANAGE)
    client = store.system_clients.get(tenant, client_id)
    if not client.is_active:
        raise IllegalTransitionError(state="revoked", step="revoke_client")
    revoked = client.with_changes(revoked_by=act.actor.person_id, revoked_at=act.at)
    with store.change(tenant, act) as change:
        change.save(revoked)
        change.event(EventType.CLIENT_REVOKED, revoked, {"reason": reason})
    return revoked
