"""Closing a tenant (注销租户): one person asks, another confirms, everything of it is erased, a certificate stays.

Who may be the two follows from their permissions (`domain/access.py`): the coordinator of the whole tenant asks, its
security administrator confirms. The certificate names offices, nobody's name, and lies with the platform: the tenant
itself is no more.
"""

from datetime import datetime
from enum import StrEnum
from typing import Any, ClassVar

from pydantic import Field

from chalicelib.domain.checkpoint import HexDigest, HexSignature, KeyId, SignedCheckpoint, canonical
from chalicelib.domain.record import Record, UtcTime
from chalicelib.domain.tenancy import Actor, Role


class ClosingState(StrEnum):
    """`expired` is never stored: a waiting request whose time has passed is expired."""

    WAITING = "waiting"
    CONFIRMED = "confirmed"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"


class TenantClosing(Record):
    """A request to close the tenant. archive_*: the export that was fetched before, by job and hashes."""

    KIND: ClassVar[str] = "tenant_closing"

    reason: str = Field(min_length=1, max_length=400)
    archive_job_id: str
    archive_sha256: HexDigest
    manifest_sha256: HexDigest
    asked_by: str
    asked_for: str | None = None
    asked_by_name: str
    asked_role: Role
    asked_at: UtcTime
    expires_at: UtcTime | None = None
    state: ClosingState = ClosingState.WAITING
    decided_by: str | None = None
    decided_at: UtcTime | None = None

    @property
    def awaits_calendar(self) -> bool:
        return self.state is ClosingState.WAITING and self.expires_at is None

    def state_at(self, now: datetime) -> ClosingState:
        is_late = self.expires_at is not None and now > self.expires_at
        return ClosingState.EXPIRED if self.state is ClosingState.WAITING and is_late else self.state

    def may_be_confirmed_by(self, actor: Actor) -> bool:
        """Anybody but who asked, and for whom they did."""
        return not actor.is_behind(self.asked_by, self.asked_for)


class PublicClosing(Record):
    """The certificate of deletion; `id` is the closed tenant's, which nobody takes again.

    items: erased items of the table by kind, events and files; ended_at and the signature are missing while the erasing
    goes on. checkpoint: the last of the tenant's evidence log.
    """

    KIND: ClassVar[str] = "public_closing"

    label: str
    label_en: str = ""
    asked_role: Role
    asked_at: UtcTime
    confirmed_role: Role
    confirmed_at: UtcTime
    archive_sha256: HexDigest
    manifest_sha256: HexDigest
    job_id: str
    items: dict[str, int] = Field(default_factory=dict)
    files: int = Field(default=0, ge=0)
    checkpoint: SignedCheckpoint | None = None
    ended_at: UtcTime | None = None
    key_id: KeyId | None = None
    signature: HexSignature | None = None

    @property
    def is_ended(self) -> bool:
        return self.ended_at is not None

    def document(self) -> dict[str, Any]:
        """What is signed: everything but the signature, under a name of its own."""
        return {"kind": "certificate-of-deletion/1", **self.model_dump(mode="json", exclude={"signature"})}

    def signed_bytes(self) -> bytes:
        return canonical(self.document())
