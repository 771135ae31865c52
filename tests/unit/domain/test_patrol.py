"""A patrol tells each department once, urgent ones first, and has nothing of an inspection."""

from datetime import UTC, date, datetime, timedelta

import pytest
from pydantic import ValidationError

from chalicelib.contract.inspection import PatrolObservation
from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.patrol import (
    MAX_PHOTOS,
    Patrol,
    check_patrolled_at,
    due_until,
    end_of_week,
    next_due_on,
    told_departments,
)
from tests.builders import NOW


def seen(id: str, tells: str, is_urgent: bool = False) -> PatrolObservation:
    return PatrolObservation(id=id, name=id, tells=tells, is_urgent=is_urgent, check_item_ids=("any",))


def patrol(**more: object) -> Patrol:
    values = {"subject_id": "s", "subject_name": "示例楼", "division": "450105000000", "scenario": "self_built_housing"}
    made = {"scenario_version": "1.0.0", "patrolled_by": "p", "patrolled_at": NOW}
    return Patrol.model_validate(values | made | more)


def test_each_department_is_told_once_and_urgent_ones_first():
    told = told_departments([seen("exit", "fire_rescue"), seen("crack", "housing", True), seen("digging", "housing")])

    assert [(one.department, one.observation_ids, one.is_urgent) for one in told] == [
        ("housing", ("crack", "digging"), True),
        ("fire_rescue", ("exit",), False),
    ]
    assert told_departments([]) == ()


def test_the_next_is_due_an_interval_after_the_last():
    assert next_due_on(date(2026, 11, 23), 30) == date(2026, 12, 23)
    assert next_due_on(None, 30) is None


@pytest.mark.parametrize("field", ["team", "inspection_code", "finding_ids", "acting_body_id", "remedy_due_on"])
def test_it_has_no_field_of_an_inspection(field):
    with pytest.raises(ValidationError):
        patrol(**{field: "1"})


def test_its_day_is_that_of_china_and_its_photos_are_few():
    assert patrol().patrolled_on == date(2026, 11, 23)
    with pytest.raises(ValidationError):
        patrol(photos=("0" * 64,) * (MAX_PHOTOS + 1))


WEDNESDAY = datetime(2026, 11, 25, 2, 0, tzinfo=UTC)


def test_a_round_ends_on_sunday_and_is_ordered_by_the_last_day():
    assert end_of_week(date(2026, 11, 23)) == end_of_week(date(2026, 11, 29)) == date(2026, 11, 29)
    until = due_until(30, date(2026, 11, 29))
    assert next_due_on(until, 30) == date(2026, 11, 29) and until == date(2026, 10, 30)


def test_when_it_was_is_not_to_come_and_not_further_back_than_the_package_says():
    assert (
        check_patrolled_at(None, WEDNESDAY, 7)
        == check_patrolled_at(WEDNESDAY + timedelta(minutes=4), WEDNESDAY, 7)
        == WEDNESDAY
    )
    first = datetime(2026, 11, 17, 16, 0, tzinfo=UTC)
    assert check_patrolled_at(first, WEDNESDAY, 7) == first, "the first minute of the seventh day back, in China"
    for asked, code in (
        (first - timedelta(minutes=1), "too_long_ago"),
        (WEDNESDAY + timedelta(hours=1), "moment_to_come"),
    ):
        with pytest.raises(InvalidInputError) as refused:
            check_patrolled_at(asked, WEDNESDAY, 7)
        assert refused.value.problems[0].code == code
    with pytest.raises(InvalidInputError):
        check_patrolled_at(WEDNESDAY - timedelta(days=1), WEDNESDAY, 0)
