"""Numbers as people type them, kept as integers in 10^-decimals of their unit."""

import unicodedata
from decimal import Decimal

from chalicelib.domain.errors import FieldProblem, InvalidInputError


def number_words(value: int | None, decimals: int) -> str:
    """105 with two decimals: 1.05."""
    return "" if value is None else str(Decimal(value).scaleb(-decimals))


def scaled_number(text: str, decimals: int, field: str = "number") -> int | None:
    """1.05 with two decimals: 105; None for no text. Raises InvalidInputError that names the field."""
    if not text:
        return None
    try:
        scaled = Decimal(unicodedata.normalize("NFKC", text).replace(",", "")).scaleb(decimals)
    except ArithmeticError:
        raise InvalidInputError([FieldProblem(field=field, code="not_a_number")]) from None
    if not scaled.is_finite() or scaled != scaled.to_integral_value():
        details: dict[str, str | int] = {"decimals": decimals}
        raise InvalidInputError([FieldProblem(field=field, code="too_many_decimals", details=details)])
    if abs(scaled) > 10**15:
        raise InvalidInputError([FieldProblem(field=field, code="out_of_range")])
    return int(scaled)
