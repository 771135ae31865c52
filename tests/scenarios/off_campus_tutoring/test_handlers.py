"""Whom the list asks what, by kind of tutoring, and what the answers come to."""

from datetime import UTC, datetime

import pytest

from chalicelib.contract.exchange import ChecklistRequest, EvaluationRequest, HandlerContext
from chalicelib.domain.evaluation import EvaluationFacts
from chalicelib.domain.item import Answer, SubjectFacts
from scenarios.off_campus_tutoring.handlers import checklist, evaluation
from tests.shipped import SHIPPED

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
CONTEXT = HandlerContext(tenant_id="sample00", package=SHIPPED.get("off_campus_tutoring"), now=NOW)


def ask(attributes, answers=(), departments=None):
    request = ChecklistRequest(
        subject=SubjectFacts(kind="premises", attributes=attributes),
        departments=departments,
        answers={key: Answer(number=value) for key, value in dict(answers).items()},
    )
    return checklist(request, CONTEXT)


@pytest.mark.parametrize(
    ("category", "department"),
    [
        ("academic", "education"),
        ("sport", "sports"),
        ("culture_art", "culture_tourism"),
        ("science", "science_technology"),
    ],
)
def test_the_licence_is_asked_by_the_department_of_the_kind(category, department):
    licence = next(e for e in ask({"tutoring_category": category}).entries if e.key == "school_licensed")

    assert licence.departments == (department,)


def test_an_unknown_kind_is_asked_as_academic():
    keys = {entry.key for entry in ask({}).entries}

    assert {"school_licensed", "no_holiday_lessons", "guide_price_followed"} <= keys
    assert "fee_amount_largest" not in keys


def test_online_lessons_are_asked_their_own_hours_and_no_rooms():
    keys = {entry.key for entry in ask({"tutoring_category": "academic", "teaching_mode": "online"}).entries}

    assert {"online_end_clock", "online_lesson_minutes"} <= keys
    assert not keys & {"lesson_end_clock", "exits_clear", "teaching_area", "fire_equipment"}


def test_figures_that_do_not_fit_together_say_nothing():
    result = ask({}, {"refund_sample_paid": 1000, "refund_sample_lessons": 10, "refund_sample_taught": 11})

    assert {one.id: one.value for one in result.derived}["refund_due"] is None


def test_readings_of_an_old_inspection_keep_its_day():
    request = EvaluationRequest(
        facts=EvaluationFacts(as_of=NOW.date(), last_inspected_on=NOW.date().replace(day=1)),
        answers={"staff_counted": Answer(number=5), "staff_queried_count": Answer(number=3)},
        measures={"complaints_30_days": 6},
    )

    result = evaluation(request, CONTEXT)

    assert {one.indicator_id: (one.value, one.read_on.day) for one in result.readings} == {
        "unqueried_staff": (2, 1),
        "complaints_30_days": (6, 23),
    }
