"""The fuel balance, in whole litres and basis points."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.evaluation import RuleSource
from chalicelib.domain.item import Answer
from scenarios.refined_oil.fuel import DIFFERENCE_RATIO, MEASURES, FuelMovements, read_movements
from tests.shipped import SHIPPED

OIL = SHIPPED.get("refined_oil")
INDICATOR = next(one for one in OIL.evaluation.indicators if one.id == DIFFERENCE_RATIO)


@pytest.mark.parametrize(
    ("lost", "basis_points", "level"),
    [
        (0, 0, None),
        (100, 100, None),
        (101, 101, "yellow"),
        (300, 300, "yellow"),
        (301, 301, "red"),
        (-101, 101, "yellow"),
        (-301, 301, "red"),
    ],
)
def test_the_difference_in_share_of_purchases(lost, basis_points, level):
    movements = FuelMovements(opening=5_000, purchases=10_000, sales=9_000, closing=6_000 - lost)

    assert movements.difference_basis_points == basis_points
    assert INDICATOR.level_of(movements.difference_basis_points) == level


def test_a_difference_just_above_one_percent_is_above():
    movements = FuelMovements(opening=0, purchases=180_001, sales=178_200, closing=0)

    assert movements.difference_litres == 1_801
    assert INDICATOR.level_of(movements.difference_basis_points) == "yellow"


def test_without_purchases_the_ratio_says_nothing():
    movements = FuelMovements(opening=500, purchases=0, sales=100, closing=390)

    assert movements.difference_litres == 10
    assert movements.difference_basis_points is None


@given(*[st.integers(0, 10**9) for _ in range(4)])
def test_above_a_threshold_exactly_when_the_true_ratio_is(opening, purchases, sales, closing):
    movements = FuelMovements(opening=opening, purchases=purchases, sales=sales, closing=closing)
    points = movements.difference_basis_points

    if purchases:
        for percent in (1, 3):
            truly_above = movements.difference_litres * 100 > percent * purchases
            assert (points > percent * 100) is truly_above


def test_measures_come_before_answers_and_all_four_are_needed():
    answers = {name: Answer(number=10) for name in MEASURES}

    assert read_movements({}, answers) == FuelMovements(opening=10, purchases=10, sales=10, closing=10)
    assert read_movements({MEASURES[0]: 30}, answers).opening == 30
    assert read_movements({}, {name: answers[name] for name in MEASURES[:3]}) is None
    assert read_movements({MEASURES[0]: -1}, answers) is None


def test_the_thresholds_are_a_proposal_that_a_tenant_sets():
    assert INDICATOR.source is RuleSource.PROPOSAL
    assert INDICATOR.is_configurable
    assert INDICATOR.legal_basis_ids == ()
