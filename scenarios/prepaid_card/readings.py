"""The trade's own indicator readings, from named quantities. Names are those of evaluation.json."""

from collections.abc import Callable, Mapping
from datetime import date

from scenarios.prepaid_card import signals
from scenarios.prepaid_card.position import Position
from scenarios.prepaid_card.rules import CardRules

POSITION = ("escrow_coverage", "escrow_shortfall", "balance_cap_usage", "category_differs")
Lookup = Callable[[str], int | None]


def _pair(lookup: Lookup, first: str, second: str, arithmetic: Callable[[int, int], int | None]) -> int | None:
    one, other = lookup(first), lookup(second)
    return None if one is None or other is None else arithmetic(one, other)


def _deep_discount_surge(lookup: Lookup, surge: int | None, rules: CardRules, on: date) -> int | None:
    share = _pair(lookup, "offer_paid", "offer_bonus", signals.bonus_share)
    if surge is None or share is None:
        return None
    return surge if signals.is_deep_discount(share, rules.figure("deep_discount", on)) else 0


def _beyond_lease(lookup: Lookup, rules: CardRules, on: date) -> int | None:
    warning_days = rules.figure("lease_warning_days", on)
    return _pair(
        lookup,
        "lease_days_left",
        "longest_card_days",
        lambda lease, card: signals.days_beyond_lease(lease, card, warning_days),
    )


def position_values(position: Position) -> dict[str, int | None]:
    """Category, cap and escrow as indicator values."""
    return {
        "escrow_coverage": position.coverage,
        "escrow_shortfall": position.shortfall,
        "balance_cap_usage": position.cap_usage,
        "category_differs": position.category_differs,
    }


def signal_values(lookup: Lookup, rules: CardRules, on: date) -> Mapping[str, int | None]:
    """Every other indicator that quantities tell; `lookup` gives a quantity by name, None while it is not known. What
    is only measured, under the indicator's own name, the contract reads by itself."""
    surge = _pair(lookup, "recharged_7_days", "recharged_8_weeks_before", signals.recharge_surge)
    return {
        "recharge_surge": surge,
        "deep_discount_surge": _deep_discount_surge(lookup, surge, rules, on),
        "redemption_ratio": _pair(lookup, "redeemed_30_days", "recharged_30_days", signals.redemption_ratio),
        "quarter_surge": _pair(lookup, "recharged_quarter", "recharged_quarter_before", signals.quarter_surge),
        "quarter_redemption": _pair(lookup, "redeemed_quarter", "recharged_quarter", signals.redemption_ratio),
        "complaint_growth": _pair(lookup, "complaints_30_days", "complaints_30_days_before", signals.complaint_growth),
        "activity_fall": _pair(lookup, "activity_30_days", "activity_usual_30_days", signals.activity_fall),
        "days_beyond_lease": _beyond_lease(lookup, rules, on),
        "rent_overdue_days": lookup("rent_overdue_days"),
        "longest_refund_days": lookup("longest_refund_days"),
    }
