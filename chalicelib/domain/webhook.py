"""Endpoints of other systems to which a tenant has events pushed, and each delivery with its attempts."""

import json
from datetime import datetime, timedelta
from enum import StrEnum
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.event import EventType
from chalicelib.domain.notification import stable_id
from chalicelib.domain.record import Record, Ref, UtcTime, timestamp
from chalicelib.domain.tenancy import Role, TenantId, role_owner
from chalicelib.domain.todo import Todo
from chalicelib.domain.webhook_rules import webhook_rules

KEPT_DAYS = 60
TEST = "webhook_test"
"""Type of the event that only checks whether an endpoint answers."""


class WebhookSecret(BaseModel):
    """A signing secret, encrypted under the application's. ends_at: until when the one before still signs as well."""

    model_config = ConfigDict(frozen=True)

    id: str
    sealed: str = Field(repr=False)
    made_at: UtcTime
    ends_at: UtcTime | None = None

    def holds_at(self, now: datetime) -> bool:
        return self.ends_at is None or now < self.ends_at


class WebhookEndpoint(Record):
    """failing_since: the first failure since the last success. disabled_by: a person id, or `system` after too many."""

    KIND: ClassVar[str] = "webhook_endpoint"

    url: str = Field(max_length=500)
    label: str = Field(min_length=1, max_length=60)
    event_types: frozenset[EventType] = Field(min_length=1)
    secrets: list[WebhookSecret] = Field(min_length=1, max_length=3)
    registered_by: str
    registered_at: UtcTime
    failing_since: UtcTime | None = None
    succeeded_at: UtcTime | None = None
    disabled_at: UtcTime | None = None
    disabled_by: str = ""

    @property
    def is_active(self) -> bool:
        return self.disabled_at is None

    def secrets_at(self, now: datetime) -> list[WebhookSecret]:
        return [one for one in self.secrets if one.holds_at(now)]

    def is_to_be_disabled(self, now: datetime) -> bool:
        limit = timedelta(days=webhook_rules().disable_after_days)
        return self.failing_since is not None and now - self.failing_since >= limit

    def todos(self) -> list[Todo]:
        """What waits at a disabled endpoint: the administrators look after the receiver."""
        if self.disabled_at is None or self.disabled_by != "system":
            return []
        owner = role_owner(Role.SYSTEM_ADMINISTRATOR)
        return [Todo.of(self.ref, owner, "webhook_disabled", self.label, at=self.disabled_at)]


class DeliveryState(StrEnum):
    QUEUED = "queued"
    FAILED = "failed"
    DELIVERED = "delivered"
    GIVEN_UP = "given_up"


class DeliveryAttempt(BaseModel):
    """One try. status: of the HTTP answer, 0 without one; reason: a stable code, empty when it went well."""

    model_config = ConfigDict(frozen=True)

    at: UtcTime
    status: int = 0
    reason: str = ""


class WebhookDelivery(Record):
    """One event for one endpoint. `id` goes out as `webhook-id` and stays the same at every attempt."""

    KIND: ClassVar[str] = "webhook_delivery"

    endpoint_id: str
    event_id: str
    event_type: str
    about: Ref
    occurred_at: UtcTime
    created_at: UtcTime
    state: DeliveryState = DeliveryState.QUEUED
    next_attempt_at: UtcTime | None = None
    attempts: list[DeliveryAttempt] = Field(default_factory=list)
    tries: int = 0

    @classmethod
    def of(
        cls,
        endpoint: WebhookEndpoint,
        event_id: str,
        event_type: str,
        about: Ref,
        *,
        occurred_at: datetime,
        at: datetime,
    ) -> "WebhookDelivery":
        """The delivery of this event to this endpoint: there is one of each."""
        return cls(
            id=stable_id(endpoint.id, event_id),
            endpoint_id=endpoint.id,
            event_id=event_id,
            event_type=event_type,
            about=about,
            occurred_at=occurred_at,
            created_at=at,
            next_attempt_at=at,
        )

    @property
    def is_waiting(self) -> bool:
        return self.state in (DeliveryState.QUEUED, DeliveryState.FAILED)

    @property
    def expires_at(self) -> datetime:
        return self.created_at + timedelta(days=KEPT_DAYS)

    def is_due(self, now: datetime) -> bool:
        return self.is_waiting and self.next_attempt_at is not None and self.next_attempt_at <= now

    def body(self, tenant: TenantId, base_url: str) -> bytes:
        """What is sent: type, identifiers, time and link; the receiver asks the API for the rest, as itself."""
        path = webhook_rules().link(self.about.kind, self.about.id)
        data = {
            "event_id": self.event_id,
            "tenant": tenant,
            "record": {"kind": self.about.kind, "id": self.about.id},
            "link": f"{base_url}{path}" if path else None,
        }
        told = {"type": self.event_type, "timestamp": timestamp(self.occurred_at), "data": data}
        return json.dumps(told, separators=(",", ":"), ensure_ascii=True).encode()

    def succeeded(self, at: datetime, status: int) -> "WebhookDelivery":
        return self._after(DeliveryAttempt(at=at, status=status), state=DeliveryState.DELIVERED, next_attempt_at=None)

    def refused(self, at: datetime, status: int, reason: str, *, is_final: bool = False) -> "WebhookDelivery":
        pause = None if is_final else webhook_rules().pause_after(self.tries + 1)
        return self._after(
            DeliveryAttempt(at=at, status=status, reason=reason),
            state=DeliveryState.GIVEN_UP if pause is None else DeliveryState.FAILED,
            next_attempt_at=None if pause is None else at + timedelta(seconds=pause),
            tries=self.tries + 1,
        )

    def redelivered(self, at: datetime) -> "WebhookDelivery":
        """Somebody asked for it again; it may fail as often as a new one."""
        return self.with_changes(state=DeliveryState.QUEUED, next_attempt_at=at, tries=0)

    def _after(self, tried: DeliveryAttempt, **changes: object) -> "WebhookDelivery":
        return self.with_changes(attempts=[*self.attempts, tried][-12:], **changes)
