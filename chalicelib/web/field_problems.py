"""What a model refuses, in the codes under which forms and API answers show it."""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from chalicelib.domain.errors import FieldProblem

_FIELD_CODES = {
    "missing": "required",
    "string_too_long": "too_long",
    "too_long": "too_long",
    "string_too_short": "too_short",
    "too_short": "too_short",
    "enum": "unknown_choice",
    "extra_forbidden": "unknown_field",
    "literal_error": "unknown_choice",
    **dict.fromkeys(["int_parsing", "int_type", "int_from_float", "float_parsing", "decimal_parsing"], "not_a_number"),
    **dict.fromkeys(["greater_than", "greater_than_equal", "less_than", "less_than_equal"], "out_of_range"),
    **dict.fromkeys(["date_parsing", "date_from_datetime_parsing", "date_type", "datetime_parsing"], "not_a_date"),
}


def field_problems(error: ValidationError) -> list[FieldProblem]:
    """pydantic's findings as ours: dotted field path, one of our codes, short details."""
    return [
        FieldProblem(
            field=".".join(str(part) for part in found["loc"]) or "body",
            code=_code_of(found),
            details={k: v for k, v in (found.get("ctx") or {}).items() if isinstance(v, (str, int))},
        )
        for found in error.errors(include_url=False)
    ]


def _code_of(found: Mapping[str, Any]) -> str:
    """Our code; nothing at all is missing, whatever it is refused for."""
    code = _FIELD_CODES.get(found["type"], "invalid")
    given = found.get("input")
    if (not given.strip() if isinstance(given, str) else given is None) and code != "unknown_field":
        return "not_chosen" if code == "unknown_choice" else "required"
    return "not_chosen" if found["type"] == "too_short" and not found["input"] else code
