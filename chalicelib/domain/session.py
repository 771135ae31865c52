"""Server-side sessions and the identities that lead to people. Both live in the reserved tenant `platform`."""

from datetime import datetime
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.record import Record, UtcTime
from chalicelib.domain.tenancy import TenantId


class Membership(BaseModel):
    """One person of one tenant whom an identity may act as, or the system client that it is (`client_id`)."""

    model_config = ConfigDict(frozen=True)

    tenant: TenantId
    person_id: str
    label: str = ""
    client_id: str = ""


class Identity(Record):
    """What an identity provider calls somebody. `id` is the SHA-256 (hex) of issuer and subject.

    used_at: when a system client last called, to ten minutes.
    """

    KIND: ClassVar[str] = "identity"

    memberships: list[Membership]
    used_at: UtcTime | None = None


class Session(Record):
    """A signed-in browser. `id` is the SHA-256 (hex) of the cookie's value, which is stored nowhere.

    deputy_id: the appointment under which this browser acts for somebody else.
    """

    KIND: ClassVar[str] = "session"

    identity_id: str
    memberships: list[Membership]
    membership: Membership | None = None
    deputy_id: str | None = None
    csrf_token: str
    created_at: UtcTime
    seen_at: UtcTime
    id_token_hint: str = Field(default="")

    def is_alive(self, now: datetime, idle_seconds: int, absolute_seconds: int) -> bool:
        idle, age = (now - self.seen_at).total_seconds(), (now - self.created_at).total_seconds()
        return idle <= idle_seconds and age <= absolute_seconds
