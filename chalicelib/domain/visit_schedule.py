"""Laying the visits of a plan over its working days (任务排单): even over the period, nobody twice at one time.

Pure and without chance: the same drawn subjects, days and engagements give the same dates, so that a job that was
killed goes on where it stopped.
"""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from chalicelib.domain.calendar import CalendarMissingError, WorkingCalendar

Engagements = Mapping[str, Collection[tuple[date, str]]]
"""Person id → (day, local time of day) at which they already are somewhere; an empty time takes up the day's count."""


class Slot(NamedTuple):
    """When a visit begins: a working day and a local time of day."""

    day: date
    time: str


def working_days(first: date, last: date, calendar: WorkingCalendar) -> list[date]:
    """The working days from `first` to `last`, both included, as far as the official calendar is known.

    Raises CalendarMissingError when not a single day of the period is known.
    """
    found: list[date] = []
    day = first
    while day <= last:
        try:
            is_working = calendar.is_working_day(day)
        except CalendarMissingError:
            if day == first:
                raise
            break
        if is_working:
            found.append(day)
        day += timedelta(days=1)
    return found


class Schedule:
    """Gives out slots. `visits_per_day`: the most that one inspector takes on in a day, in all plans."""

    def __init__(
        self, days: Sequence[date], times: Sequence[str], *, visits_per_day: int, engaged: Engagements | None = None
    ) -> None:
        self._days, self._times, self._most = list(days), list(times), visits_per_day
        self._engaged = {person: set(slots) for person, slots in (engaged or {}).items()}

    def place(self, people: Collection[str], position: int, count: int) -> Slot | None:
        """A slot for the visit at `position` (from 0) of `count`, for all of `people` at once; None when there is no
        room left in the period."""
        for day in self._days_from(position, count):
            if any(self._on(person, day) >= self._most for person in people):
                continue
            for time in self._times:
                if all((day, time) not in self._engaged.get(person, ()) for person in people):
                    self.engage(people, day, time)
                    return Slot(day, time)
        return None

    def engage(self, people: Collection[str], day: date, time: str) -> None:
        for person in people:
            self._engaged.setdefault(person, set()).add((day, time))

    def _days_from(self, position: int, count: int) -> Iterator[date]:
        """Every day once, beginning where an even spread puts this visit."""
        start = position * len(self._days) // max(count, 1)
        yield from self._days[start:]
        yield from self._days[:start]

    def _on(self, person: str, day: date) -> int:
        return sum(on == day for on, _ in self._engaged.get(person, ()))
