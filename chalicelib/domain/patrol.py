"""A patrol (巡查): somebody without power to inspect looked, noted and told the departments that have it.

It is no inspection and cannot become one: there is no certified team, no inspection code, no finding and no time limit
to fill in, and neither visits nor the annual cap count it.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import ClassVar, Protocol

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.access import Resource
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.label import Code
from chalicelib.domain.record import Record, UtcTime

MAX_PHOTOS = 5
_CLOCK_SKEW = timedelta(minutes=5)
"""By how much a phone's clock may go ahead of ours."""


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
    version with that overlay; none says that nothing stood out. photos: SHA-256 (hex) of stored files.

    patrolled_at: when somebody was there. noted_at: when it was typed in by `patrolled_by`, None in records of before
    the two could differ."""

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
    noted_at: UtcTime | None = None

    @property
    def resource(self) -> Resource:
        return Resource(divisions=frozenset({self.division}))

    @property
    def is_urgent(self) -> bool:
        return any(one.is_urgent for one in self.told)

    @property
    def patrolled_on(self) -> date:
        return shanghai_date(self.patrolled_at)

    @property
    def is_late_entry(self) -> bool:
        """Noted on a later day than that of the patrol."""
        return self.noted_at is not None and shanghai_date(self.noted_at) > self.patrolled_on


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


def days_late(due_on: date | None, today: date) -> int:
    """0 while a patrol is not late, or where there was none."""
    return max((today - due_on) // timedelta(days=1), 0) if due_on else 0


def next_due_on(last_on: date | None, interval_days: int) -> date | None:
    """When the next patrol is due; None where there was none yet, so that the first one is due now."""
    return last_on + timedelta(days=interval_days) if last_on else None


def due_until(interval_days: int, day: date) -> date:
    """The last day of a patrol after which the next one is due by `day`: the order of last patrols is that of the days
    on which the next are due, so that one index serves whatever the interval is."""
    return day - timedelta(days=interval_days)


def end_of_week(day: date) -> date:
    """The Sunday of this day's week."""
    return day + timedelta(days=6 - day.weekday())


def check_patrolled_at(asked: datetime | None, now: datetime, late_entry_days: int) -> datetime:
    """When the patrol was, `now` where nothing else was said. Raises InvalidInputError: a moment to come, or one
    further back than the package's late entries reach."""
    if asked is None or now < asked <= now + _CLOCK_SKEW:
        return now
    if asked > now:
        raise InvalidInputError([FieldProblem(field="patrolled_at", code="moment_to_come")])
    if shanghai_date(asked) < shanghai_date(now) - timedelta(days=late_entry_days):
        details: dict[str, str | int] = {"days": late_entry_days}
        raise InvalidInputError([FieldProblem(field="patrolled_at", code="too_long_ago", details=details)])
    return asked
