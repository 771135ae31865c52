"""Endpoints of a tenant, a small list, and the deliveries to each."""

from datetime import datetime

from chalicelib.domain.record import timestamp
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.webhook import WebhookDelivery, WebhookEndpoint
from chalicelib.storage import keys
from chalicelib.storage.notifications import due_page
from chalicelib.storage.repository import Page, Placement, Position, Repository


class WebhookEndpoints(Repository[WebhookEndpoint]):
    model = WebhookEndpoint

    def placement(self, tenant: TenantId, record: WebhookEndpoint) -> Placement:
        return Placement(index1=(keys.listing(tenant, "webhook_endpoint"), record.id))

    def every(self, tenant: TenantId) -> list[WebhookEndpoint]:
        return list(self.all(1, keys.listing(tenant, "webhook_endpoint")))


class WebhookDeliveries(Repository[WebhookDelivery]):
    """Index 1: an endpoint's, newest first. Index 2: those of one state. Index 3: those that wait, by due time."""

    model = WebhookDelivery

    def placement(self, tenant: TenantId, record: WebhookDelivery) -> Placement:
        sort = f"{timestamp(record.created_at)}#{record.id}"
        due = record.next_attempt_at
        return Placement(
            index1=(keys.listing(tenant, "webhook_delivery", record.endpoint_id), sort),
            index2=(keys.listing(tenant, "webhook_delivery", record.endpoint_id, record.state), sort),
            index3=(keys.listing(tenant, "webhook_due"), f"{timestamp(due)}#{record.id}") if due else None,
            expires_at=int(record.expires_at.timestamp()),
        )

    def of_endpoint(
        self, tenant: TenantId, endpoint_id: str, state: str = "", after: Position | None = None, limit: int = 25
    ) -> Page[WebhookDelivery]:
        names = ("webhook_delivery", endpoint_id, *([state] if state else []))
        partition = keys.listing(tenant, *names)
        return self.page(2 if state else 1, partition, after=after, limit=limit, is_descending=True)

    def due(self, tenant: TenantId, now: datetime, limit: int = 200) -> list[WebhookDelivery]:
        return due_page(self, keys.listing(tenant, "webhook_due"), now, limit)
