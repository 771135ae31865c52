"""Departments of the tenant: listed, searched, set up, changed, closed; and what they share with acting bodies."""

from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.errors import ConflictError, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.tenancy import ActingBody, Department
from chalicelib.domain.text import normalise
from chalicelib.services.tenancy.keep_organisation import keep_department
from chalicelib.web import messages
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.console.people import label_of, shown_name
from chalicelib.web.fields import Fields
from chalicelib.web.formats import format_datetime
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.organisation_form import labels, place_options, values_of
from chalicelib.web.places import place_label
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route

blueprint = Blueprint(__name__)

DEPARTMENTS, BODIES = "/console/departments", "/console/bodies"
DEPARTMENT, BODY = ("department", "department_id"), ("acting_body", "acting_body_id")
_EVENTS = {
    EventType.DEPARTMENT_ADDED: mark("添加部门"),
    EventType.DEPARTMENT_CHANGED: mark("修改部门"),
    EventType.ACTING_BODY_ADDED: mark("添加执法主体"),
    EventType.ACTING_BODY_CHANGED: mark("修改执法主体"),
}


def may_organise(request: WebRequest) -> bool:
    return allowed(request.actor, Permission.TENANT_ORGANISE)


def timeline_of(request: WebRequest, record: Department | ActingBody) -> list[dict[str, str]]:
    events = request.store.departments.history(request.tenant, record.ref, 30)
    return [
        {"at": format_datetime(event.at), "title": gettext(_EVENTS[event.type]), "note": ""}
        for event in events
        if event.type in _EVENTS
    ]


def matches(text: str, *values: str) -> bool:
    wanted = normalise(text)
    return not wanted or any(wanted in normalise(value) for value in values)


@route(
    blueprint,
    DEPARTMENTS,
    permission=Permission.TENANT_READ,
    nav=Nav(
        group=mark("单位"), label=mark("部门和执法主体"), order=81, icon="building", also=(BODIES, "/console/divisions")
    ),
)
def list_departments(request: WebRequest) -> Answer:
    """Two queries of small partitions, filtered here."""
    store, tenant = request.store, request.tenant
    text, is_all = request.query.text("q"), request.query.flag("all")
    every = store.departments.every(tenant)
    bodies = [one for one in store.acting_bodies.every(tenant) if one.is_active]
    rows = [
        {
            "department": one,
            "label": label_of(one),
            "place": place_label(one.division),
            "bodies": [label_of(body) for body in bodies if one.code in body.departments],
        }
        for one in every
        if (one.is_active or is_all) and matches(text, one.label, one.label_en, one.code)
    ]
    return page(
        request,
        "pages/organisation/departments.html",
        rows=rows,
        total=sum(one.is_active for one in every),
        closed=sum(not one.is_active for one in every),
        q=text,
        is_all=is_all,
        may_organise=may_organise(request),
    )


@route(blueprint, f"{DEPARTMENTS}/new", permission=Permission.TENANT_ORGANISE)
def new_department(request: WebRequest) -> Answer:
    return _department_form(request, None, {"is_active": True})


@route(
    blueprint,
    DEPARTMENTS,
    methods=("POST",),
    permission=Permission.TENANT_ORGANISE,
    sample_body={"code": "commerce", "label": "商务局"},
)
def post_department(request: WebRequest) -> Answer:
    return _keep_department(request, None)


@route(blueprint, f"{DEPARTMENTS}/{{department_id}}", permission=Permission.TENANT_READ, resource=DEPARTMENT)
def show_department(request: WebRequest, department_id: str) -> Answer:
    """The department with its bodies and people: three small reads and its history."""
    store, tenant = request.store, request.tenant
    found = store.departments.get(tenant, department_id)
    bodies = [one for one in store.acting_bodies.every(tenant) if found.code in one.departments]
    people = store.people.of_department(tenant, found.id)
    return page(
        request,
        "pages/organisation/department.html",
        department=found,
        label=label_of(found),
        place=place_label(found.division, is_full=True),
        bodies=[{"body": one, "label": label_of(one)} for one in bodies],
        people=[{"person": one, "name": shown_name(one)} for one in people if one.is_active],
        timeline=timeline_of(request, found),
        may_organise=may_organise(request),
        may_people=allowed(request.actor, Permission.PEOPLE_READ),
    )


@route(blueprint, f"{DEPARTMENTS}/{{department_id}}/edit", permission=Permission.TENANT_ORGANISE, resource=DEPARTMENT)
def edit_department(request: WebRequest, department_id: str) -> Answer:
    found = request.store.departments.get(request.tenant, department_id)
    return _department_form(request, found, values_of(found))


@route(
    blueprint,
    f"{DEPARTMENTS}/{{department_id}}/edit",
    methods=("POST",),
    permission=Permission.TENANT_ORGANISE,
    resource=DEPARTMENT,
    sample_body={"label": "商务局", "is_active": "yes"},
)
def post_department_edit(request: WebRequest, department_id: str) -> Answer:
    return _keep_department(request, request.store.departments.get(request.tenant, department_id))


def _keep_department(request: WebRequest, found: Department | None) -> Answer:
    form = request.form
    typed = form.single() | {"is_active": form.flag("is_active")}
    try:
        kept = department_from(request, form, found.id if found else None)
    except InvalidInputError as error:
        return _department_form(request, found, typed, error)
    except ConflictError:
        return _department_form(request, found, typed, is_stale=True)
    return see_other(f"{DEPARTMENTS}/{kept.id}", gettext("已保存"))


def department_from(request: WebRequest, form: Fields, department_id: str | None) -> Department:
    kept: Department = keep_department(
        request.store,
        request.tenant,
        request.act(),
        department_id=department_id,
        code=form.text("code"),
        label=form.text("label"),
        label_en=form.text("label_en"),
        division=form.text("division"),
        is_active=form.flag("is_active") if department_id else True,
        version=form.integer("version"),
    )
    return kept


def _department_form(
    request: WebRequest,
    found: Department | None,
    values: dict[str, Any],
    error: InvalidInputError | None = None,
    *,
    is_stale: bool = False,
) -> Answer:
    return page(
        request,
        "pages/organisation/department_form.html",
        409 if is_stale else 422 if error else 200,
        department=found,
        version=found.version if found else 0,
        values=values,
        is_stale=is_stale,
        places=place_options(request),
        problems=messages.form_problems(error, labels()) if error else [],
    )
