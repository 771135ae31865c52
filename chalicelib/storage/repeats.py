"""Answers kept for a repeat with the same idempotency key, for one day, in the partition of that key alone.

They carry no event: nothing rests on them. What makes a repeat harmless is the marker in the transaction of the act.
"""

from datetime import datetime

from pynamodb.exceptions import DoesNotExist

from chalicelib.domain.tenancy import TenantId
from chalicelib.storage import keys
from chalicelib.storage.errors import translated
from chalicelib.storage.table import PointerItem


class Repeats:
    """By the digest of person and key."""

    def find(self, tenant: TenantId, id: str, now: datetime) -> str | None:
        """What was kept, unless its time is over (the table forgets it some hours later)."""
        key = keys.repeat(tenant, id)
        try:
            with translated():
                item = PointerItem.get(key.partition, key.sort, consistent_read=True)
        except DoesNotExist:
            return None
        return item.body if item.expires_at and item.expires_at > now.timestamp() else None

    def keep(self, tenant: TenantId, id: str, text: str, until: datetime) -> None:
        key = keys.repeat(tenant, id)
        item = PointerItem(key.partition, key.sort, body=text, expires_at=int(until.timestamp()))
        with translated():
            item.save()
