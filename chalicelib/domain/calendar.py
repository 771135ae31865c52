"""Working days of the People's Republic of China, with make-up days, as versioned data.

The years up to the library's last come from `chinesecalendar`; a later year, or a year that the State Council changed
after the fact, is uploaded as a `CalendarYear`, which then wins. An unknown day raises `CalendarMissingError`: whoever
asks says "to be determined" and never guesses from weekdays.
"""

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta, timezone
from functools import cache
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chalicelib.domain.errors import YijianshiError

# No summer time since 1991, so a fixed offset is exact and needs no time-zone database on the host.
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")

# New Year's notice of the following year has moved days of late December (29 December 2018 became a working day by the
# notice of 6 December 2018), so these days are settled only when the following year is known.
_TAIL_MONTH, _TAIL_DAY = 12, 28


class CalendarMissingError(YijianshiError):
    """No official calendar is known for a day. Details: `year`, the year whose calendar has to be uploaded."""

    code = "calendar_missing"


class CalendarYear(BaseModel):
    """One year's official calendar, uploaded by the platform operator; immutable, addressed by year@version.

    holidays: days off as announced, weekends among them allowed; make_up_days: weekend days worked in exchange.
    Both may name days of late December of the year before. source: title and number of the notice.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    year: int = Field(ge=2000, le=2100)
    version: int = Field(default=1, ge=1)
    holidays: frozenset[date] = Field(min_length=7)
    make_up_days: frozenset[date]
    source: str = Field(min_length=4)
    published_on: date

    @model_validator(mode="after")
    def _days_fit_the_year(self) -> Self:
        first = date(self.year - 1, _TAIL_MONTH, _TAIL_DAY)
        if any(not first <= day <= date(self.year, 12, 31) for day in self.holidays | self.make_up_days):
            raise ValueError("every day belongs to the year or to the last days of the year before")
        if self.holidays & self.make_up_days:
            raise ValueError("a day is a holiday or a make-up day, not both")
        if any(day.weekday() < 5 for day in self.make_up_days):
            raise ValueError("a make-up day is a Saturday or a Sunday")
        if date(self.year, 1, 1) not in self.holidays:
            raise ValueError("1 January is a holiday")
        return self


class WorkingCalendar:
    """The library's years with the uploaded ones laid over them; of two versions of a year the higher counts."""

    def __init__(self, uploaded: Iterable[CalendarYear] = ()) -> None:
        self._uploaded: dict[int, CalendarYear] = {}
        for calendar_year in sorted(uploaded, key=lambda one: one.version):
            self._uploaded[calendar_year.year] = calendar_year

    @property
    def version(self) -> str:
        """What a deadline was computed with, kept beside it: chinesecalendar@1.11.0+2027@1."""
        parts = [f"{year}@{one.version}" for year, one in sorted(self._uploaded.items())]
        return "+".join([f"chinesecalendar@{_library_version()}", *parts])

    def knows(self, year: int) -> bool:
        first, last = _library_years()
        return year in self._uploaded or first <= year <= last

    def is_working_day(self, day: date) -> bool:
        """Whether offices work on this day. Raises CalendarMissingError when no official calendar says so."""
        in_tail = (day.month, day.day) >= (_TAIL_MONTH, _TAIL_DAY)
        for year in (day.year + 1, day.year) if in_tail else (day.year,):
            if not self.knows(year):
                raise CalendarMissingError(year=year)
            if found := self._uploaded.get(year):
                if day in found.make_up_days:
                    return True
                if day in found.holidays:
                    return False
        if day.year in self._uploaded:
            return day.weekday() < 5
        return _library_says(day)

    def add_working_days(self, day: date, count: int) -> date:
        """The count-th working day after `day`, which itself is not counted."""
        while count > 0:
            day += timedelta(days=1)
            count -= self.is_working_day(day)
        return day

    def working_days_between(self, first: date, last: date) -> int:
        """Working days after `first` up to and including `last`; negative when `last` is earlier."""
        if last < first:
            return -self.working_days_between(last, first)
        days = (first + timedelta(days=n) for n in range(1, (last - first).days + 1))
        return sum(self.is_working_day(day) for day in days)


def shanghai_date(at: datetime) -> date:
    """The civil day in China of an aware moment."""
    return at.astimezone(SHANGHAI).date()


def end_of_day(day: date) -> datetime:
    """The last millisecond of the civil day in China, in UTC."""
    return datetime(day.year, day.month, day.day, 23, 59, 59, 999000, tzinfo=SHANGHAI).astimezone(UTC)


@cache
def _library_version() -> str:
    import chinese_calendar

    return str(chinese_calendar.__version__)


@cache
def _library_years() -> tuple[int, int]:
    """First and last year for which the library holds the official notice."""
    from chinese_calendar import constants

    return min(constants.holidays).year, max(constants.holidays).year


def _library_says(day: date) -> bool:
    import chinese_calendar

    return bool(chinese_calendar.is_workday(day))
