"""One cell of a register: the value that its text can only mean, or what is wrong with it."""

import re
from datetime import date, timedelta
from functools import lru_cache
from typing import NamedTuple

from chalicelib.domain.division import DivisionLevel, county_of, find_divisions, find_in_address
from chalicelib.domain.register_columns import Column, ColumnType, truth_words
from chalicelib.domain.text import check_phone, check_uscc, normalise, tidy

_REGION = "450000000000"
_DAY = r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
_SPAN = re.compile(rf"(?:{_DAY}(?:至|到|~|-|—)+)?{_DAY}(?:T?\d{{2}}:\d{{2}}(?::\d{{2}})?)?")
_SEVERAL = re.compile(r"[;；、,，/\s]+(?=\+?\d{7,}|0\d{2,3}-)")
_KEPT = 8192
"""Counties and townships repeat from row to row."""

Value = bool | int | str | None


class CellProblem(NamedTuple):
    """Code and details of what is wrong, as of a FieldProblem."""

    code: str
    details: dict[str, str | int]


def uscc_cell(raw: str) -> tuple[str, CellProblem | None]:
    """A unified social credit code in its one form."""
    found = check_uscc(raw)
    if found.problem:
        return "", CellProblem(found.problem, {"length": len(normalise(raw))})
    return found.value, None


def phone_cell(raw: str) -> tuple[str, CellProblem | None]:
    """The first of the numbers in a cell."""
    first = _SEVERAL.split(raw)[0]
    value = check_phone(first) if first else ""
    return ("", CellProblem("phone_form", {})) if value is None else (value, None)


@lru_cache(_KEPT)
def division_cell(
    raw: str, township: str, address: str, scopes: tuple[str, ...]
) -> tuple[str, str, CellProblem | None, CellProblem | None]:
    """(code, name, problem, doubt) of the division that a cell names, narrowed by its township; without such a cell,
    of the one that the address names."""
    if not raw:
        found = find_in_address(address, scopes) if address else None
        return (found.code, found.name, None, None) if found else ("", "", None, None)
    wanted = normalise(raw)
    named = find_divisions(wanted, scopes)
    if len(named) != 1:
        code = "division_ambiguous" if named else "division_unknown"
        if not named and find_divisions(wanted, (_REGION,)):
            code = "division_outside_area"
        return "", "", CellProblem(code, {}), None
    county = named[0]
    if not township or county.level is not DivisionLevel.COUNTY:
        return county.code, county.name, None, None
    towns = [one for one in find_divisions(normalise(township), (county.code,)) if county_of(one.code) == county.code]
    if len(towns) == 1:
        return towns[0].code, towns[0].name, None, None
    return county.code, county.name, None, CellProblem("township_unknown", {})


def value_cell(column: Column, raw: str) -> tuple[Value, CellProblem | None]:
    """The value of a cell that is not empty."""
    if column.type is ColumnType.BOOLEAN:
        truth = truth_words().get(normalise(raw))
        return truth, CellProblem("truth_form", {}) if truth is None else None
    if column.type is ColumnType.INTEGER:
        digits = re.sub(r"[台个座把条枪支]$", "", normalise(raw))
        if re.fullmatch(r"\d{1,9}", digits):
            return int(digits), None
        return None, CellProblem("number_form", {})
    if column.type is ColumnType.DATE:
        day = parse_date(raw)
        return (day.isoformat(), None) if day else (None, CellProblem("date_form", {}))
    if column.type is ColumnType.CHOICE:
        found = column.choice(raw)
        known = "、".join(one.label for one in column.choices)
        return (found.code, None) if found else (None, CellProblem("choice_unknown", {"known": known}))
    return tidy(raw), None


def parse_date(text: str) -> date | None:
    """A day as people write it: 2027-3-1, 2027/03/01, 2027.3.1, 2027年3月1日, 20270301, the end of a span
    (2022-03-01至2027-03-01), or a spreadsheet's day number (46447). None when it is none of these."""
    wanted = normalise(text)
    if re.fullmatch(r"[2-7]\d{4}", wanted):
        return date(1899, 12, 30) + timedelta(days=int(wanted))
    found = _SPAN.fullmatch(wanted)
    parts = found.groups()[3:] if found else ()
    if compact := re.fullmatch(r"(\d{4})(\d{2})(\d{2})", wanted):
        parts = compact.groups()
    try:
        return date(*(int(part) for part in parts)) if parts else None
    except ValueError:
        return None
