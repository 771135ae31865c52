"""The list of subjects by filters, as the page, the API, saved filters and exports ask for it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from urllib.parse import urlencode

from chalicelib.domain.access import NOTHING, Permission, allowed
from chalicelib.domain.division import DivisionLevel, ancestor_codes, covers, full_code, is_known, level_of
from chalicelib.domain.subject import DrawGrade, Subject, SubjectKind, SubjectStatus
from chalicelib.domain.subject_query import MAX_TEXT, SubjectOrder, SubjectQuery
from chalicelib.domain.tenancy import Actor
from chalicelib.domain.text import check_uscc
from chalicelib.services.register.list_subjects import (
    PAGE_ROWS,
    RegisterHead,
    SubjectPage,
    list_subjects,
    narrower,
)
from chalicelib.services.register.register_subject import find_by_code
from chalicelib.web.cursors import open_cursor
from chalicelib.web.fields import Fields, invalid
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.places import open_below, place_label
from chalicelib.web.request import WebRequest

FILTERS = ("q", "division", "kind", "scenario", "grade", "status", "order")
_CHOICES: tuple[tuple[str, Any], ...] = (
    ("kind", SubjectKind),
    ("grade", DrawGrade),
    ("status", SubjectStatus),
    ("order", SubjectOrder),
)
ORDERS = {
    SubjectOrder.DIVISION: mark("按县区"),
    SubjectOrder.NAME: mark("按名称"),
    SubjectOrder.CHANGED: mark("按最近更改"),
    SubjectOrder.GRADE: mark("按抽取分层，D在前"),
}


@dataclass(frozen=True)
class SubjectList:
    """One page. head: the tenant, what its register holds, the person's filters; hit: the subject whose code was typed,
    alone on its page."""

    query: SubjectQuery
    page: SubjectPage
    head: RegisterHead
    hit: Subject | None = None


def may_see_risk(actor: Actor) -> bool:
    return allowed(actor, Permission.RISK_READ, NOTHING)


def read_query(values: Fields, actor: Actor, head: RegisterHead, *, is_strict: bool = False) -> SubjectQuery:
    """The filters of a query string or a form. InvalidInputError names one that cannot be; an order that no index keeps
    for the other filters is refused when strict, else it becomes the order by division."""
    found: dict[str, Any] = {"text": values.text("q"), "division": values.text("division") or None}
    if len(found["text"]) > MAX_TEXT:
        raise invalid("q", "too_long", limit=MAX_TEXT)
    for name, known in _CHOICES:
        text = values.text(name)
        if text and text not in {one.value for one in known}:
            raise invalid(name, "unknown_choice")
        found[name] = text or None
    if found["division"]:
        found["division"] = _division(found["division"], actor, head)
    scenario = values.text("scenario") or None
    if scenario and scenario not in {*head.tenant.scenarios, *head.contents.scenarios}:
        raise invalid("scenario", "unknown_choice")
    if found["grade"] and not (scenario and may_see_risk(actor)):
        raise invalid("grade", "unknown_choice")
    asked = found.pop("order")
    order = SubjectOrder(asked) if asked else None
    query = SubjectQuery(**found, scenario=scenario)
    offered = orders_of(query, actor)
    if order is None or order in offered:
        return query.model_copy(update={"order": None if order is None or order is offered[0] else order})
    if is_strict:
        raise invalid("order", "unknown_choice")
    return query


def orders_of(query: SubjectQuery, actor: Actor) -> tuple[SubjectOrder, ...]:
    """Orders that the query can be listed in for this person, the natural one first; none for a text."""
    place = narrower(query.division, actor.division)
    return query.offered([place] if place else [], may_see_risk=may_see_risk(actor))


def _division(text: str, actor: Actor, head: RegisterHead) -> str:
    code = full_code(text)
    is_inside = any(covers(own, code) or covers(code, own) for own in head.tenant.divisions)
    if not is_inside or narrower(code, actor.division) is None:
        raise invalid("division", "unknown_choice")
    return code


def divisions_of(actor: Actor, head: RegisterHead) -> list[str]:
    """Counties that the register holds anything of, within the person's reach; the person's own place, when it is less
    than a county."""
    found = [one for one in head.contents.counties if (actor.division is None or narrower(one, actor.division))]
    return list(dict.fromkeys(narrower(one, actor.division) or one for one in found)) if actor.division else found


def read_page(request: WebRequest, *, limit: int = PAGE_ROWS, is_strict: bool = False) -> SubjectList:
    """What the request's query asks for; three table calls, two more for a whole code that nothing answers to."""
    head = request.store.subject_filters.head(request.tenant, request.actor.person_id)
    query = read_query(request.query, request.actor, head, is_strict=is_strict)
    found = list_subjects(
        request.store,
        request.tenant,
        request.actor,
        query,
        contents=head.contents,
        after=open_cursor(request),
        limit=min(limit, PAGE_ROWS),
    )
    code = check_uscc(query.text) if query.text else None
    if code is None or not code.is_valid or len(found.subjects) > 1:
        return SubjectList(query, found, head)
    hit = found.subjects[0] if found.subjects else find_by_code(request.store, request.tenant, code.value)
    may = hit is not None and allowed(request.actor, Permission.SUBJECT_READ, hit.resource)
    return SubjectList(query, SubjectPage([hit] if hit and may else [], None), head, hit if may else None)


def values_of(query: SubjectQuery) -> dict[str, str]:
    """The query as the fields of its form; empty ones are left out."""
    found = query.model_dump(mode="json", exclude_none=True)
    text = found.pop("text")
    return ({"q": text} if text else {}) | found


def address_of(base: str, values: Mapping[str, str]) -> str:
    held = urlencode(values)
    return f"{base}?{held}" if held else base


def division_options(query: SubjectQuery, counties: Sequence[str], today: date) -> list[tuple[str, str]]:
    """All counties; of the one that is chosen, or in which the chosen one lies, also its townships, and of such a
    township its villages: the tenant's own divisions with the listed ones, without those closed by today."""
    found = [("", gettext("全部县区"))]
    chain = [*ancestor_codes(query.division), query.division] if query.division else []
    opened = {code for code in chain if level_of(code) in (DivisionLevel.COUNTY, DivisionLevel.TOWNSHIP)}
    above = sorted(code for code in opened if level_of(code) is DivisionLevel.COUNTY)
    for county in sorted({*counties, *above}):
        found.append((county, place_label(county)))
        for town, name in open_below(county, today) if county in opened else ():
            found.append((town, f"\u3000{name}"))
            if town in opened:
                found += [(village, f"\u3000\u3000{words}") for village, words in open_below(town, today)]
    if query.division and query.division not in dict(found):
        label = place_label(query.division) if is_known(query.division) else query.division
        found.append((query.division, f"\u3000{label}"))
    return found


def order_options(query: SubjectQuery, actor: Actor) -> list[tuple[str, str]]:
    return [(one.value, gettext(ORDERS[one])) for one in orders_of(query, actor)]
