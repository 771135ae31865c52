"""A subject as the API takes it, turned into the values that its form sends, so that both are checked by one reader."""

from collections.abc import Mapping
from typing import Any

from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.subject_kind import AttributeType, SubjectKind, kind_rules
from chalicelib.web.subject_form import labels

_STRUCTURED = ("attributes", "kind_attributes", "responsible_people", "located_at")


def json_values(body: Mapping[str, Any], kind: SubjectKind = SubjectKind.COMPANY) -> dict[str, str]:
    """`attributes` is {scenario: {attribute: value}}, `kind_attributes` {attribute: value} of its kind (money in fen),
    `responsible_people` the whole list of {role, name, phone}, `located_at` "lat,lon". Raises InvalidInputError for a
    field that is not known."""
    known = {name for name in labels() if "." not in name} - {"photo", "latitude", "longitude"}
    problems = [FieldProblem(field=name, code="invalid") for name in body if name not in (*known, *_STRUCTURED)]
    found = {name: _as_typed(value) for name, value in body.items() if name in known and value is not None}
    for name, read in (
        ("attributes", _attributes),
        ("kind_attributes", lambda value: _kind_attributes(value, kind)),
        ("responsible_people", _people),
        ("located_at", _place),
    ):
        value = body.get(name)
        part = read(value) if value is not None else {}
        if part is None:
            problems.append(FieldProblem(field=name, code="invalid"))
        else:
            found |= part
    if problems:
        raise InvalidInputError(problems)
    return found


def _as_typed(value: object) -> str:
    return {True: "yes", False: "no"}[value] if isinstance(value, bool) else str(value)


def _attributes(value: Any) -> dict[str, str] | None:
    if not isinstance(value, dict) or not all(isinstance(one, dict) for one in value.values()):
        return None
    return {f"{s}.{name}": _as_typed(v) for s, given in value.items() for name, v in given.items() if v is not None}


def _kind_attributes(value: Any, kind: SubjectKind) -> dict[str, str] | None:
    known = {one.code: one for one in kind_rules(kind).attributes}
    if not isinstance(value, dict) or not set(value) <= set(known):
        return None
    found = {}
    for name, one in value.items():
        is_fen = known[name].type is AttributeType.MONEY and isinstance(one, int) and not isinstance(one, bool)
        found[f"kind.{name}"] = "" if one is None else f"{one // 100}.{one % 100:02d}" if is_fen else _as_typed(one)
    return found


def _people(value: Any) -> dict[str, str] | None:
    if not isinstance(value, list) or not all(isinstance(one, dict) for one in value):
        return None
    found = {"people.all": "yes"}
    for at, one in enumerate(value):
        if not set(one) <= {"role", "name", "phone"} or not all(isinstance(part, str) for part in one.values()):
            return None
        found |= {f"people.{at}.{part}": text for part, text in one.items()}
    return found


def _place(value: Any) -> dict[str, str] | None:
    if not isinstance(value, str) or (value and value.count(",") != 1):
        return None
    latitude, _, longitude = value.partition(",")
    return {"latitude": latitude, "longitude": longitude}
