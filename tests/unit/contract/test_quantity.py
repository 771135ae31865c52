"""Quantities by name, shares and ratios: which way each rounds, and that no rounding hides a unit."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.contract.quantity import (
    ratio_rounded_down,
    ratio_rounded_up,
    read_quantity,
    share_rounded_down,
    share_rounded_up,
)
from chalicelib.domain.item import Answer

FEN = st.integers(0, 10**13)
POINTS = st.integers(1, 20_000)


@given(FEN, POINTS)
def test_the_two_shares_enclose_the_true_one_within_a_fen(amount, points):
    true = Fraction(amount * points, 10_000)

    low, high = share_rounded_down(amount, points), share_rounded_up(amount, points)

    assert low <= true <= high
    assert high - low == (0 if true.denominator == 1 else 1)


@given(FEN, st.integers(1, 10**13), st.integers(0, 30_000))
def test_ratios_decide_a_threshold_exactly_as_the_true_ratio_does(part, whole, limit):
    true = Fraction(part * 10_000, whole)

    assert (ratio_rounded_up(part, whole) > limit) is (true > limit)
    assert (ratio_rounded_down(part, whole) < limit) is (true < limit)


def test_nothing_is_said_of_a_share_of_nought():
    assert ratio_rounded_up(1, 0) is None
    assert ratio_rounded_down(1, 0) is None


@pytest.mark.parametrize(
    ("measures", "answers", "found"),
    [
        ({"staff": 3}, {"staff": Answer(number=5)}, 3),
        ({}, {"staff": Answer(number=5)}, 5),
        ({}, {"staff": Answer(number=-1)}, None),
        ({}, {"staff": Answer(text="5")}, None),
        ({}, {}, None),
    ],
)
def test_a_quantity_comes_from_measures_then_answers_and_is_never_negative(measures, answers, found):
    assert read_quantity("staff", measures, answers) == found
