"""Cursors of lists: a position in the table, sealed for one tenant, one person and one query.

A cursor of another tenant, person or filter does not open (trust design §1.7), and shows nothing of the keys inside.
"""

from datetime import timedelta
from hashlib import sha256
from typing import Any

from chalicelib import bootstrap
from chalicelib.web import sealing
from chalicelib.web.fields import Fields, invalid
from chalicelib.web.request import WebRequest

CURSOR = "cursor"
_FREE = (CURSOR, "limit", "lang")
"""Parameters that may change from page to page."""
_DAYS = 1


def seal_cursor(request: WebRequest, position: dict[str, Any] | None, query: Fields | None = None) -> str:
    """Text for the `cursor` of the next page's address; empty at the end of the list. query: that of the next page,
    where it says more than the query of this one."""
    if position is None:
        return ""
    until = request.now + timedelta(days=_DAYS)
    return sealing.seal(bootstrap.application_secret(), _purpose(request, query), position, until=until)


def open_cursor(request: WebRequest) -> dict[str, Any] | None:
    """The position that the query's `cursor` names; None on the first page, InvalidInputError for a foreign one."""
    text = request.query.text(CURSOR)
    if not text:
        return None
    position = sealing.unseal(bootstrap.application_secret(), _purpose(request), text, now=request.now)
    if position is None:
        raise invalid(CURSOR, "invalid")
    return position


def _purpose(request: WebRequest, query: Fields | None = None) -> str:
    asked_for = request.query if query is None else query
    names = [name for name in asked_for.names() if name not in _FREE]
    asked = sorted((name, value) for name in names for value in asked_for.many(name))
    person = request.person.person_id if request.person else ""
    digest = sha256(repr((request.tenant, person, request.path, asked)).encode()).hexdigest()
    return f"cursor:{digest}"
