from datetime import UTC, date, datetime

import pytest
from pydantic import ValidationError

from chalicelib.domain.calendar import (
    CalendarMissingError,
    CalendarYear,
    WorkingCalendar,
    end_of_day,
    shanghai_date,
)


def invented_2027(**changes: object) -> CalendarYear:
    """Not the official notice: days chosen to exercise the rules."""
    values = {
        "year": 2027,
        "holidays": [date(2026, 12, 31), date(2027, 1, 1), *(date(2027, 10, day) for day in range(1, 8))],
        "make_up_days": [date(2027, 1, 9)],
        "source": "测试用日历",
        "published_on": date(2026, 11, 24),
    }
    return CalendarYear.model_validate(values | changes)


@pytest.mark.parametrize(
    ("day", "is_working"),
    [
        (date(2026, 9, 18), True),
        (date(2026, 9, 20), True),  # a Sunday worked for the National Day holiday
        (date(2026, 9, 25), False),  # mid-autumn, a Friday
        (date(2026, 10, 7), False),
        (date(2026, 10, 10), True),  # a Saturday worked
        (date(2026, 10, 11), False),
        (date(2018, 12, 29), True),  # a Saturday made a working day by the notice for 2019
        (date(2018, 12, 31), False),
    ],
)
def test_official_days(day: date, is_working: bool) -> None:
    assert WorkingCalendar().is_working_day(day) is is_working


def test_a_year_without_an_official_calendar_is_refused_with_its_year() -> None:
    with pytest.raises(CalendarMissingError) as caught:
        WorkingCalendar().is_working_day(date(2027, 3, 1))

    assert caught.value.details == {"year": 2027}


def test_the_last_days_of_december_wait_for_the_next_years_notice() -> None:
    assert WorkingCalendar().is_working_day(date(2026, 12, 25)) is True
    with pytest.raises(CalendarMissingError):
        WorkingCalendar().is_working_day(date(2026, 12, 30))

    assert WorkingCalendar([invented_2027()]).is_working_day(date(2026, 12, 30)) is True
    assert WorkingCalendar([invented_2027()]).is_working_day(date(2026, 12, 31)) is False


def test_an_uploaded_year_counts_its_holidays_make_up_days_and_weekends() -> None:
    calendar = WorkingCalendar([invented_2027()])

    assert [calendar.is_working_day(date(2027, 1, day)) for day in (1, 2, 4, 9, 10)] == [
        False,
        False,
        True,
        True,
        False,
    ]


def test_a_later_version_wins_and_the_version_says_so() -> None:
    mended = invented_2027(version=2, make_up_days=[date(2027, 1, 16)])
    calendar = WorkingCalendar([mended, invented_2027()])

    assert calendar.is_working_day(date(2027, 1, 16)) is True
    assert calendar.is_working_day(date(2027, 1, 9)) is False
    assert calendar.version == "chinesecalendar@1.11.0+2027@2"


def test_an_uploaded_year_wins_over_the_library() -> None:
    changed = CalendarYear(
        year=2026,
        holidays=frozenset({date(2026, 1, 1), *(date(2026, 10, day) for day in range(1, 10))}),
        make_up_days=frozenset(),
        source="测试用日历",
        published_on=date(2026, 9, 1),
    )

    assert WorkingCalendar().is_working_day(date(2026, 10, 8)) is True
    assert WorkingCalendar([changed]).is_working_day(date(2026, 10, 8)) is False


@pytest.mark.parametrize(
    "changes",
    [
        {"make_up_days": [date(2027, 1, 5)]},
        {"make_up_days": [date(2027, 1, 1)]},
        {"make_up_days": [date(2028, 1, 8)]},
        {"holidays": [date(2027, 10, day) for day in range(1, 9)]},
        {"holidays": [date(2027, 1, 1)]},
    ],
)
def test_a_calendar_that_cannot_be_right_is_refused(changes: dict[str, object]) -> None:
    with pytest.raises(ValidationError):
        invented_2027(**changes)


def test_working_days_between_is_signed() -> None:
    calendar = WorkingCalendar()

    assert calendar.working_days_between(date(2026, 9, 18), date(2026, 10, 15)) == 15
    assert calendar.working_days_between(date(2026, 10, 15), date(2026, 9, 18)) == -15
    assert calendar.working_days_between(date(2026, 11, 20), date(2026, 11, 22)) == 0


def test_the_day_is_the_day_in_shanghai() -> None:
    assert shanghai_date(datetime(2026, 11, 22, 16, 0, tzinfo=UTC)) == date(2026, 11, 23)
    assert end_of_day(date(2026, 11, 23)) == datetime(2026, 11, 23, 15, 59, 59, 999000, tzinfo=UTC)
