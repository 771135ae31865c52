"""People of the tenant: the list with its filters, and what the other pages about people share."""

from collections.abc import Mapping
from datetime import date
from typing import Any
from urllib.parse import urlencode

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.certificate_warning import CertificateState, certificate_warnings, standing_on
from chalicelib.domain.search_text import MIN_TEXT, search_form
from chalicelib.domain.tenancy import ADMINISTRATORS, ActingBody, Department, Person, Role, role_owner
from chalicelib.domain.text import mask_name, normalise
from chalicelib.web.answers import Answer, page
from chalicelib.web.cursors import CURSOR, open_cursor, seal_cursor
from chalicelib.web.i18n import current_locale, gettext, mark
from chalicelib.web.people_words import ROLES, role_label, role_labels
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route

blueprint = Blueprint(__name__)

BASE = "/console/people"
PERSON = ("person", "person_id")
PAGE_ROWS, FILTER_PAGES, MOST_NAMED = 50, 5, 60
FILTERS = ("q", "role", "department", "certificate")
CERTIFICATE_FILTERS = {
    "expired": mark("已过期"),
    "missing": mark("没有执法证"),
    "expiring": mark("快到期"),
    "valid": mark("有效"),
}


def label_of(record: Department | ActingBody) -> str:
    """The record's name in the reader's language."""
    return (record.label_en if current_locale() == "en" else "") or record.label


def shown_name(person: Person) -> str:
    """Staff by name; people of firms masked, who are known here for their account only."""
    return mask_name(person.name) if Role.SUBJECT_USER in person.roles else person.name


def certificate_state(person: Person, today: date) -> tuple[str, str]:
    """(words, tone) of an inspector's certificate; empty words for somebody who needs none."""
    standing = standing_on(person, today)
    if standing.state is CertificateState.EXPIRING:
        words = gettext("%(count)s天后到期", count=standing.days_left)
        return words, "orange" if standing.step == min(certificate_warnings().steps) else "yellow"
    return {
        CertificateState.NOT_NEEDED: ("", ""),
        CertificateState.MISSING: (gettext("没有执法证"), "red"),
        CertificateState.NOT_YET: (gettext("还没有生效"), "red"),
        CertificateState.EXPIRED: (gettext("执法证已过期"), "red"),
    }.get(standing.state, (gettext("有效"), "green"))


def administrators_of(people: list[Person]) -> list[dict[str, Any]]:
    """The three administrators: who holds each, in the order of the rule."""
    return [
        {"label": role_label(role), "names": [one.name for one in people if role in one.roles and one.is_active]}
        for role in Role
        if role in ADMINISTRATORS
    ]


@route(
    blueprint,
    BASE,
    permission=Permission.PEOPLE_READ,
    nav=Nav(group=mark("单位"), label=mark("人员名册"), order=80, icon="users"),
)
def list_people(request: WebRequest) -> Answer:
    """One page of people (a filter reads on, at most five pages), the departments, the administrators."""
    store, tenant = request.store, request.tenant
    departments = {one.id: label_of(one) for one in store.departments.every(tenant)}
    values = {name: request.query.text(name) for name in FILTERS}
    today = shanghai_date(request.now)
    found, position, is_cut = read_people(request, values, today)
    held = urlencode({name: value for name, value in values.items() if value})
    base = f"{BASE}?{held}" if held else BASE
    cursor = seal_cursor(request, position)
    is_first = not request.query.text(CURSOR)
    rows = [
        {
            "person": one,
            "name": shown_name(one),
            "roles": role_labels(one.roles),
            "department": departments.get(one.department_id or "", ""),
            "certificate": certificate_state(one, today),
        }
        for one in found
    ]
    return page(
        request,
        "pages/people/list.html",
        rows=rows,
        values=values,
        is_filtered=bool(held),
        is_cut=is_cut,
        next_url=f"{base}{'&' if held else '?'}{CURSOR}={cursor}" if cursor else "",
        first_url="" if is_first else base,
        administrators=administrators_of(store.people.administrators(tenant)) if is_first and not held else [],
        roles=[("", gettext("全部角色")), *((role.value, role_label(role)) for role in ROLES)],
        departments=[("", gettext("全部部门")), *departments.items()],
        states=[("", gettext("全部")), *((code, gettext(words)) for code, words in CERTIFICATE_FILTERS.items())],
        tabs=tabs_of(request, BASE),
        may_manage=allowed(request.actor, Permission.PEOPLE_MANAGE),
    )


def read_people(
    request: WebRequest, values: Mapping[str, str], today: date, limit: int = PAGE_ROWS
) -> tuple[list[Person], dict[str, Any] | None, bool]:
    """People that fit, where the next page begins, and whether reading stopped before the page was full. A name, a
    department or a role is found by its own entries; other filters read on.

    With a filter a page may hold more than `limit`: what was read with its last row is not thrown away.
    """
    position = open_cursor(request)
    if len(search_form(values.get("q", ""))) >= MIN_TEXT:
        named = request.store.people.named(request.tenant, values["q"], MOST_NAMED)
        return [one for one in named if _fits(one, values, today)], None, len(named) == MOST_NAMED
    owner = values.get("department") or (role_owner(values["role"]) if values.get("role") else "")
    found: list[Person] = []
    for _ in range(FILTER_PAGES):
        if owner:
            part = request.store.people.page_of_owner(request.tenant, owner, position, limit)
        else:
            part = request.store.people.page_of(request.tenant, position, limit)
        found += [one for one in part.records if _fits(one, values, today)]
        position = part.next
        if position is None or len(found) >= limit:
            return found, position, False
    return found, position, True


def _fits(person: Person, values: Mapping[str, str], today: date) -> bool:
    if values.get("role") and values["role"] not in person.roles:
        return False
    if values.get("department") and person.department_id != values["department"]:
        return False
    if values.get("certificate") and standing_on(person, today).state.value != values["certificate"]:
        return False
    return not values.get("q") or normalise(values["q"]) in normalise(shown_name(person))


def tabs_of(request: WebRequest, active: str) -> list[dict[str, Any]]:
    """The pages about people that this reader may open."""
    entries = [
        (gettext("人员名册"), BASE, Permission.PEOPLE_READ),
        (gettext("执法证"), f"{BASE}/certificates", Permission.PEOPLE_READ),
        (gettext("待复核的变更"), f"{BASE}/changes", Permission.ACCESS_READ),
        (gettext("部门和执法主体"), "/console/departments", Permission.TENANT_READ),
    ]
    return [
        {"label": label, "url": url, "active": url == active}
        for label, url, permission in entries
        if allowed(request.actor, permission)
    ]
