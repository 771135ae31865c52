"""Cylinders, gas, checks, loads and signs: whole numbers, basis points, and which way each rounds."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.bottled_gas.delivery import days_until_first_end, load_usage
from scenarios.bottled_gas.flow import CylinderFlow, GasBalance, net_shortage, share_of_filled, traced_share
from scenarios.bottled_gas.signals import count_signs, order_fall, price_below
from scenarios.bottled_gas.user_check import CheckRound
from tests.shipped import SHIPPED

GAS = SHIPPED.get("bottled_gas")
INDICATORS = {one.id: one for one in GAS.evaluation.indicators}
COUNT = st.integers(0, 10**7)


def flow(**change):
    body = {"opening": 400, "filled": 3600, "returned_full": 0, "delivered": 3580, "withdrawn": 20, "closing": 400}
    return CylinderFlow.model_validate(body | change)


@pytest.mark.parametrize(
    ("closing", "missing", "points", "level"),
    [(400, 0, 0, None), (380, 20, 50, None), (379, 21, 53, "yellow"), (320, 80, 200, "yellow"), (319, 81, 203, "red")],
)
def test_cylinders_that_left_without_a_record(closing, missing, points, level):
    period = flow(closing=closing)

    assert (period.missing, period.difference_basis_points) == (missing, points)
    assert INDICATORS["cylinder_difference_ratio"].level_of(points) == level


def test_cylinders_that_were_filled_without_a_record_are_negative_and_just_as_far_off():
    assert flow(closing=420).missing == -20
    assert flow(closing=420).difference_basis_points == flow(closing=380).difference_basis_points


def test_nothing_on_hand_says_nothing():
    empty = flow(opening=0, filled=0, delivered=0, withdrawn=0, closing=0)

    assert empty.difference_basis_points is None
    assert GasBalance(opening=0, purchased=0, filled=0, closing=0).unaccounted_basis_points is None


@given(COUNT, COUNT, COUNT, COUNT, COUNT, COUNT)
def test_the_account_is_exact_and_above_a_limit_exactly_when_it_truly_is(
    opening, filled, back, out, withdrawn, closing
):
    period = flow(
        opening=opening, filled=filled, returned_full=back, delivered=out, withdrawn=withdrawn, closing=closing
    )

    assert opening + filled + back == out + withdrawn + closing + period.missing
    if on_hand := opening + filled + back:
        truly = Fraction(abs(period.missing), on_hand)
        assert (period.difference_basis_points > 50) is (truly > Fraction(50, 10_000))


@given(COUNT, COUNT, COUNT, COUNT)
def test_gas_unaccounted_for(opening, purchased, filled, closing):
    balance = GasBalance(opening=opening, purchased=purchased, filled=filled, closing=closing)

    assert opening + purchased == filled + closing + balance.unaccounted
    if opening + purchased:
        truly = Fraction(abs(balance.unaccounted), opening + purchased)
        assert (balance.unaccounted_basis_points > 100) is (truly > Fraction(1, 100))


def test_one_cylinder_of_another_firm_is_never_rounded_away():
    assert share_of_filled(1, 1_000_000) == 1
    assert share_of_filled(0, 1_000_000) == 0
    assert INDICATORS["foreign_filled_share"].level_of(1) == "orange"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (traced_share(3579, 3580), 9997),
        (traced_share(3581, 3580), None),
        (traced_share(0, 0), None),
        (share_of_filled(11, 10), None),
        (net_shortage(14_500, 14_470), 21),
        (net_shortage(14_500, 14_600), 0),
        (net_shortage(0, 0), None),
        (load_usage(48, 31_000, 1_495), 9954),
        (load_usage(90, 31_000, 1_495), 18_663),
        (load_usage(90, 31_000, 0), None),
        (price_below(13_000, 10_000), 2307),
        (price_below(13_000, 14_000), 0),
        (order_fall(600, 240), 6000),
        (order_fall(0, 10), None),
    ],
)
def test_shares(value, expected):
    assert value == expected


@given(st.integers(1, 10**6), st.integers(0, 10**6), st.integers(0, 10**6))
def test_coverage_never_counts_a_closed_door(users, checked, not_met):
    turn = CheckRound(users=users, checked=checked, not_met=not_met)

    if checked + not_met > users:
        assert (turn.coverage, turn.not_visited) == (None, None)
    else:
        assert turn.coverage == checked * 10_000 // users
        assert turn.not_visited + checked + not_met == users


def test_hazards_mended():
    assert CheckRound(users=10, checked=10, hazards_found=8, hazards_mended=7).mended_share == 8750
    assert CheckRound(users=10, checked=10).mended_share is None
    assert CheckRound(users=10, checked=10, hazards_found=7, hazards_mended=8).mended_share is None
    assert CheckRound(users=0, checked=0).coverage is None


def test_the_first_paper_that_ends_counts_and_its_last_day_still_holds():
    day = date(2026, 11, 20)
    papers = INDICATORS["vehicle_papers_days_left"]

    assert days_until_first_end([date(2027, 1, 1), day], day) == 0
    assert days_until_first_end([date(2026, 11, 19), date(2028, 1, 1)], day) == -1
    assert days_until_first_end([], day) is None
    assert [papers.level_of(value) for value in (30, 29, 0, -1)] == [None, "yellow", "yellow", "red"]


def test_signs_are_counted_only_of_what_is_known():
    assert count_signs([]) is None
    assert count_signs([None, None]) == 0
    assert count_signs(["yellow", None, "red"]) == 2
