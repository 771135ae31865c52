"""One act: who does it, when, and the key under which a retry is recognised."""

from hashlib import sha256

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.record import Ref, UtcTime, new_id
from chalicelib.domain.tenancy import Actor


class Act(BaseModel):
    """Passed to every service that changes state.

    key: ULID made by the caller (a form, a phone, an API client); the same key again is the same act.
    seen: the record that the caller had read and its version then; to change another version of it is a conflict.
    """

    model_config = ConfigDict(frozen=True)

    actor: Actor
    at: UtcTime
    key: str = Field(default_factory=new_id, min_length=8, max_length=80, pattern=r"^[A-Za-z0-9:._-]+$")
    seen: tuple[Ref, int] | None = None

    def part(self, name: str) -> "Act":
        """A step of this act with a key of its own, for work done in several transactions."""
        key = f"{self.key}.{name}"
        # A key that was cut off would make two parts one, and the second would never be done.
        short = key if len(key) <= 80 else sha256(key.encode()).hexdigest()
        # What was seen holds for the first step; the next ones follow from it.
        return self.model_copy(update={"key": short, "seen": None})
