"""Signs that an issuer may not honour its cards. Pure arithmetic on whole fen, counts and days; None says nothing.

Thresholds are proposals in evaluation.json, where a tenant sets its own.
"""

from chalicelib.contract.quantity import ratio_rounded_down

WEEKS = 8
"""Weeks of the mean that the last seven days are compared with."""
HUNDREDTHS = 100


def recharge_surge(last_seven_days: int, eight_weeks_before: int) -> int | None:
    """Recharges of the last seven days ÷ weekly mean of the eight weeks before them, in hundredths, rounded down so
    that "at least double" stays exact. None without recharges before: a new programme has no mean."""
    return ratio_rounded_down(last_seven_days * WEEKS, eight_weeks_before, HUNDREDTHS)


def quarter_surge(quarter: int, quarter_before: int) -> int | None:
    """Recharges of a quarter ÷ of the quarter before, in hundredths, rounded down; None without any before."""
    return ratio_rounded_down(quarter, quarter_before, HUNDREDTHS)


def bonus_share(paid: int, bonus: int) -> int | None:
    """Bonus ÷ paid of the offer on sale, in basis points, rounded down."""
    return ratio_rounded_down(bonus, paid)


def redemption_ratio(redeemed: int, recharged: int) -> int | None:
    """Redeemed ÷ recharged of the same days in basis points, rounded down so that "below half" stays exact."""
    return ratio_rounded_down(redeemed, recharged)


def complaint_growth(last_month: int, month_before: int) -> int | None:
    """Growth of complaints against the 30 days before, in basis points, rounded down, nought when there are fewer;
    None when there were none before."""
    return ratio_rounded_down(max(0, last_month - month_before), month_before)


def activity_fall(current: int, usual: int) -> int | None:
    """How far receipts, invoices or power use fell below the usual, in basis points, rounded down; nought when they
    did not fall."""
    return ratio_rounded_down(max(0, usual - current), usual)


def days_beyond_lease(lease_days_left: int, longest_card_days: int, warning_days: int) -> int:
    """Days by which cards on sale outlast a lease that ends within `warning_days`; nought otherwise."""
    if lease_days_left >= warning_days:
        return 0
    return max(0, longest_card_days - max(0, lease_days_left))


def is_deep_discount(share: int, limit: int) -> bool:
    """Whether the bonus reaches the share (both in basis points) from which a surge counts as a sell-off."""
    return share >= limit
