"""People of the tenant, its departments and acting bodies; the security administrator adds and changes people."""

from datetime import date
from typing import Any
from urllib.parse import urlencode

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.errors import ConflictError, InvalidInputError, NotAllowedError
from chalicelib.domain.event import EventType
from chalicelib.domain.tenancy import ADMINISTRATORS, ActingBody, Department, Person, Role
from chalicelib.domain.text import mask_name, normalise
from chalicelib.services.tenancy.add_person import add_person, change_person
from chalicelib.web import messages
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.fields import Fields, invalid
from chalicelib.web.formats import format_datetime
from chalicelib.web.i18n import current_locale, gettext, mark
from chalicelib.web.people_words import ROLES, labels, role_label, role_labels, role_options
from chalicelib.web.person_form import PersonForm, certificate_rows, typed_values, values_of
from chalicelib.web.places import counties_of, place_label
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route

blueprint = Blueprint(__name__)

BASE = "/console/people"
PERSON = ("person", "person_id")
PAGE_ROWS = 50
EXPIRES_SOON_DAYS = 30
_EVENTS = {EventType.PERSON_ADDED: mark("添加人员"), EventType.PERSON_CHANGED: mark("修改人员")}


def label_of(record: Department | ActingBody) -> str:
    """The record's name in the reader's language."""
    return (record.label_en if current_locale() == "en" else "") or record.label


def shown_name(person: Person) -> str:
    """Staff by name; people of firms masked, who are known here for their account only."""
    return mask_name(person.name) if Role.SUBJECT_USER in person.roles else person.name


def certificate_state(person: Person, today: date) -> tuple[str, str]:
    """(words, tone) of an inspector's certificate; empty words for somebody who needs none."""
    held = person.certificate_on(today)
    if held is None:
        if Role.INSPECTOR not in person.roles and not person.certificates:
            return "", ""
        return (gettext("执法证已过期"), "red") if person.certificates else (gettext("没有执法证"), "red")
    last = max(one.valid_to for one in person.certificates if one.holds_on(today))
    if (last - today).days <= EXPIRES_SOON_DAYS:
        return gettext("%(count)s天后到期", count=(last - today).days), "orange"
    return gettext("有效"), "green"


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
    nav=Nav(group=mark("单位"), label=mark("人员和机构"), order=80, icon="users"),
)
def list_people(request: WebRequest) -> Answer:
    """Three queries of small partitions, filtered and paged here."""
    store, tenant = request.store, request.tenant
    people = store.people.every(tenant)
    departments = {one.id: label_of(one) for one in store.departments.every(tenant)}
    bodies = {one.id: label_of(one) for one in store.acting_bodies.every(tenant)}
    values = {name: request.query.text(name) for name in ("q", "role", "department")}
    today = shanghai_date(request.now)
    found = [one for one in people if _fits(one, values)]
    found.sort(key=lambda one: (not one.is_active, one.department_id or "~", one.id))
    start = max(0, (request.query.integer("from") or 1) - 1)
    held = urlencode({name: value for name, value in values.items() if value})
    base = f"{BASE}?{held}" if held else BASE
    rows = [
        {
            "person": one,
            "name": shown_name(one),
            "roles": role_labels(one.roles),
            "department": departments.get(one.department_id or "", ""),
            "body": bodies.get(one.acting_body_id or "", ""),
            "certificate": certificate_state(one, today),
        }
        for one in found[start : start + PAGE_ROWS]
    ]
    expired = sum(certificate_state(one, today)[1] == "red" for one in people if one.is_active)
    return page(
        request,
        "pages/people/list.html",
        rows=rows,
        count=len(found),
        total=len(people),
        expired=expired,
        values=values,
        is_filtered=bool(held),
        next_url=_from(base, start + PAGE_ROWS) if len(found) > start + PAGE_ROWS else "",
        first_url=base if start else "",
        administrators=administrators_of(people),
        roles=[("", gettext("全部角色")), *((role.value, role_label(role)) for role in ROLES)],
        departments=[("", gettext("全部部门")), *departments.items()],
        may_manage=allowed(request.actor, Permission.PEOPLE_MANAGE),
    )


def _from(base: str, start: int) -> str:
    return f"{base}{'&' if '?' in base else '?'}from={start + 1}"


def _fits(person: Person, values: dict[str, str]) -> bool:
    if values["role"] and values["role"] not in person.roles:
        return False
    if values["department"] and person.department_id != values["department"]:
        return False
    return not values["q"] or normalise(values["q"]) in normalise(person.name)


@route(blueprint, f"{BASE}/bodies", permission=Permission.PEOPLE_READ)
def list_bodies(request: WebRequest) -> Answer:
    """Departments, and the acting bodies with what they act for."""
    store, tenant = request.store, request.tenant
    departments = store.departments.every(tenant)
    names = {one.code: label_of(one) for one in departments}
    people = store.people.every(tenant)
    today = shanghai_date(request.now)
    bodies = [
        {
            "body": one,
            "label": label_of(one),
            "place": place_label(one.division),
            "departments": [names.get(code, code) for code in one.departments],
            "inspectors": sum(
                one.id == person.acting_body_id and person.is_active and person.certificate_on(today) is not None
                for person in people
            ),
        }
        for one in store.acting_bodies.every(tenant)
    ]
    rows = [{"department": one, "label": label_of(one), "place": place_label(one.division)} for one in departments]
    return page(request, "pages/people/bodies.html", bodies=bodies, departments=rows)


@route(blueprint, f"{BASE}/new", permission=Permission.PEOPLE_MANAGE)
def new_person(request: WebRequest) -> Answer:
    return _form(request, None, {"roles": [], "is_active": True})


@route(blueprint, BASE, methods=("POST",), permission=Permission.PEOPLE_MANAGE)
def post_person(request: WebRequest) -> Answer:
    try:
        person = add_from(request, request.form)
    except InvalidInputError as error:
        return _form(request, None, typed_values(request.form), error)
    return see_other(f"{BASE}/{person.id}", gettext("已添加"))


def add_from(request: WebRequest, values: Fields) -> Person:
    """The person that the form describes, with an identifier made from the act's key so that a retry finds it."""
    divisions = request.store.tenants.get(request.tenant, request.tenant).divisions
    act = request.act()
    person = Person(id=act.key, **PersonForm(values, divisions).read())
    added: Person = add_person(request.store, request.tenant, act, person=person)
    return added


@route(blueprint, f"{BASE}/{{person_id}}", permission=Permission.PEOPLE_READ, resource=PERSON)
def show_person(request: WebRequest, person_id: str) -> Answer:
    store, tenant = request.store, request.tenant
    person = store.people.get(tenant, person_id)
    department = store.departments.find(tenant, person.department_id) if person.department_id else None
    body = store.acting_bodies.find(tenant, person.acting_body_id) if person.acting_body_id else None
    today = shanghai_date(request.now)
    events = store.people.history(tenant, person.ref, 50)
    return page(
        request,
        "pages/people/show.html",
        person=person,
        name=shown_name(person),
        roles=[(role_label(role), gettext(ROLES[role][1])) for role in ROLES if role in person.roles],
        department=label_of(department) if department else "",
        body=label_of(body) if body else "",
        place=place_label(person.division, is_full=True) if person.division else "",
        certificate=certificate_state(person, today),
        certificates=[{"certificate": one, "holds": one.holds_on(today)} for one in person.certificates],
        timeline=[
            {"at": format_datetime(event.at), "title": gettext(_EVENTS[event.type]), "note": ""}
            for event in events
            if event.type in _EVENTS
        ],
        may_manage=allowed(request.actor, Permission.PEOPLE_MANAGE),
    )


@route(blueprint, f"{BASE}/{{person_id}}/edit", permission=Permission.PEOPLE_MANAGE, resource=PERSON)
def edit_person(request: WebRequest, person_id: str) -> Answer:
    person = request.store.people.get(request.tenant, person_id)
    return _form(request, person, values_of(person))


@route(
    blueprint,
    f"{BASE}/{{person_id}}/edit",
    methods=("POST",),
    permission=Permission.PEOPLE_MANAGE,
    resource=PERSON,
)
def post_edit(request: WebRequest, person_id: str) -> Answer:
    person = request.store.people.get(request.tenant, person_id)
    version = request.form.integer("version") or 0
    try:
        change_from(request, person, request.form, version)
    except InvalidInputError as error:
        return _form(request, person, typed_values(request.form), error)
    except ConflictError:
        return _form(request, person, typed_values(request.form), is_stale=True)
    except NotAllowedError as error:
        if error.details.get("reason") != "own_roles":
            raise
        return _form(request, person, typed_values(request.form), invalid("roles", "own_roles"))
    return see_other(f"{BASE}/{person_id}", gettext("已保存"))


def change_from(request: WebRequest, person: Person, values: Fields, version: int | None) -> Person:
    divisions = request.store.tenants.get(request.tenant, request.tenant).divisions
    changes = PersonForm(values, divisions).changes(person)
    changed: Person = change_person(
        request.store, request.tenant, request.act(), person_id=person.id, changes=changes, version=version
    )
    return changed


def _form(
    request: WebRequest,
    person: Person | None,
    values: dict[str, Any],
    error: InvalidInputError | None = None,
    *,
    is_stale: bool = False,
) -> Answer:
    store, tenant = request.store, request.tenant
    divisions = store.tenants.get(tenant, tenant).divisions
    none = ("", gettext("没有"))
    return page(
        request,
        "pages/people/form.html",
        409 if is_stale else 422 if error else 200,
        person=person,
        version=person.version if person else 0,
        values=values,
        is_stale=is_stale,
        roles=role_options(),
        departments=[none, *((one.id, label_of(one)) for one in store.departments.every(tenant))],
        bodies=[none, *((one.id, label_of(one)) for one in store.acting_bodies.every(tenant))],
        counties=[
            ("", gettext("全部")),
            *((code, place_label(code)) for code in counties_of(divisions, request.actor)),
        ],
        certificate_rows=certificate_rows(values),
        problems=messages.form_problems(error, labels()) if error else [],
    )
