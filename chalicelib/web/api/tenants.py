"""The own tenant and its scenarios over the API; for the platform's operator, every tenant and onboarding."""

from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission
from chalicelib.domain.tenancy import Tenant
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.console.tenants import TENANT, on_platform, onboard_from, read_listed, switch_scenario
from chalicelib.web.errors import UnreadableRequestError
from chalicelib.web.fields import invalid
from chalicelib.web.preconditions import check_version, seen_version
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Match, route
from chalicelib.web.tenant_form import json_values

blueprint = Blueprint(__name__)


def _body(request: WebRequest) -> dict[str, Any]:
    if not isinstance(request.json, dict):
        raise UnreadableRequestError()
    return request.json


def _answer(tenant: Tenant, status: int = 200) -> Answer:
    return json_answer(tenant, status, etag=tenant.version)


@route(blueprint, f"{PREFIX}/tenant", permission=Permission.TENANT_READ)
def show_own(request: WebRequest) -> Answer:
    return _answer(request.store.tenants.get(request.tenant, request.tenant))


@route(
    blueprint,
    f"{PREFIX}/tenant/scenarios/{{name}}",
    methods=("PUT",),
    permission=Permission.SCENARIO_ENABLE,
    sample={"name": "refined_oil"},
    match=Match.OWN,
    sample_body={"is_enabled": True},
)
def put_scenario(request: WebRequest, name: str) -> Answer:
    """Switch a scenario on or off: {"is_enabled": true}. `If-Match` with the tenant's version is optional."""
    is_enabled = _body(request).get("is_enabled")
    if not isinstance(is_enabled, bool):
        raise invalid("is_enabled", "required")
    tenant = request.store.tenants.get(request.tenant, request.tenant)
    check_version(Tenant.KIND, tenant.id, tenant.version, seen_version(request, is_required=False))
    return _answer(switch_scenario(request, name, is_enabled))


@route(blueprint, f"{PREFIX}/tenants", permission=Permission.TENANT_ONBOARD)
def list_tenants(request: WebRequest) -> Answer:
    on_platform(request)
    return json_answer({"items": request.store.tenants.directory(request.tenant)})


@route(blueprint, f"{PREFIX}/tenants", methods=("POST",), permission=Permission.TENANT_ONBOARD)
def post_tenant(request: WebRequest) -> Answer:
    """201 with the onboarded tenant. Besides its fields: the names of its three administrators."""
    tenant = onboard_from(request, json_values(_body(request)))
    answer = _answer(tenant, 201)
    answer.headers["Location"] = f"{PREFIX}/tenants/{tenant.id}"
    return answer


@route(blueprint, f"{PREFIX}/tenants/{{tenant_id}}", permission=Permission.TENANT_ONBOARD, resource=TENANT)
def show_tenant(request: WebRequest, tenant_id: str) -> Answer:
    return _answer(read_listed(request, tenant_id))
