"""Ratios of whole numbers, without floats. Every caller says which way it rounds, so that "above" and "below" a limit
stay exact."""

WHOLE = 10_000
"""Basis points of one."""


def rounded_up(part: int, whole: int) -> int | None:
    """part ÷ whole in basis points, rounded up: for what may not go above a limit; None when the whole is nought."""
    return -(-part * WHOLE // whole) if whole else None


def rounded_down(part: int, whole: int) -> int | None:
    """part ÷ whole in basis points, rounded down: for what may not fall below a limit; None when the whole is
    nought."""
    return part * WHOLE // whole if whole else None
