"""The calendar that deadlines are counted with: what ships with the program, with the published years laid over it.

Where the published years come from is told by the composition root; a process looks again after a minute, so that a
year that was published is counted with everywhere soon after. Without a source (a rule's test) only the shipped years
are known.
"""

import time
from collections.abc import Callable, Sequence

from chalicelib.domain.calendar import CalendarYear, WorkingCalendar

Source = Callable[[], Sequence[CalendarYear]]
KEPT_SECONDS = 60.0

_source: list[Source] = []
_kept: list[tuple[float, WorkingCalendar]] = []


def use_calendars(source: Source | None) -> None:
    """Read published years from here from now on; None: there are none."""
    _source[:] = [source] if source else []
    forget_calendars()


def forget_calendars() -> None:
    """Look again at the next use: called when a year is published."""
    _kept.clear()


def working_calendar() -> WorkingCalendar:
    """The calendar of now; at most one query a minute."""
    if not _source:
        return WorkingCalendar()
    if not _kept or _kept[0][0] < time.monotonic():
        _kept[:] = [(time.monotonic() + KEPT_SECONDS, WorkingCalendar(_source[0]()))]
    return _kept[0][1]
