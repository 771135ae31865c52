"""Path parameters of the API: what a value may look like. Anything else names nothing and is not found."""

import re
from collections.abc import Mapping

from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.web.routing import Face, RouteDeclaration

_ID = r"[A-Za-z0-9][A-Za-z0-9_.:-]{0,79}"
_CODE = r"[a-z][a-z0-9_]{0,63}"
_BY_NAME: Mapping[str, str] = {
    "tenant": r"[a-z0-9]{8}",
    "sha256": r"[0-9a-f]{64}",
    "scenario": _CODE,
    "name": _CODE,
    "one": _CODE,
}


def pattern_of(name: str) -> str:
    """The regular expression (both in Python and in JSON Schema) of a path parameter."""
    return f"^{_BY_NAME.get(name, _ID)}$"


def check_path(declaration: RouteDeclaration, path_values: Mapping[str, str]) -> None:
    """RecordNotFoundError for a value that no record can have: such a path leads nowhere, whoever asks."""
    if declaration.face is not Face.API:
        return
    for name, value in path_values.items():
        if not re.fullmatch(pattern_of(name), value):
            raise RecordNotFoundError()
