"""Preconditions (RFC 9110 §13): which version of a record the caller saw, and whether it has it already.

An entity tag of ours begins with the record's version: `"3"` after a write, `"3.1f0a2b4c"` after a read, where the rest
tells representations of one version apart (language, what the reader may see, what others added to it).
"""

import re
from hashlib import sha256

from chalicelib.domain.record import Record
from chalicelib.web.errors import PreconditionFailedError, PreconditionRequiredError
from chalicelib.web.fields import invalid
from chalicelib.web.request import WebRequest

_TAG = re.compile(r'\s*(?P<weak>W/)?"(?P<tag>[\x21\x23-\x7e]*)"\s*')
_VERSION = re.compile(r"(?P<version>\d{1,9})(\.[0-9a-f]{8})?")


def seen_versions(request: WebRequest, *, is_required: bool) -> frozenset[int] | None:
    """The versions in `If-Match: "3"`; None for `*` or, where it may be left out, without one.

    PreconditionRequiredError when it is missing, InvalidInputError when it is no list of entity tags.
    """
    text = request.header("if-match")
    if not text and is_required:
        raise PreconditionRequiredError()
    if text == "*" or not text:
        return None
    found = [_VERSION.fullmatch(tag) for tag, is_weak in _tags(text, "If-Match") if not is_weak]
    return frozenset(int(one["version"]) for one in found if one)


def seen_version(request: WebRequest, *, is_required: bool = True) -> int | None:
    """The same for a service that takes one version: the highest named, 0 when none of them is one of ours."""
    versions = seen_versions(request, is_required=is_required)
    return None if versions is None else max(versions, default=0)


def check_match(request: WebRequest, record: Record, *, is_required: bool = False) -> None:
    """PreconditionFailedError when the caller saw another version; an act that was done before passes, because it
    changes nothing more. The version then also holds inside the transaction (`Act.seen`)."""
    versions = seen_versions(request, is_required=is_required)
    if versions is None:
        return
    if record.version in versions:
        request.seen = (record.ref, record.version)
    elif request.store.done(request.tenant, request.act()) is None:
        raise PreconditionFailedError(version=record.version)


def check_version(kind: str, id: str, version: int, seen: int | None) -> None:
    """PreconditionFailedError when the caller saw another version."""
    if seen is not None and seen != version:
        raise PreconditionFailedError(kind=kind, id=id, version=version)


def tag_of_read(version: str, body: bytes) -> str:
    """The entity tag of a representation that was read."""
    return f'"{version}.{sha256(body).hexdigest()[:8]}"'


def has_already(request: WebRequest, tag: str) -> bool:
    """Whether `If-None-Match` names this representation (weak comparison)."""
    text = request.header("if-none-match")
    if text == "*":
        return True
    return bool(text) and any(f'"{one}"' == tag for one, _ in _tags(text, "If-None-Match"))


def _tags(text: str, header: str) -> list[tuple[str, bool]]:
    found = [_TAG.fullmatch(part) for part in text.split(",")]
    if None in found:
        raise invalid(header, "invalid")
    return [(one["tag"], bool(one["weak"])) for one in found if one]
