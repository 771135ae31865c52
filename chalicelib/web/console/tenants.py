"""The tenant one works in, with its scenarios; and, for the platform's operator, every tenant and onboarding."""

from typing import Any

from chalice import Blueprint

from chalicelib.contract.registry import registry
from chalicelib.domain.access import Permission, allowed, require
from chalicelib.domain.errors import AlreadyExistsError, InvalidInputError, NotAllowedError
from chalicelib.domain.event import EventType
from chalicelib.domain.tenancy import PLATFORM, Tenant
from chalicelib.services.tenancy.onboard_tenant import onboard_tenant
from chalicelib.web import messages
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.console.scenarios import post_switch
from chalicelib.web.fields import Fields, invalid
from chalicelib.web.formats import format_datetime
from chalicelib.web.i18n import current_locale, gettext, mark
from chalicelib.web.people_words import TENANT_KINDS, labels
from chalicelib.web.places import place_label
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route
from chalicelib.web.scenarios import installed_scenarios, scenario_label
from chalicelib.web.tenant_form import KINDS, TenantForm

blueprint = Blueprint(__name__)

TENANT = ("tenant", "tenant_id")
_EVENTS = {
    EventType.TENANT_ONBOARDED: mark("开通"),
    EventType.SCENARIO_ENABLED: mark("调整启用的场景"),
}


def label_of(tenant: Tenant) -> str:
    return (tenant.label_en if current_locale() == "en" else "") or tenant.label


def _view(tenant: Tenant) -> dict[str, Any]:
    return {
        "tenant": tenant,
        "label": label_of(tenant),
        "kind": gettext(TENANT_KINDS[tenant.kind]),
        "places": [place_label(code, is_full=True) for code in tenant.divisions],
        "scenarios": [scenario_label(name) for name in tenant.scenarios],
    }


def _timeline(request: WebRequest, tenant: Tenant) -> list[dict[str, str]]:
    events = request.store.tenants.history(request.tenant, tenant.ref, 30)
    return [
        {"at": format_datetime(event.at), "title": gettext(_EVENTS[event.type]), "note": _note(event.data)}
        for event in events
        if event.type in _EVENTS
    ]


def _note(data: dict[str, Any]) -> str:
    if "scenario" not in data:
        return ""
    name = scenario_label(str(data["scenario"]))
    return gettext("启用%(name)s", name=name) if data.get("is_enabled") else gettext("停用%(name)s", name=name)


@route(
    blueprint,
    "/console/tenant",
    permission=Permission.TENANT_READ,
    nav=Nav(group=mark("单位"), label=mark("本单位和场景"), order=82, icon="building-community"),
)
def show_own(request: WebRequest) -> Answer:
    tenant = request.store.tenants.get(request.tenant, request.tenant)
    return page(
        request,
        "pages/tenants/own.html",
        **_view(tenant),
        packages=[
            {"name": name, "label": label, "is_enabled": name in tenant.scenarios}
            for name, label in installed_scenarios()
        ],
        timeline=_timeline(request, tenant),
        may_enable=allowed(request.actor, Permission.SCENARIO_ENABLE),
        may_export=allowed(request.actor, Permission.TENANT_EXPORT) and request.actor.division is None,
        may_reset=tenant.is_synthetic and allowed(request.actor, Permission.TENANT_RESET),
    )


@route(
    blueprint,
    "/console/tenant/scenarios",
    methods=("POST",),
    permission=Permission.SCENARIO_ENABLE,
    sample_body={"scenario": "refined_oil", "is_enabled": "yes"},
)
def post_scenario(request: WebRequest) -> Answer:
    """A package below silver only with `is_confirmed=yes`, else asks."""
    return post_switch(request, request.form.required("scenario"), "/console/tenant/scenarios", "/console/tenant")


# -- the platform's operator -------------------------------------------------------------------------------------------


def on_platform(request: WebRequest) -> None:
    """The directory lies in the platform's own tenant, and only its operators work there."""
    require(request.actor, Permission.TENANT_ONBOARD)
    if request.tenant != PLATFORM:
        raise NotAllowedError(permission=Permission.TENANT_ONBOARD.value)


@route(
    blueprint,
    "/console/tenants",
    permission=Permission.TENANT_ONBOARD,
    nav=Nav(group=mark("平台"), label=mark("开通的单位"), order=10, icon="building-community"),
)
def list_tenants(request: WebRequest) -> Answer:
    on_platform(request)
    tenants = request.store.tenants.directory(request.tenant)
    return page(request, "pages/tenants/list.html", rows=[_view(tenant) for tenant in tenants])


@route(blueprint, "/console/tenants/new", permission=Permission.TENANT_ONBOARD)
def new_tenant(request: WebRequest) -> Answer:
    on_platform(request)
    return _form(request)


def _form(request: WebRequest, error: InvalidInputError | None = None) -> Answer:
    values: dict[str, Any] = request.form.single() if error else {}
    values["scenarios"] = request.form.many("scenarios") if error else []
    return page(
        request,
        "pages/tenants/new.html",
        422 if error else 200,
        values=values,
        kinds=[("", gettext("请选择")), *((kind.value, gettext(TENANT_KINDS[kind])) for kind in KINDS)],
        scenarios=installed_scenarios(),
        problems=messages.form_problems(error, labels()) if error else [],
    )


def onboard_from(request: WebRequest, values: Fields) -> Tenant:
    """The onboarded tenant; an identifier that is taken is a problem of its field."""
    on_platform(request)
    tenant, roster = TenantForm(values, registry().names()).read()
    try:
        return onboard_tenant(request.store, request.tenant, request.act(), tenant=tenant, roster=roster)
    except AlreadyExistsError:
        raise invalid("id", "tenant_taken", value=tenant.id) from None


@route(blueprint, "/console/tenants", methods=("POST",), permission=Permission.TENANT_ONBOARD)
def post_tenant(request: WebRequest) -> Answer:
    try:
        tenant = onboard_from(request, request.form)
    except InvalidInputError as error:
        return _form(request, error)
    return see_other(f"/console/tenants/{tenant.id}", gettext("已开通"))


@route(
    blueprint,
    "/console/tenants/{tenant_id}",
    permission=Permission.TENANT_ONBOARD,
    resource=TENANT,
)
def show_tenant(request: WebRequest, tenant_id: str) -> Answer:
    """What the directory knows of a tenant: never what lies inside it."""
    tenant = read_listed(request, tenant_id)
    return page(request, "pages/tenants/show.html", **_view(tenant), timeline=_timeline(request, tenant))


def read_listed(request: WebRequest, tenant_id: str) -> Tenant:
    """An entry of the directory; outside the platform's tenant there is none but one's own."""
    tenant: Tenant = request.store.tenants.get(request.tenant, tenant_id)
    return tenant
