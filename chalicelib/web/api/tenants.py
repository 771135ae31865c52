"""The own tenant and its scenarios over the API; for the platform's operator, every tenant and onboarding."""

from chalice import Blueprint
from pydantic import ConfigDict

from chalicelib.domain.access import Permission
from chalicelib.domain.tenancy import ADMINISTRATORS, Tenant, TenantKind
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Body, Listed, listed
from chalicelib.web.console.tenants import TENANT, on_platform, onboard_from, read_listed
from chalicelib.web.enabling import switch_scenario
from chalicelib.web.preconditions import check_version, seen_version
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Match, route
from chalicelib.web.tenant_form import json_values

blueprint = Blueprint(__name__)


class EnablingBody(Body):
    """is_confirmed: that a package below silver is meant, of which the refusal says how much is missing."""

    is_enabled: bool
    is_confirmed: bool = False


class TenantBody(Body):
    """A new tenant. Besides its fields: the names of its three administrators."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"required": ["id", "label", "kind", "divisions", *sorted(ADMINISTRATORS)]}
    )

    id: str | None = None
    label: str | None = None
    label_en: str | None = None
    short_label: str | None = None
    kind: TenantKind | None = None
    divisions: list[str] | None = None
    scenarios: list[str] | None = None
    system_administrator: str | None = None
    security_administrator: str | None = None
    audit_administrator: str | None = None


SAMPLE_TENANT = {
    "id": "gx451400",
    "label": "崇左市",
    "kind": "city",
    "divisions": ["451400000000"],
    "system_administrator": "A",
    "security_administrator": "B",
    "audit_administrator": "C",
}


def _answer(tenant: Tenant, status: int = 200) -> Answer:
    return json_answer(tenant, status, etag=tenant.version)


@route(blueprint, f"{PREFIX}/tenant", permission=Permission.TENANT_READ, answers=Tenant)
def show_own(request: WebRequest) -> Answer:
    """The own tenant."""
    return _answer(request.store.tenants.get(request.tenant, request.tenant))


@route(
    blueprint,
    f"{PREFIX}/tenant/scenarios/{{name}}",
    methods=("PUT",),
    permission=Permission.SCENARIO_ENABLE,
    sample={"name": "refined_oil"},
    body=EnablingBody,
    answers=Tenant,
    match=Match.OWN,
    sample_body={"is_enabled": True},
)
def put_scenario(request: WebRequest, name: str) -> Answer:
    """Switch a scenario on or off for the own tenant. `If-Match` is about the tenant."""
    body = request.model(EnablingBody)
    tenant = request.store.tenants.get(request.tenant, request.tenant)
    check_version(Tenant.KIND, tenant.id, tenant.version, seen_version(request, is_required=False))
    return _answer(switch_scenario(request, name, is_enabled=body.is_enabled, is_confirmed=body.is_confirmed))


@route(blueprint, f"{PREFIX}/tenants", permission=Permission.TENANT_ONBOARD, answers=Listed[Tenant])
def list_tenants(request: WebRequest) -> Answer:
    """Every tenant, for the platform's operator."""
    on_platform(request)
    return listed(request, request.store.tenants.directory(request.tenant))


@route(
    blueprint,
    f"{PREFIX}/tenants",
    methods=("POST",),
    permission=Permission.TENANT_ONBOARD,
    body=TenantBody,
    answers={201: Tenant},
    sample_body=SAMPLE_TENANT,
)
def post_tenant(request: WebRequest) -> Answer:
    """Onboard a tenant with its three administrators."""
    given = request.model(TenantBody).model_dump(mode="json", exclude_unset=True)
    tenant = onboard_from(request, json_values(given))
    answer = _answer(tenant, 201)
    answer.headers["Location"] = f"{PREFIX}/tenants/{tenant.id}"
    return answer


@route(
    blueprint, f"{PREFIX}/tenants/{{tenant_id}}", permission=Permission.TENANT_ONBOARD, resource=TENANT, answers=Tenant
)
def show_tenant(request: WebRequest, tenant_id: str) -> Answer:
    """One tenant, for the platform's operator."""
    return _answer(read_listed(request, tenant_id))
