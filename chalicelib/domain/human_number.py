"""Human numbers as people type them: 2026-12, 12号, 〔2026〕12号-3 (a visit), 南综监抽〔2026〕12-1号 (a draw)."""

import re
from datetime import date
from typing import NamedTuple

from chalicelib.domain.text import normalise

_FULL = re.compile(r"(?P<year>20\d{2})[^0-9]{1,3}(?P<sequence>\d{1,6})(?:号|$|(?=-))(?:-(?P<order>\d{1,6}))?")
_DRAW = "抽"
_SHORT = re.compile(r"^(?P<sequence>\d{1,6})号?$")


class HumanNumber(NamedTuple):
    """year and running number of a series; order: a visit's place in its draw or a draw's in its plan, 0 when none is
    named; is_draw: the number is of a draw."""

    year: int
    sequence: int
    order: int = 0
    is_draw: bool = False


def read_number(text: str, today: date) -> HumanNumber | None:
    """The number that this text is or holds; a bare one is of this year. None when it is no number."""
    plain = normalise(text)
    if found := _FULL.search(plain):
        return HumanNumber(int(found["year"]), int(found["sequence"]), int(found["order"] or 0), _DRAW in plain)
    if found := _SHORT.match(plain):
        return HumanNumber(today.year, int(found["sequence"]))
    return None
