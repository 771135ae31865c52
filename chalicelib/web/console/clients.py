"""System clients of the tenant: who calls the API in its own name; the system administrator registers and revokes."""

from typing import Any

from chalice import Blueprint
from pydantic import ValidationError

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.errors import AlreadyExistsError, InvalidInputError
from chalicelib.domain.system_client import SystemClient
from chalicelib.services.client.revoke_client import revoke_client
from chalicelib.settings import settings
from chalicelib.web import messages
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.client_form import (
    SCOPES,
    ClientBody,
    form_values,
    labels,
    register_from,
    role_choices,
    scope_choices,
)
from chalicelib.web.console.people import label_of
from chalicelib.web.field_problems import field_problems
from chalicelib.web.fields import invalid
from chalicelib.web.formats import format_datetime
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.people_words import role_label
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route

blueprint = Blueprint(__name__)

BASE = "/console/clients"
CLIENT = (SystemClient.KIND, "client_id")


@route(
    blueprint,
    BASE,
    permission=Permission.CLIENT_READ,
    nav=Nav(group=mark("单位"), label=mark("系统客户端"), order=84, icon="key"),
)
def list_clients(request: WebRequest) -> Answer:
    store, tenant = request.store, request.tenant
    departments = {one.id: label_of(one) for one in store.departments.every(tenant)}
    clients = sorted(store.system_clients.every(tenant), key=lambda one: (not one.is_active, one.id))
    used = store.identities.lookup_many(one.identity_id for one in clients)
    rows = [
        {
            "client": one,
            "department": departments.get(one.department_id, ""),
            "role": role_label(one.role),
            "scopes": [gettext(SCOPES[scope][0]) for scope in SCOPES if scope in one.scopes],
            "used": _used(used.get(one.identity_id)),
        }
        for one in clients
    ]
    return page(
        request,
        "pages/clients/list.html",
        rows=rows,
        active=sum(one.is_active for one in clients),
        token_url=settings().identity.token_url,
        may_manage=allowed(request.actor, Permission.CLIENT_MANAGE),
    )


def _used(identity: Any) -> str:
    return format_datetime(identity.used_at) if identity and identity.used_at else gettext("还没有用过")


@route(blueprint, f"{BASE}/new", permission=Permission.CLIENT_MANAGE)
def new_client(request: WebRequest) -> Answer:
    return _form(request, {"scopes": ["read"]})


@route(blueprint, BASE, methods=("POST",), permission=Permission.CLIENT_MANAGE)
def post_client(request: WebRequest) -> Answer:
    values = form_values(request)
    try:
        try:
            body = ClientBody.model_validate(values)
        except ValidationError as error:
            raise InvalidInputError(field_problems(error)) from None
        register_from(request, body)
    except InvalidInputError as error:
        return _form(request, values, error)
    except AlreadyExistsError:
        return _form(request, values, invalid("provider_subject", "already_bound"))
    return see_other(BASE, gettext("已登记。它的令牌现在可以调用接口。"))


def _form(request: WebRequest, values: dict[str, Any], error: InvalidInputError | None = None) -> Answer:
    departments = request.store.departments.every(request.tenant)
    return page(
        request,
        "pages/clients/form.html",
        422 if error else 200,
        values=values,
        departments=[("", gettext("请选择")), *((one.id, label_of(one)) for one in departments)],
        roles=role_choices(),
        scopes=scope_choices(),
        problems=messages.form_problems(error, labels()) if error else [],
    )


@route(blueprint, f"{BASE}/{{client_id}}/revoke", permission=Permission.CLIENT_MANAGE, resource=CLIENT)
def ask_revoke(request: WebRequest, client_id: str) -> Answer:
    return _question(request, client_id)


@route(
    blueprint, f"{BASE}/{{client_id}}/revoke", methods=("POST",), permission=Permission.CLIENT_MANAGE, resource=CLIENT
)
def revoke(request: WebRequest, client_id: str) -> Answer:
    reason = request.form.text("reason")
    if not reason:
        return _question(request, client_id, invalid("reason", "required"))
    revoke_client(request.store, request.tenant, request.act(), client_id=client_id, reason=reason[:400])
    return see_other(BASE, gettext("已停用。它的令牌从现在起不能再用。"))


def _question(request: WebRequest, client_id: str, error: InvalidInputError | None = None) -> Answer:
    client = request.store.system_clients.get(request.tenant, client_id)
    return page(
        request,
        "pages/clients/revoke.html",
        422 if error else 200,
        client=client,
        back_url=BASE,
        problems=messages.form_problems(error, labels()) if error else [],
    )
