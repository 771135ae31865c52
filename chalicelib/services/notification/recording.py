"""Stands in for a gateway where none is set up (never in production): writes down what would have left.

Kept below the tenant's files, one object per message; `yijianshi outbox <tenant>` and the message's page show it.
"""

import json

from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.notification_rules import Channel
from chalicelib.domain.record import new_id
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.notification.channels import Outgoing, Receipt
from chalicelib.storage import keys
from chalicelib.storage.store import Store

AREA = "outbox"


class RecordingGateway:
    """Delivers to a file, at once; a text message only takes its way where the tenant has a secret for receipts, so
    that one has to tell that it arrived."""

    def __init__(self, store: Store, channel: Channel) -> None:
        self._store, self._channel = store, channel

    def send(self, message: Outgoing) -> Receipt:
        told = {"channel": self._channel.value, "to": message.address, "text": message.text, "link": message.link}
        key = keys.object_key(message.tenant, AREA, f"{message.id}.json")
        body = json.dumps(told, ensure_ascii=False).encode()
        self._store.objects.put(message.tenant, key, body, "application/json")
        has_receipts = self._channel is Channel.SMS and self._store.receipt_keys.find(message.tenant, message.tenant)
        return Receipt(False, f"recorded-{new_id()}") if has_receipts else Receipt(True, "recorded")


def recorded(store: Store, tenant: TenantId, message_id: str) -> dict[str, str] | None:
    """{"channel", "to", "text", "link"} of a message that the stand-in took; None when none did."""
    try:
        found: dict[str, str] = json.loads(
            store.objects.read(tenant, keys.object_key(tenant, AREA, f"{message_id}.json"))
        )
    except RecordNotFoundError:
        return None
    return found
