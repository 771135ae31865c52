"""Answers: a page, a redirect, JSON, a problem document, a file.

Handlers return one of these; headers that every answer carries are added by the middleware.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any
from urllib.parse import quote

from chalice import Response
from pydantic import BaseModel

from chalicelib import bootstrap
from chalicelib.domain.errors import FieldProblem
from chalicelib.web import cookies, sealing
from chalicelib.web.request import WebRequest

HTML = "text/html; charset=utf-8"
PROBLEM = "application/problem+json"
_FLASH_SECONDS = 60


class Answer(Response):
    """A response made by us; whatever else leaves Chalice is one of its own errors."""

    def __init__(self, body: str | bytes, *, content_type: str, status: int = 200) -> None:
        super().__init__(body=body, headers={"Content-Type": content_type}, status_code=status)

    def add_cookie(self, value: str) -> None:
        self.headers.setdefault("Set-Cookie", []).append(value)


def page(request: WebRequest, template: str, status: int = 200, **context: Any) -> Answer:
    """A page from a template below templates/; every template also gets `ui` (see `ui.py`) and `request`."""
    from chalicelib.web.render import render
    from chalicelib.web.ui import ui_of

    text = render(template, locale=request.locale, ui=ui_of(request), request=request, **context)
    return Answer(text, content_type=HTML, status=status)


def see_other(url: str, flash: str | None = None, tone: str = "green") -> Answer:
    """303 to a path of ours; ValueError on an address outside.

    flash: words in the reader's language, shown once on the next page; tone: `green`, `orange`, `red` or `blue`.
    """
    if not is_local(url):
        raise ValueError(f"not a path of ours: {url!r}")
    answer = redirect(url)
    if flash:
        until = bootstrap.clock()() + timedelta(seconds=_FLASH_SECONDS)
        sealed = sealing.seal(bootstrap.application_secret(), "flash", {"text": flash, "tone": tone}, until=until)
        answer.add_cookie(cookies.set_cookie(cookies.FLASH, sealed, max_age=_FLASH_SECONDS))
    return answer


def redirect(url: str) -> Answer:
    """303 to any address: only the sign-in uses it directly, for the provider's page."""
    answer = Answer("", content_type="text/plain; charset=utf-8", status=303)
    answer.headers["Location"] = url
    return answer


def is_local(url: str) -> bool:
    """A path of ours, that no browser reads as another host."""
    return (
        url.startswith("/")
        and not url.startswith(("//", "/\\"))
        and all(" " < character < "\x7f" and character != "\\" for character in url)
    )


def json_answer(
    value: BaseModel | Mapping[str, Any] | Sequence[Any], status: int = 200, *, etag: str | int | None = None
) -> Answer:
    """JSON of a model, or of plain values with models inside. `etag`: the record's version."""
    answer = Answer(_dumps(value), content_type="application/json", status=status)
    if etag is not None:
        answer.headers["ETag"] = f'"{etag}"'
    return answer


def problem(
    status: int,
    code: str,
    title: str,
    *,
    detail: str = "",
    instance: str = "",
    problems: Sequence[tuple[FieldProblem, str]] = (),
    outside: Mapping[str, str] | None = None,
) -> Answer:
    """Problem details (RFC 9457). `type` is a URN of the stable code; `problems` are fields with their words.

    outside: names that are no fields of the body, with the place where they are (`query`, `header`).
    """
    body: dict[str, Any] = {"type": f"urn:yijianshi:error:{code}", "title": title, "status": status, "code": code}
    if detail:
        body["detail"] = detail
    if instance:
        body["instance"] = instance
    if problems:
        body["problems"] = [
            {
                "field": found.field,
                **_place(found.field, outside or {}),
                "code": found.code,
                "detail": words,
                **_details(found),
            }
            for found, words in problems
        ]
    return Answer(_dumps(body), content_type=PROBLEM, status=status)


def file_answer(content: bytes, content_type: str, filename: str | None = None) -> Answer:
    """Bytes; with a file name the browser saves them (RFC 6266, names in any script)."""
    answer = Answer(content, content_type=content_type)
    if filename:
        plain = "".join(c if c.isascii() and (c.isalnum() or c in "._-") else "_" for c in filename)
        answer.headers["Content-Disposition"] = f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(filename)}"
    return answer


def _place(field: str, outside: Mapping[str, str]) -> dict[str, str]:
    """Where the field is; in a body, with the JSON Pointer (RFC 6901) to it."""
    if field in outside:
        return {"place": outside[field]}
    parts = [] if field == "body" else field.split(".")
    escaped = [part.replace("~", "~0").replace("/", "~1") for part in parts]
    return {"place": "body", "pointer": "#" + "".join(f"/{part}" for part in escaped)}


def _details(found: FieldProblem) -> dict[str, Any]:
    return {"details": found.details} if found.details else {}


def _dumps(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), default=_plain)


def _plain(value: Any) -> Any:
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if hasattr(value, "isoformat"):
        return value.isoformat()
    raise TypeError(f"no JSON for {type(value).__name__}")
