"""What the layouts need of every request: who is here, where, and where one can go (see layouts/console.html)."""

import re
from dataclasses import dataclass
from functools import cache
from typing import Any

from chalicelib import bootstrap
from chalicelib.bootstrap import ScopeRole
from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.record import new_id
from chalicelib.domain.tenancy import Actor, Role
from chalicelib.web import cookies, sealing
from chalicelib.web.help_topics import HelpTopic, topic_of
from chalicelib.web.i18n import gettext
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import SAFE_METHODS, SIGNED_IN, Face, RouteDeclaration, declarations

SEARCH = "/console/search"
_FIRST_HELP = {Face.CONSOLE: "home", Face.SUBJECT: "subject", Face.FIELD: "field"}
SHORTCUTS = {
    "h": "/console",
    "p": "/console/plans",
    "d": "/console/draws",
    "v": "/console/visits",
    "f": "/console/findings",
    "r": "/console/results",
    "s": "/console/subjects",
    "i": "/console/imports",
    "m": "/console/figures",
    "e": "/console/evidence",
    "t": "/console/glossary",
}
"""Keys after g, and where they lead."""
_TOLD = {Face.CONSOLE: "/console", Face.SUBJECT: "/subject", Face.FIELD: "/console"}
"""Where the people of a face read their notifications: officers on the console's pages, which fit a phone too."""
_HOMES = {Face.CONSOLE: "/console", Face.FIELD: "/field", Face.SUBJECT: "/subject"}


@dataclass(frozen=True)
class Ui:
    """The `ui` of the templates. `key` is a fresh ULID at each reading: the idempotency key of one form."""

    face: str
    locale: str
    path: str
    csrf_token: str
    tenant_label: str
    owner_id: str
    person_label: str
    acting_label: str
    home_url: str
    account_url: str
    logout_url: str
    notifications_url: str
    nav: list[dict[str, Any]]
    flash: list[dict[str, str]] | None
    search_url: str = ""
    help_url: str = ""
    large_type: bool = False
    shortcuts: tuple[tuple[str, str, str], ...] = ()
    terms: tuple[str, ...] = ()

    @property
    def key(self) -> str:
        return new_id()


def ui_of(request: WebRequest) -> Ui:
    person = request.person
    session = request.session
    nav = navigation(request)
    topic = topic_of(request.path)
    return Ui(
        face=request.face.value if request.face.needs_person else Face.PUBLIC.value,
        locale=request.locale,
        path=_page_path(request),
        csrf_token=request.csrf_token,
        tenant_label=_tenant_label(request),
        owner_id=person.person_id if person else "",
        person_label=person.name if person else "",
        acting_label=person.acting_for_name if person else "",
        home_url=_HOMES.get(request.face, home_of(person) if person else "/"),
        account_url="/login/tenant" if session and len(session.memberships) > 1 else "",
        logout_url="/logout" if session else "",
        notifications_url=_notifications_url(request),
        nav=nav,
        flash=_flash(request),
        search_url=SEARCH if request.face is Face.CONSOLE and person and allowed(person, Permission.HOME_READ) else "",
        help_url=_help_url(request, topic),
        large_type=request.cookies.get("type") == "large",
        shortcuts=_shortcuts(nav),
        terms=topic.terms if topic else (),
    )


@cache
def _pages(count: int) -> re.Pattern[str]:
    """Every path that can be opened, of so many routes: more are declared while modules are imported."""
    paths = (d.path for d in declarations() if d.is_safe)
    return re.compile("|".join(re.sub(r"\\{\w+\\}", "[^/]+", re.escape(path)) for path in paths))


def _page_path(request: WebRequest) -> str:
    """Where the same page is opened again: for what a form answered, the nearest page above the form's address."""
    path = request.path
    if request.method in SAFE_METHODS:
        return path
    pages = _pages(len(declarations()))
    while path and not pages.fullmatch(path):
        path = path.rpartition("/")[0]
    return path or "/"


@cache
def _in_menus(face: Face, count: int) -> tuple[RouteDeclaration, ...]:
    """Routes with an entry in this face's menu, of so many."""
    return tuple(one for one in declarations() if one.nav and one.face is face)


def _help_url(request: WebRequest, topic: HelpTopic | None) -> str:
    """The help of this page, in the frame of its face; on a help page itself the same."""
    base = f"/{request.face.value}" if request.face in _HOMES else ""
    return f"{base}/help/{topic.name if topic else _FIRST_HELP.get(request.face, 'public')}"


def _shortcuts(nav: list[dict[str, Any]]) -> tuple[tuple[str, str, str], ...]:
    """(letter after g, address, words) of the entries that this person has."""
    entries = {item["url"]: item["label"] for group in nav for item in group["items"]}
    return tuple((letter, url, entries[url]) for letter, url in SHORTCUTS.items() if url in entries)


def _notifications_url(request: WebRequest) -> str:
    """The person's notifications on this face; empty on a face without them, and for nobody."""
    return f"{_TOLD[request.face]}/notifications" if request.person and request.face in _TOLD else ""


def home_of(actor: Actor) -> str:
    """The first page after signing in."""
    if Role.SUBJECT_USER in actor.roles:
        return "/subject"
    return "/field" if actor.roles == {Role.INSPECTOR} else "/console"


def navigation(request: WebRequest) -> list[dict[str, Any]]:
    """Groups of the routes that declare an entry for this face and that the person's roles open."""
    entries = [
        (path, d)
        for d in _in_menus(request.face, len(declarations()))
        if opens(request.person, d) and (path := _path_here(request, d))
    ]
    groups: dict[str, list[dict[str, Any]]] = {}
    places = [(place, path) for path, entry in entries for place in (path, *(entry.nav.also if entry.nav else ()))]
    here = max((place for place in places if _is_within(request.path, place[0])), key=lambda p: len(p[0]), default="")
    for path, declaration in sorted(entries, key=lambda e: (e[1].nav.order if e[1].nav else 0, e[0])):
        nav = declaration.nav
        assert nav is not None
        item = {
            "label": gettext(nav.label),
            "url": path,
            "icon": nav.icon,
            "count": None,
            "active": bool(here) and path == here[1],
        }
        groups.setdefault(nav.group, []).append(item)
    return [{"label": gettext(group) if group else "", "items": items} for group, items in groups.items()]


def _path_here(request: WebRequest, declaration: RouteDeclaration) -> str:
    """The entry's address; on public pages with the tenant that the page is of, empty while there is none."""
    if "tenant" not in declaration.parameters:
        return declaration.path
    return declaration.concrete_path(tenant=request.known_tenant) if request.known_tenant else ""


def opens(person: Actor | None, declaration: RouteDeclaration) -> bool:
    """Whether the person's roles open the route; it may still refuse a record."""
    if declaration.is_open:
        return True
    if person is None:
        return False
    return declaration.permission == SIGNED_IN or allowed(person, Permission(declaration.permission))


def _is_within(path: str, entry: str) -> bool:
    return path == entry or path.startswith(entry.rstrip("/") + "/")


def _tenant_label(request: WebRequest) -> str:
    if request.tenant_label or request.person is None:
        return request.tenant_label
    session = request.session
    if session and session.membership and session.membership.label and request.locale == "zh":
        return session.membership.label
    with bootstrap.scope(request.tenant, ScopeRole.READER):
        tenant = bootstrap.store().tenants.find(request.tenant, request.tenant)
    if tenant is None:
        return session.membership.label if session and session.membership else ""
    return (tenant.label_en if request.locale == "en" else "") or tenant.label


def _flash(request: WebRequest) -> list[dict[str, str]] | None:
    sealed = request.cookies.get(cookies.FLASH, "")
    if not sealed:
        return None
    request.set_cookies.append(cookies.clear_cookie(cookies.FLASH))
    found = sealing.unseal(bootstrap.application_secret(), "flash", sealed, now=request.now)
    return [{"tone": str(found["tone"]), "text": str(found["text"])}] if found else None
