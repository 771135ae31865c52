"""Server-side sessions and the identities that lead to people. Both live in the reserved tenant `platform`."""

from datetime import datetime
from typing import ClassVar

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.record import Record, UtcTime
from chalicelib.domain.tenancy import TenantId


class Membership(BaseModel):
    """One person of one tenant whom an identity may act as."""

    model_config = ConfigDict(frozen=True)

    tenant: TenantId
    person_id: str
    label: str = ""


class Identity(Record):
    """What an identity provider calls somebody. `id` is the SHA-256 (hex) of issuer and subject."""

    KIND: ClassVar[str] = "identity"

    memberships: list[Membership]


class Session(Record):
    """A signed-in browser. `id` is the SHA-256 (hex) of the cookie's value, which is stored nowhere."""

    KIND: ClassVar[str] = "session"

    identity_id: str
    memberships: list[Membership]
    membership: Membership | None = None
    csrf_token: str
    created_at: UtcTime
    seen_at: UtcTime
    id_token_hint: str = Field(default="")

    def is_alive(self, now: datetime, idle_seconds: int, absolute_seconds: int) -> bool:
        idle, age = (now - self.seen_at).total_seconds(), (now - self.created_at).total_seconds()
        return idle <= idle_seconds and age <= absolute_seconds
