"""The secret under which a tenant's gateway for text messages signs what it tells of them later."""

from datetime import datetime
from typing import ClassVar

from pydantic import Field

from chalicelib.domain.record import Record, UtcTime
from chalicelib.domain.webhook import WebhookSecret


class ReceiptKey(Record):
    """`id` is the tenant's: there is one. secrets: the newest first; the one before holds until the overlap ends."""

    KIND: ClassVar[str] = "receipt_key"

    secrets: list[WebhookSecret] = Field(min_length=1, max_length=2)
    made_by: str

    @property
    def made_at(self) -> UtcTime:
        return self.secrets[0].made_at

    def secrets_at(self, now: datetime) -> list[WebhookSecret]:
        return [one for one in self.secrets if one.holds_at(now)]
