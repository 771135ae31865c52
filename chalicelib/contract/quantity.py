"""Whole numbers of a trade: quantities read by name, and shares and ratios without floats. Every caller says which way
it rounds, so that no rounding hides a shortfall or an excess."""

from collections.abc import Mapping

from chalicelib.domain.item import Answer

WHOLE = 10_000
"""Basis points of one."""


def read_quantity(name: str, measures: Mapping[str, int], answers: Mapping[str, Answer]) -> int | None:
    """A quantity by name from measures, else from answers; None while it is missing or negative."""
    answer = answers.get(name)
    value = measures.get(name, answer.number if answer else None)
    return value if value is not None and value >= 0 else None


def share_rounded_up(amount_fen: int, basis_points: int) -> int:
    """The share of an amount in whole fen, a started fen counted as one: for what must at least be there."""
    return -(-amount_fen * basis_points // WHOLE)


def share_rounded_down(amount_fen: int, basis_points: int) -> int:
    """The share of an amount in whole fen, a started fen left out: for what may at most be there."""
    return amount_fen * basis_points // WHOLE


def ratio_rounded_up(part: int, whole: int, scale: int = WHOLE) -> int | None:
    """part ÷ whole in 1/scale, rounded up, so that "above a limit" stays exact; None when the whole is nought."""
    return -(-part * scale // whole) if whole else None


def ratio_rounded_down(part: int, whole: int, scale: int = WHOLE) -> int | None:
    """part ÷ whole in 1/scale, rounded down, so that "below a limit" and "at least" stay exact; None when the whole is
    nought."""
    return part * scale // whole if whole else None
