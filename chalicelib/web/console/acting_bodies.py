"""Acting bodies of the tenant: listed, searched, set up, changed, closed."""

from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.errors import ConflictError, InvalidInputError
from chalicelib.domain.tenancy import ActingBody, Role
from chalicelib.services.tenancy.keep_organisation import keep_acting_body
from chalicelib.services.tenancy.setup_checklist import INSPECTORS
from chalicelib.web import messages
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.console.organisation import BODIES, BODY, matches, may_organise, timeline_of
from chalicelib.web.console.people import label_of, shown_name
from chalicelib.web.fields import Fields
from chalicelib.web.i18n import gettext
from chalicelib.web.organisation_form import entrustment_of, labels, place_options, values_of
from chalicelib.web.places import place_label
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route

blueprint = Blueprint(__name__)


@route(blueprint, BODIES, permission=Permission.TENANT_READ)
def list_bodies(request: WebRequest) -> Answer:
    """Two queries of small partitions, filtered here. Who heads a body and who works there is on its own page."""
    store, tenant = request.store, request.tenant
    text, is_all = request.query.text("q"), request.query.flag("all")
    every = store.acting_bodies.every(tenant)
    names = {one.code: label_of(one) for one in store.departments.every(tenant)}
    rows = [
        _body_row(one, names)
        for one in every
        if (one.is_active or is_all) and matches(text, one.label, one.label_en, *map(str, names.values()))
    ]
    rows = [row for row in rows if matches(text, row["label"], *row["departments"])]
    return page(
        request,
        "pages/organisation/bodies.html",
        rows=rows,
        total=sum(one.is_active for one in every),
        closed=sum(not one.is_active for one in every),
        q=text,
        is_all=is_all,
        may_organise=may_organise(request),
    )


def _body_row(body: ActingBody, names: dict[str, str]) -> dict[str, Any]:
    return {
        "body": body,
        "label": label_of(body),
        "place": place_label(body.division),
        "departments": [names.get(code, code) for code in body.departments],
    }


@route(blueprint, f"{BODIES}/new", permission=Permission.TENANT_ORGANISE)
def new_body(request: WebRequest) -> Answer:
    return _body_form(request, None, {"is_active": True, "departments": request.query.many("departments")})


@route(
    blueprint,
    BODIES,
    methods=("POST",),
    permission=Permission.TENANT_ORGANISE,
    sample_body={"label": "商务局", "departments": ["commerce"]},
)
def post_body(request: WebRequest) -> Answer:
    return _keep_body(request, None)


@route(blueprint, f"{BODIES}/{{acting_body_id}}", permission=Permission.TENANT_READ, resource=BODY)
def show_body(request: WebRequest, acting_body_id: str) -> Answer:
    """The body with its head, its people, whom they must stand back from, and its history."""
    store, tenant = request.store, request.tenant
    body = store.acting_bodies.get(tenant, acting_body_id)
    names = {one.code: label_of(one) for one in store.departments.every(tenant)}
    people = [one for one in store.people.of_body(tenant, body.id) if one.is_active]
    today = shanghai_date(request.now)
    return page(
        request,
        "pages/organisation/body.html",
        **_body_row(body, names),
        heads=[shown_name(one) for one in people if Role.APPROVER in one.roles],
        inspectors=sum(Role.INSPECTOR in one.roles and one.certificate_on(today) is not None for one in people),
        needed=INSPECTORS,
        members=[
            {
                "person": one,
                "name": shown_name(one),
                "is_head": Role.APPROVER in one.roles,
                "is_inspector": Role.INSPECTOR in one.roles,
                "certificate": one.certificate_on(today),
                "recused": len(one.recused_subjects),
            }
            for one in sorted(people, key=lambda one: (Role.APPROVER not in one.roles, one.id))
        ],
        timeline=timeline_of(request, body),
        may_organise=may_organise(request),
        may_people=allowed(request.actor, Permission.PEOPLE_READ),
        may_manage=allowed(request.actor, Permission.PEOPLE_MANAGE),
    )


@route(blueprint, f"{BODIES}/{{acting_body_id}}/edit", permission=Permission.TENANT_ORGANISE, resource=BODY)
def edit_body(request: WebRequest, acting_body_id: str) -> Answer:
    body = request.store.acting_bodies.get(request.tenant, acting_body_id)
    return _body_form(request, body, values_of(body))


@route(
    blueprint,
    f"{BODIES}/{{acting_body_id}}/edit",
    methods=("POST",),
    permission=Permission.TENANT_ORGANISE,
    resource=BODY,
    sample_body={"label": "商务局", "departments": ["commerce"], "is_active": "yes"},
)
def post_body_edit(request: WebRequest, acting_body_id: str) -> Answer:
    return _keep_body(request, request.store.acting_bodies.get(request.tenant, acting_body_id))


def _keep_body(request: WebRequest, found: ActingBody | None) -> Answer:
    form = request.form
    typed = form.single() | {"is_active": form.flag("is_active"), "departments": form.many("departments")}
    try:
        kept = body_from(request, form, found.id if found else None)
    except InvalidInputError as error:
        return _body_form(request, found, typed, error)
    except ConflictError:
        return _body_form(request, found, typed, is_stale=True)
    return see_other(f"{BODIES}/{kept.id}", gettext("已保存"))


def body_from(request: WebRequest, form: Fields, acting_body_id: str | None) -> ActingBody:
    kept: ActingBody = keep_acting_body(
        request.store,
        request.tenant,
        request.act(),
        acting_body_id=acting_body_id,
        label=form.text("label"),
        label_en=form.text("label_en"),
        division=form.text("division"),
        departments=form.many("departments"),
        document_code=form.text("document_code"),
        entrustment=entrustment_of(form),
        is_active=form.flag("is_active") if acting_body_id else True,
        version=form.integer("version"),
    )
    return kept


def _body_form(
    request: WebRequest,
    found: ActingBody | None,
    values: dict[str, Any],
    error: InvalidInputError | None = None,
    *,
    is_stale: bool = False,
) -> Answer:
    departments = [one for one in request.store.departments.every(request.tenant) if one.is_active]
    return page(
        request,
        "pages/organisation/body_form.html",
        409 if is_stale else 422 if error else 200,
        body=found,
        version=found.version if found else 0,
        values=values,
        is_stale=is_stale,
        places=place_options(request),
        departments=[(one.code, label_of(one)) for one in departments],
        problems=messages.form_problems(error, labels()) if error else [],
    )
