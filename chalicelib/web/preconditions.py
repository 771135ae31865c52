"""If-Match (RFC 9110 §13.1.1): which version of a record the caller saw."""

from chalicelib.domain.errors import ConflictError
from chalicelib.web.fields import invalid
from chalicelib.web.request import WebRequest


def seen_version(request: WebRequest, *, is_required: bool = True) -> int | None:
    """The version in `If-Match: "3"`; None for `*` or, where it may be left out, without one. InvalidInputError for a
    header that is missing or is no entity tag of ours."""
    text = request.header("if-match")
    if text == "*" or (not text and not is_required):
        return None
    number = text.removeprefix('"').removesuffix('"')
    if not number.isdigit() or not number.isascii():
        raise invalid("If-Match", "version_needed" if not text else "invalid")
    return int(number)


def check_version(kind: str, id: str, version: int, seen: int | None) -> None:
    """ConflictError when the caller saw another version."""
    if seen is not None and seen != version:
        raise ConflictError(kind=kind, id=id)
