"""Everything that one search box finds, for the person who asks: pages, subjects, plans, draws, visits, people, terms.

Pages and terms are in memory; the rest is one query each, and only what the reader may open is kept.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.glossary import terms
from chalicelib.domain.human_number import read_number
from chalicelib.domain.record import Ref
from chalicelib.domain.text import normalise
from chalicelib.services.register.search_subjects import search_subjects
from chalicelib.web.figure_views import READERS
from chalicelib.web.i18n import current_locale, gettext, mark
from chalicelib.web.places import place_label
from chalicelib.web.request import WebRequest
from chalicelib.web.todo_words import record_page

LONGEST = 60
GROUPS = {
    "page": mark("页面"),
    "number": mark("文号"),
    "subject": mark("监管对象"),
    "person": mark("人员"),
    "term": mark("名词"),
}
_KINDS = {"inspection_plan": mark("检查计划"), "random_draw": mark("抽取"), "visit": mark("检查")}


@dataclass(frozen=True)
class Hit:
    """One thing found: group (a key of GROUPS), words, where it opens, the record if it is one."""

    group: str
    title: str
    url: str
    detail: str = ""
    about: Ref | None = None


def find_all(request: WebRequest, text: str, nav: list[dict[str, Any]], *, limit: int) -> dict[str, list[Hit]]:
    """Hits by group, at most `limit` of each; one query for numbers, three calls for subjects, one query for people."""
    wanted = normalise(text)
    if not wanted:
        return {}
    found = {
        "page": list(_pages(nav, wanted)),
        "number": list(_numbers(request, text)),
        "subject": _subjects(request, text, limit),
        "person": list(_people(request, wanted)),
        "term": list(_terms(wanted)),
    }
    return {group: hits[:limit] for group, hits in found.items() if hits}


def _pages(nav: list[dict[str, Any]], wanted: str) -> Iterator[Hit]:
    for group in nav:
        for item in group["items"]:
            if wanted in normalise(item["label"]):
                yield Hit("page", item["label"], item["url"], group["label"])


def _numbers(request: WebRequest, text: str) -> Iterator[Hit]:
    number = read_number(text, shanghai_date(request.now))
    if number is None:
        return
    for entry in request.store.metrics.by_number(request.tenant, number):
        permission = READERS.get(entry.about.kind, Permission.DRAW_READ)
        if allowed(request.actor, permission, entry.resource):
            kind = gettext(_KINDS.get(entry.about.kind, entry.about.kind))
            detail = f"{kind}{gettext('，')}{entry.title}"
            yield Hit("number", entry.number, record_page(entry.about), detail, entry.about)


def _subjects(request: WebRequest, text: str, limit: int) -> list[Hit]:
    if not allowed(request.actor, Permission.SUBJECT_READ):
        return []
    return [
        Hit(
            "subject",
            one.name or one.address or one.plate,
            f"/console/subjects/{one.id}",
            gettext("，").join(
                part for part in (one.code or one.plate, place_label(one.division), one.address) if part
            ),
            one.ref,
        )
        for one in search_subjects(request.store, request.tenant, request.actor, text, limit=limit)
    ]


def _people(request: WebRequest, wanted: str) -> Iterator[Hit]:
    """Staff of the own tenant by any part of the name, of two characters and more: two calls."""
    if len(wanted) < 2 or not allowed(request.actor, Permission.PEOPLE_READ):
        return
    for person in request.store.people.named(request.tenant, wanted):
        if wanted in normalise(person.name):
            state = "" if person.is_active else gettext("已停用")
            yield Hit("person", person.name, f"/console/people/{person.id}", state, person.ref)


def _terms(wanted: str) -> Iterator[Hit]:
    locale = current_locale()
    for term in terms():
        if wanted in normalise(term.zh + " " + term.en):
            yield Hit("term", term.label(locale), f"/console/glossary#{term.name}", term.definition(locale))
