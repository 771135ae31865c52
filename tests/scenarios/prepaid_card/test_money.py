"""Shares and ratios of whole fen: which way each rounds, and that no rounding hides a fen."""

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from scenarios.prepaid_card import signals
from scenarios.prepaid_card.escrow import QuarterlyReport
from scenarios.prepaid_card.refund import Prepayment

FEN = st.integers(0, 10**13)
POINTS = st.integers(1, 20_000)


@given(FEN, FEN, FEN, POINTS)
def test_a_shortfall_shows_in_fen_and_in_the_coverage_alike(balance, escrow, guaranteed, share):
    report = QuarterlyReport(prepaid_balance=balance, escrow_balance=escrow, guaranteed=guaranteed)
    missing, coverage = report.shortfall(share), report.coverage(share)

    assert missing >= 0
    assert escrow + guaranteed + missing >= Fraction(balance * share, 10_000)
    if coverage is None:
        assert balance == missing == 0
    else:
        assert (coverage < 10_000) is (missing > 0)


@given(FEN, FEN, st.integers(0, 10**6), POINTS)
def test_more_money_set_aside_never_makes_more_missing(balance, escrow, more, share):
    before = QuarterlyReport(prepaid_balance=balance, escrow_balance=escrow)
    after = QuarterlyReport(prepaid_balance=balance, escrow_balance=escrow + more)

    assert after.shortfall(share) <= before.shortfall(share)


@given(FEN, st.integers(1, 10**13))
def test_the_cap_is_exceeded_from_the_first_fen(balance, cap):
    report = QuarterlyReport(prepaid_balance=balance, escrow_balance=0)

    assert (report.cap_usage(cap) > 10_000) is (balance > cap)


@given(FEN, FEN, FEN)
def test_a_refund_lies_between_nought_and_what_was_paid(paid, bonus, consumed):
    sample = Prepayment(paid=paid, bonus=bonus, consumed=consumed)

    for refund in (sample.refund_not_for_consumers_reason(), sample.refund_for_consumers_reason()):
        assert 0 <= refund <= paid
    assert sample.refund_not_for_consumers_reason() >= sample.refund_for_consumers_reason()


@given(FEN, FEN)
def test_nothing_consumed_returns_everything_and_all_consumed_nothing(paid, bonus):
    assert Prepayment(paid=paid, bonus=bonus).refund_not_for_consumers_reason() == paid
    assert Prepayment(paid=paid, bonus=bonus, consumed=paid + bonus).refund_not_for_consumers_reason() == 0


@pytest.mark.parametrize(
    ("paid", "bonus", "consumed", "trader", "consumer"),
    [
        (100_000, 20_000, 60_000, 50_000, 40_000),
        (100_000, 0, 33_333, 66_667, 66_667),
        (100, 200, 100, 67, 0),
        (100_000, 50_000, 120_000, 20_000, 0),
        (0, 0, 0, 0, 0),
    ],
)
def test_refunds_of_a_card_with_a_bonus(paid, bonus, consumed, trader, consumer):
    sample = Prepayment(paid=paid, bonus=bonus, consumed=consumed)

    assert sample.refund_not_for_consumers_reason() == trader
    assert sample.refund_for_consumers_reason() == consumer


@given(FEN, st.integers(1, 10**13))
def test_a_surge_reaches_double_exactly_when_the_week_does(week, eight_weeks):
    assert (signals.recharge_surge(week, eight_weeks) > 199) is (Fraction(week * 8, eight_weeks) >= 2)


def test_a_new_programme_has_no_surge():
    assert signals.recharge_surge(5_000_000, 0) is None


@pytest.mark.parametrize(
    ("lease", "card", "days"), [(90, 365, 0), (89, 365, 276), (89, 60, 0), (0, 30, 30), (-5, 30, 30)]
)
def test_cards_that_outlast_a_lease_about_to_end(lease, card, days):
    assert signals.days_beyond_lease(lease, card, 90) == days


@pytest.mark.parametrize(("now", "before", "growth"), [(10, 5, 10_000), (5, 10, 0), (3, 3, 0), (1, 0, None)])
def test_growth_of_complaints(now, before, growth):
    assert signals.complaint_growth(now, before) == growth


@pytest.mark.parametrize(("now", "usual", "fall"), [(50, 100, 5_000), (49, 100, 5_100), (120, 100, 0), (0, 0, None)])
def test_a_fall_of_activity(now, usual, fall):
    assert signals.activity_fall(now, usual) == fall
