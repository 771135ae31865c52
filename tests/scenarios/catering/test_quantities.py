"""Waste, oil, records and certificates: whole numbers, each rounded the way that keeps its threshold exact."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.item import Answer
from scenarios.catering.coverage import Coverage, weekly_records
from scenarios.catering.kitchen_waste import KitchenWaste, grams_per_meal, oil_returned
from scenarios.catering.readings import READINGS, indicator_values
from tests.shipped import SHIPPED

CATERING = SHIPPED.get("catering")
INDICATORS = {one.id: one for one in CATERING.evaluation.indicators}
KILOGRAMS = st.integers(0, 10**7)


@pytest.mark.parametrize(
    ("collected", "basis_points", "level"),
    [
        (300, 0, None),
        (270, 1000, None),
        (269, 1034, "yellow"),
        (330, 1000, None),
        (209, 3034, "orange"),
        (0, 10_000, "orange"),
    ],
)
def test_ledger_against_slips(collected, basis_points, level):
    found = KitchenWaste(logged=300, collected=collected).difference_basis_points

    assert found == basis_points
    assert INDICATORS["waste_difference_ratio"].level_of(found) == level


@given(KILOGRAMS, KILOGRAMS)
def test_above_a_threshold_exactly_when_the_true_ratio_is(logged, collected):
    waste = KitchenWaste(logged=logged, collected=collected)

    if logged:
        assert (waste.difference_basis_points > 1000) is (waste.difference * 10 > logged)
    else:
        assert waste.difference_basis_points is None


@given(KILOGRAMS, st.integers(1, 10**6))
def test_below_a_threshold_exactly_when_the_true_share_is(amount, whole):
    assert (grams_per_meal(amount, whole) < 50) is (amount * 1000 < 50 * whole)
    assert (oil_returned(whole, amount) < 300) is (amount * 100 < 3 * whole)


def test_without_meals_or_oil_nothing_is_said():
    assert grams_per_meal(10, 0) is None
    assert oil_returned(0, 10) is None


@given(st.integers(0, 500), st.integers(0, 500))
def test_whole_only_when_nothing_is_missing(needed, held):
    coverage = Coverage(needed=needed, held=held)

    assert coverage.missing + min(needed, held) == needed
    if needed:
        assert (coverage.basis_points == 10_000) is (coverage.missing == 0)
    else:
        assert coverage.basis_points is None


@pytest.mark.parametrize(("days", "records", "missing"), [(6, 0, 0), (7, 0, 1), (13, 1, 0), (28, 3, 1), (28, 9, 0)])
def test_weekly_records_count_full_weeks_of_business(days, records, missing):
    assert weekly_records(days, records).missing == missing


def test_every_quantity_is_a_question_and_every_reading_an_indicator():
    numbers = {item.question_key for item in CATERING.checklist.items if item.number is not None}

    assert set(READINGS) <= set(INDICATORS)
    assert {name for reading in READINGS.values() for name in reading.quantities} <= numbers


def test_measures_come_before_answers_and_what_is_missing_says_nothing():
    answers = {"opening_days": Answer(number=20), "daily_control_records": Answer(number=10)}

    assert indicator_values({}, answers)["daily_control_coverage"] == 5000
    assert indicator_values({"daily_control_records": 20}, answers)["daily_control_coverage"] == 10_000
    assert indicator_values({"daily_control_records": -1}, answers)["daily_control_coverage"] is None
    assert indicator_values({}, answers)["weekly_check_coverage"] is None
