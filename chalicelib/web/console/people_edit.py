"""Add a person or change one: what gives a right waits for the second administrator."""

from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission
from chalicelib.domain.access_change import AccessChange
from chalicelib.domain.errors import ConflictError, InvalidInputError, NotAllowedError
from chalicelib.domain.tenancy import Person
from chalicelib.services.people.change_access import submit_change, submit_person
from chalicelib.web import messages
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.console.people import BASE, PERSON, label_of
from chalicelib.web.fields import Fields, invalid
from chalicelib.web.i18n import gettext
from chalicelib.web.people_words import labels, role_options
from chalicelib.web.person_form import PersonForm, certificate_rows, typed_values, values_of
from chalicelib.web.places import counties_of, place_label
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)


@route(blueprint, f"{BASE}/new", permission=Permission.PEOPLE_MANAGE)
def new_person(request: WebRequest) -> Answer:
    return _form(request, None, {"roles": [], "is_active": True})


@route(blueprint, BASE, methods=("POST",), permission=Permission.PEOPLE_MANAGE)
def post_person(request: WebRequest) -> Answer:
    try:
        done = add_from(request, request.form)
    except InvalidInputError as error:
        return _form(request, None, typed_values(request.form), error)
    return _shown(done, gettext("已添加"))


def _shown(done: Person | AccessChange, words: str) -> Answer:
    """The person, or the change that now waits for another administrator."""
    if isinstance(done, AccessChange):
        return see_other(f"{BASE}/changes/{done.id}", gettext("已提交，等另一位管理员复核后生效"))
    return see_other(f"{BASE}/{done.id}", words)


def add_from(request: WebRequest, values: Fields) -> Person | AccessChange:
    """What the form asks for, under an identifier made from the act's key so that a retry finds it."""
    divisions = request.store.tenants.get(request.tenant, request.tenant).divisions
    act = request.act()
    person = Person(id=act.key, **PersonForm(values, divisions).read())
    return submit_person(request.store, request.tenant, act, person=person)


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
        done = change_from(request, person, request.form, version)
    except InvalidInputError as error:
        return _form(request, person, typed_values(request.form), error)
    except ConflictError:
        return _form(request, person, typed_values(request.form), is_stale=True)
    except NotAllowedError as error:
        if error.details.get("reason") != "own_roles":
            raise
        return _form(request, person, typed_values(request.form), invalid("roles", "own_roles"))
    return _shown(done, gettext("已保存"))


def change_from(request: WebRequest, person: Person, values: Fields, version: int | None) -> Person | AccessChange:
    divisions = request.store.tenants.get(request.tenant, request.tenant).divisions
    changes = PersonForm(values, divisions).changes(person)
    return submit_change(
        request.store, request.tenant, request.act(), person_id=person.id, changes=changes, version=version
    )


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
