"""Administrative divisions (GB/T 2260 and the twelve-digit statistical codes below it): 2 digits region, 4 city,
6 county, 9 township, 12 village. Guangxi's region, cities, counties and townships ship as data; villages are known by
their code alone. A scope covers what begins with its significant digits.
"""

import csv
import re
from collections.abc import Iterable
from enum import StrEnum
from functools import cache, lru_cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.errors import FieldProblem, InvalidInputError, RecordNotFoundError

_DIVISIONS = Path(__file__).parent / "data" / "divisions-guangxi.csv"
_SUFFIXES = (
    *("壮族自治区", "各族自治县", "瑶族自治县", "苗族自治县", "侗族自治县", "仫佬族自治县", "毛南族自治县"),
    *("街道办事处", "街道", "区", "市", "县", "镇", "乡"),
)


class DivisionLevel(StrEnum):
    REGION = "region"
    CITY = "city"
    COUNTY = "county"
    TOWNSHIP = "township"
    VILLAGE = "village"


_WIDTHS = {
    DivisionLevel.REGION: 2,
    DivisionLevel.CITY: 4,
    DivisionLevel.COUNTY: 6,
    DivisionLevel.TOWNSHIP: 9,
    DivisionLevel.VILLAGE: 12,
}


class Division(BaseModel):
    """code: 12 digits; parent_code: None for the region."""

    model_config = ConfigDict(frozen=True)

    code: str
    name: str
    level: DivisionLevel
    parent_code: str | None


class Area(BaseModel):
    """The area of a park or of a plan: a list of divisions of any level, which need not be one division."""

    model_config = ConfigDict(frozen=True)

    division_codes: tuple[str, ...] = Field(min_length=1)

    def covers(self, code: str) -> bool:
        return covers_any(self.division_codes, code)


@cache
def _divisions() -> dict[str, Division]:
    with _DIVISIONS.open(encoding="utf-8", newline="") as file:
        return {
            row["code"]: Division(
                code=row["code"],
                name=row["name"],
                level=DivisionLevel(row["level"]),
                parent_code=row["parent_code"] or None,
            )
            for row in csv.DictReader(file)
        }


@cache
def _children() -> dict[str | None, tuple[Division, ...]]:
    found: dict[str | None, list[Division]] = {}
    for division in _divisions().values():
        found.setdefault(division.parent_code, []).append(division)
    return {parent: tuple(divisions) for parent, divisions in found.items()}


@lru_cache(4096)
def full_code(code: str) -> str:
    """Twelve digits of a code given with 2, 4, 6, 9 or 12. Raises InvalidInputError."""
    if not re.fullmatch(r"[0-9]{2}|[0-9]{4}|[0-9]{6}|[0-9]{9}|[0-9]{12}", code):
        raise InvalidInputError([FieldProblem(field="division", code="division_code", details={"value": code})])
    return code.ljust(12, "0")


@lru_cache(4096)
def level_of(code: str) -> DivisionLevel:
    """By the digits, so that it also holds for a village or another province. Raises InvalidInputError."""
    code = full_code(code)
    for level, width in _WIDTHS.items():
        if not code[width:].strip("0"):
            return level
    return DivisionLevel.VILLAGE


def significant_prefix(code: str) -> str:
    """45, 4501, 450103, 450103001 or twelve digits."""
    return full_code(code)[: _WIDTHS[level_of(code)]]


def covers(scope_code: str, code: str) -> bool:
    """Whether a division lies within a scope, or is it. Raises InvalidInputError for what is no code."""
    return full_code(code).startswith(significant_prefix(scope_code))


def covers_any(scope_codes: Iterable[str], code: str) -> bool:
    return any(covers(scope, code) for scope in scope_codes)


def division(code: str) -> Division:
    """Raises RecordNotFoundError for a code that is not in the data (villages never are)."""
    found = _divisions().get(full_code(code))
    if found is None:
        raise RecordNotFoundError(kind="division", id=code)
    return found


def is_known(code: str) -> bool:
    """Whether the division, or the township of a village code, is in the data or kept by the tenant at work."""
    from chalicelib.domain.local_division import local_label  # it stands on this module

    if not re.fullmatch(r"[0-9]{12}", code):
        return False
    above = code[:9] + "000" if level_of(code) is DivisionLevel.VILLAGE else code
    return above in _divisions() or local_label(code) is not None or local_label(above) is not None


def ancestor_codes(code: str) -> tuple[str, ...]:
    """The codes above a division, from the region down; the division itself is left out."""
    code, width = full_code(code), _WIDTHS[level_of(code)]
    return tuple(code[:above].ljust(12, "0") for above in _WIDTHS.values() if above < width)


def parent_chain(code: str) -> tuple[Division, ...]:
    """The known divisions above, from the region down."""
    return tuple(_divisions()[above] for above in ancestor_codes(code) if above in _divisions())


def county_of(code: str) -> str | None:
    """Twelve digits of the county that a division lies in, itself if it is one; None above the county."""
    code = full_code(code)
    return code[:6].ljust(12, "0") if code[4:6] != "00" else None


def city_of(code: str) -> str | None:
    code = full_code(code)
    return code[:4].ljust(12, "0") if code[2:4] != "00" else None


def children(code: str | None = None) -> tuple[Division, ...]:
    """The divisions directly below, in the order of their codes; without a code the region itself."""
    return _children().get(full_code(code) if code else None, ())


def division_label(code: str, *, is_full: bool = False) -> str:
    """江南区, or in full 南宁市江南区 (the region is left out); a village shows as its township."""
    from chalicelib.domain.local_division import local_label  # it stands on this module

    code = full_code(code)
    name = local_label(code)
    if name is None:
        if level_of(code) is DivisionLevel.VILLAGE and code not in _divisions():
            code = code[:9] + "000"
            name = local_label(code)
        name = name or division(code).name
    above = [local_label(one.code) or one.name for one in parent_chain(code) if one.level is not DivisionLevel.REGION]
    return "".join([*above, name]) if is_full else name


def find_divisions(text: str, within: Iterable[str]) -> tuple[Division, ...]:
    """The divisions within some scopes that a text names: a code of 6, 9 or 12 digits, a name (江南区), a name without
    its suffix (江南), or a chain (广西南宁市江南区). The whole chain must fit. Where a county and townships share the
    name the county is meant; several answers mean that it is ambiguous."""
    from chalicelib.domain.local_division import known_local  # it stands on this module

    wanted, scopes = re.sub(r"[\s/\\,，、·-]", "", text), tuple(within)
    own = [one for one in known_local() if covers_any(scopes, one.id) and wanted.endswith(one.name)]
    named = [one.as_division() for one in own if _names(one.as_division(), wanted)]
    return tuple(named) if named else _find_divisions(wanted, scopes)


@lru_cache(maxsize=4096)
def _find_divisions(wanted: str, scopes: tuple[str, ...]) -> tuple[Division, ...]:
    if re.fullmatch(r"[0-9]{6}|[0-9]{9}|[0-9]{12}", wanted):
        code = full_code(wanted)
        known = _divisions().get(code) or _divisions().get(code[:9] + "000")
        if known is None or not covers_any(scopes, code):
            return ()
        return (known.model_copy(update={"code": code}),)
    named = [one for one in _within(scopes) if _names(one, wanted)]
    exact = [one for one in named if wanted.endswith(one.name)]
    counties = [one for one in exact or named if one.level is DivisionLevel.COUNTY]
    return tuple(counties if len(counties) == 1 else exact or named)


def find_in_address(address: str, within: Iterable[str]) -> Division | None:
    """The lowest division whose name stands in an address, if there is exactly one; townships count only below a
    county that the address names too, because their names repeat."""
    hits = [one for one in _within(tuple(within)) if one.name in address]
    counties = [one for one in hits if one.level is DivisionLevel.COUNTY]
    if len(counties) != 1:
        return None
    towns = [one for one in hits if one.parent_code == counties[0].code]
    return towns[0] if len(towns) == 1 else counties[0]


@lru_cache(maxsize=64)
def _within(scopes: tuple[str, ...]) -> tuple[Division, ...]:
    return tuple(one for one in _divisions().values() if covers_any(scopes, one.code))


def _short(name: str) -> str:
    for suffix in _SUFFIXES:
        if name.endswith(suffix) and len(name) - len(suffix) >= 2:
            return name.removesuffix(suffix)
    return name


def _names(candidate: Division, wanted: str) -> bool:
    """Whether the text is the candidate's name, alone or behind names from its chain."""
    for name in dict.fromkeys((candidate.name, _short(candidate.name))):
        if not wanted.endswith(name):
            continue
        rest = wanted.removesuffix(name)
        for above in reversed(parent_chain(candidate.code)):
            for part in (above.name, _short(above.name)):
                if rest.endswith(part):
                    rest = rest.removesuffix(part)
                    break
        if not rest:
            return True
    return False
