"""Custody, deposit, limits of a charge and refunds: golden figures, and that no rounding hides a fen."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.errors import InvalidInputError, RecordNotFoundError
from scenarios.off_campus_tutoring.fees import Charge, Course, Custody, Deposit
from scenarios.off_campus_tutoring.rules import tutoring_rules

FEN = st.integers(0, 10**12)
DAY = date(2026, 11, 23)
RULES = tutoring_rules()


@given(FEN, FEN)
def test_a_missing_fen_shows_in_shortfall_and_coverage_alike(unconsumed, balance):
    custody = Custody(unconsumed=unconsumed, balance=balance)

    is_short = balance < unconsumed

    assert (custody.shortfall > 0) is is_short
    assert custody.coverage is None if unconsumed == 0 else (custody.coverage < 10_000) is is_short


@given(FEN, FEN, st.integers(1, 20_000))
def test_a_deposit_covers_exactly_when_it_reaches_the_true_share(fees, balance, share):
    deposit = Deposit(period_fees=fees, balance=balance)

    coverage = deposit.coverage(share)

    if coverage is not None:
        assert (coverage >= 10_000) is (balance >= Fraction(fees * share, 10_000))


@given(FEN, st.integers(1, 500), st.integers(0, 500))
def test_a_refund_never_falls_below_the_price_of_the_lessons_left(paid, lessons, taught):
    taught = min(taught, lessons)
    course = Course(paid=paid, lessons=lessons, taught=taught)

    left = Fraction(paid * (lessons - taught), lessons)

    assert left <= course.refund < left + 1
    assert course.short_of(course.refund) == 0


@pytest.mark.parametrize(
    ("paid", "lessons", "taught", "refund"),
    [(100_000, 30, 7, 76_667), (500_000, 60, 0, 500_000), (500_000, 60, 60, 0), (1, 3, 1, 1)],
)
def test_refunds(paid, lessons, taught, refund):
    assert Course(paid=paid, lessons=lessons, taught=taught).refund == refund


def test_more_taught_than_agreed_is_refused():
    with pytest.raises(InvalidInputError):
        _ = Course(paid=100, lessons=10, taught=11).refund


@pytest.mark.parametrize(
    ("charge", "is_academic", "exceeded"),
    [
        (Charge(months=3, lessons=60, amount=500_000, days_ahead=31), False, 0),
        (Charge(months=4, lessons=61, amount=500_001, days_ahead=32), False, 4),
        (Charge(amount=500_001, months=3), True, 0),
        (Charge(amount=500_001), True, None),
        (Charge(), False, None),
    ],
)
def test_limits_of_a_charge(charge, is_academic, exceeded):
    assert charge.limits_exceeded(RULES, DAY, is_academic=is_academic) == exceeded


def test_a_figure_holds_only_from_its_first_day():
    with pytest.raises(RecordNotFoundError):
        RULES.figure("fee_amount", date(2022, 11, 29))

    assert RULES.figure("fee_amount", date(2022, 11, 30)) == 500_000
