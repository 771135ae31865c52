"""Slots: even over the days, nobody twice at a time or above the day's count, known days only."""

from datetime import date

import pytest

from chalicelib.domain.calendar import CalendarMissingError, WorkingCalendar
from chalicelib.domain.visit_schedule import Schedule, Slot, working_days

DAYS = [date(2026, 12, day) for day in (1, 2, 3, 4)]
TIMES = ("09:00", "14:30")


def test_working_days_stop_where_the_calendar_is_not_known():
    days = working_days(date(2026, 12, 24), date(2027, 1, 5), WorkingCalendar())

    assert days == [date(2026, 12, 24), date(2026, 12, 25)]
    with pytest.raises(CalendarMissingError):
        working_days(date(2027, 1, 4), date(2027, 1, 5), WorkingCalendar())
    assert working_days(date(2026, 12, 5), date(2026, 12, 6), WorkingCalendar()) == []


def test_visits_are_spread_evenly():
    schedule = Schedule(DAYS, TIMES, visits_per_day=2)

    assert [schedule.place({f"p{n}"}, n, 4) for n in range(4)] == [Slot(day, "09:00") for day in DAYS]


def test_nobody_is_in_two_places():
    schedule = Schedule(DAYS[:1], TIMES, visits_per_day=2, engaged={"b": [(DAYS[0], "09:00")]})

    assert schedule.place({"a", "b"}, 0, 3) == Slot(DAYS[0], "14:30")
    assert schedule.place({"a", "c"}, 1, 3) == Slot(DAYS[0], "09:00")
    assert schedule.place({"c", "b"}, 2, 3) is None, "b has two visits that day already"


def test_a_full_day_passes_on_to_the_next_and_then_back():
    schedule = Schedule(DAYS[:2], TIMES, visits_per_day=1)

    assert [schedule.place({"a"}, n, 2) for n in (1, 1, 1)] == [Slot(DAYS[1], "09:00"), Slot(DAYS[0], "09:00"), None]
