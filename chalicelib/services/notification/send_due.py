"""The clock's part in sending: what is due and waits goes to the queue. It may be there already; the worker looks."""

from datetime import datetime

from chalicelib.domain.tenancy import TenantId
from chalicelib.storage.queues import Queues
from chalicelib.storage.store import Store

MOST = 500


def send_due(store: Store, queues: Queues, tenant: TenantId, now: datetime) -> int:
    """How many messages and pushed events were brought to the queue; the rest follows at the next tick."""
    messages = store.notification_messages.due(tenant, now, MOST)
    deliveries = store.webhook_deliveries.due(tenant, now, MOST)
    for record in (*messages, *deliveries):
        queues.send_outbound(tenant, record.KIND, record.id)
    return len(messages) + len(deliveries)
