"""A patrol (巡查): somebody without power to inspect looked, noted and told the departments that have it.

It is no inspection and cannot become one: there is no certified team, no inspection code, no finding and no time limit
to fill in, and neither visits nor the annual cap count it.
"""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import ClassVar, Protocol

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.access import Resource
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.label import Code
from chalicelib.domain.record import Record, UtcTime

MAX_PHOTOS = 5


class Observable(Protocol):
    """What a package lets a patrol notice, and which department is told of it."""

    @property
    def id(self) -> str: ...
    @property
    def tells(self) -> str: ...
    @property
    def is_urgent(self) -> bool: ...


class ToldDepartment(BaseModel):
    """A department (code) that is told, and of what; urgent when any of it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    department: Code
    observation_ids: tuple[Code, ...]
    is_urgent: bool = False


class Patrol(Record):
    """One patrol of one subject in one scenario, kept as it was noted. `observation_ids` are those of the package
    version with that overlay; none says that nothing stood out. photos: SHA-256 (hex) of stored files."""

    KIND: ClassVar[str] = "patrol"

    subject_id: str
    subject_name: str
    division: str
    scenario: Code
    scenario_version: str
    overlay_number: int = Field(default=0, ge=0)
    observation_ids: tuple[Code, ...] = ()
    told: tuple[ToldDepartment, ...] = ()
    note: str = Field(default="", max_length=1000)
    photos: tuple[str, ...] = Field(default=(), max_length=MAX_PHOTOS)
    patrolled_by: str
    patrolled_at: UtcTime

    @property
    def resource(self) -> Resource:
        return Resource(divisions=frozenset({self.division}))

    @property
    def is_urgent(self) -> bool:
        return any(one.is_urgent for one in self.told)

    @property
    def patrolled_on(self) -> date:
        return shanghai_date(self.patrolled_at)


def told_departments(seen: Sequence[Observable]) -> tuple[ToldDepartment, ...]:
    """Who is to be told of what was seen, each department once, urgent ones first."""
    told = [
        ToldDepartment(
            department=code,
            observation_ids=tuple(one.id for one in seen if one.tells == code),
            is_urgent=any(one.is_urgent for one in seen if one.tells == code),
        )
        for code in dict.fromkeys(one.tells for one in seen)
    ]
    return tuple(sorted(told, key=lambda one: not one.is_urgent))


def next_due_on(last_on: date | None, interval_days: int) -> date | None:
    """When the next patrol is due; None where there was none yet, so that the first one is due now."""
    return last_on + timedelta(days=interval_days) if last_on else None
