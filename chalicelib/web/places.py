"""Divisions for filters: the counties of a tenant that a person may know of."""

from collections.abc import Sequence
from datetime import date

from chalicelib.domain.division import DivisionLevel, children, covers, division_label, is_known, level_of
from chalicelib.domain.local_division import known_local, local_children
from chalicelib.domain.tenancy import Actor


def counties_of(divisions: Sequence[str], actor: Actor) -> list[str]:
    """12-digit codes of the counties below these divisions within the person's reach, ascending; a city's own code
    comes last, for what was registered without a county."""
    found: list[str] = []
    above: list[str] = []
    for code in divisions:
        found += _below(code)
        above += [code] if level_of(code) in (DivisionLevel.CITY, DivisionLevel.REGION) else []
    reach = actor.division
    wanted = [code for code in [*sorted(set(found)), *above] if reach is None or _meets(reach, code)]
    return list(dict.fromkeys(wanted))


def _below(code: str) -> list[str]:
    level = level_of(code)
    if level is DivisionLevel.REGION:
        return [county.code for city in children(code) for county in children(city.code)]
    if level is DivisionLevel.CITY:
        return [county.code for county in children(code)]
    return [code[:6].ljust(12, "0")]


def _meets(reach: str, code: str) -> bool:
    return covers(reach, code) or (covers(code, reach) and level_of(code) is DivisionLevel.COUNTY)


def open_below(code: str, day: date) -> list[tuple[str, str]]:
    """(code, name) of what lies directly below a division: the list with the tenant's own entries over it, without what
    was closed by that day."""
    own = {one.id: one for one in known_local()}
    found = {one.code: division_label(one.code) for one in children(code)}
    found |= {one.id: one.name for one in local_children(code, day)}
    return [(c, name) for c, name in sorted(found.items()) if c not in own or own[c].is_open_on(day)]


def place_label(code: str, *, is_full: bool = False) -> str:
    """A division's name, its code where the data has none."""
    return division_label(code, is_full=is_full) if is_known(code) else code
