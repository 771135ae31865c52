"""Signs that somebody fills, sells or uses gas outside the licensed trade. A sign is a clue, never a finding.

Pure arithmetic on whole fen, kilograms and counts, in basis points; None says nothing. Thresholds are proposals in
evaluation.json, where a tenant sets its own.
"""

from collections.abc import Iterable

from chalicelib.domain.evaluation import AlertLevel
from scenarios.bottled_gas.ratio import rounded_down


def price_below(usual_fen: int, offered_fen: int) -> int | None:
    """How far an offer for one cylinder lies below the usual local price, in basis points, rounded down; nought when it
    does not."""
    return rounded_down(max(0, usual_fen - offered_fen), usual_fen)


def order_fall(usual_kg: int, ordered_kg: int) -> int | None:
    """How far a user's orders of 30 days fell below its usual ones, in basis points, rounded down: an open kitchen that
    orders less gas may buy it elsewhere."""
    return rounded_down(max(0, usual_kg - ordered_kg), usual_kg)


def count_signs(levels: Iterable[AlertLevel | None]) -> int | None:
    """How many of the signs that could be computed reached a threshold; None when none could be computed."""
    known = list(levels)
    return sum(level is not None for level in known) if known else None
