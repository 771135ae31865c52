"""What every stored record shares: an identifier, a version for optimistic locking, and references."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Annotated, Any, ClassVar, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from ulid import ULID

Clock = Callable[[], datetime]


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise ValueError("a time needs its zone")
    return value.astimezone(UTC)


UtcTime = Annotated[datetime, AfterValidator(_in_utc)]


def utc_now() -> datetime:
    """The production clock; everything else takes the time as a value."""
    return datetime.now(UTC)


def new_id() -> str:
    """A fresh ULID, 26 characters, sortable by time of making."""
    return str(ULID())


def is_id(text: str) -> bool:
    try:
        return len(text) == 26 and str(ULID.from_str(text)) == text
    except ValueError:
        return False


def timestamp(at: datetime) -> str:
    """UTC ISO 8601 with milliseconds, the form in keys and leaves: 2026-11-23T06:00:00.000Z."""
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


class Ref(BaseModel):
    """Names one record of a tenant."""

    model_config = ConfigDict(frozen=True)

    kind: str
    id: str


class Record(BaseModel):
    """A versioned record. `version` counts its state changes, 0 until first saved; storage keeps it beside the body.

    A child (an answer of a visit, say) names its parent in `parent_ref` and lives in the parent's partition.
    """

    model_config = ConfigDict(extra="forbid")

    KIND: ClassVar[str]

    id: str = Field(default_factory=new_id)
    version: int = Field(default=0, exclude=True)

    @property
    def ref(self) -> Ref:
        return Ref(kind=self.KIND, id=self.id)

    @property
    def parent_ref(self) -> Ref | None:
        return None

    @property
    def awaits_calendar(self) -> bool:
        """A clock of it runs whose end nobody can tell before a year's calendar is known: storage keeps a pointer to
        it, by which it is found once the year is published."""
        return False

    def touch(self, at: datetime) -> None:
        """Told of each act that saves the record; a kind that is listed by its last change keeps the time."""

    def with_changes(self, **changes: Any) -> Self:
        """A validated copy with these fields changed; the version stays, so that a stale save is found."""
        values = {name: getattr(self, name) for name in type(self).model_fields}
        return type(self).model_validate(values | changes)
