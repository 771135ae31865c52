"""Enable a scenario package for a tenant."""

from collections.abc import Collection

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import ConflictError, FieldProblem, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.public_tenant import PublicTenant
from chalicelib.domain.tenancy import Tenant, TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.storage.store import Store


class ScenarioUnfinishedError(ConflictError):
    """The package can be used but not yet relied on: who enables it says that this is meant. Details: `scenario`,
    `missing` (how many places its author has to write or to prove)."""

    code = "scenario_unfinished"


@idempotent
def enable_scenario(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    scenario: str,
    known: Collection[str],
    is_enabled: bool = True,
    missing: int = 0,
    is_confirmed: bool = False,
) -> Tenant:
    """The tenant with the scenario switched on or off. `known`: names of the installed packages; `missing`: what keeps
    this one below silver. Raises InvalidInputError for a name that is not known, ScenarioUnfinishedError for a package
    that is switched on with something missing and without `is_confirmed`."""
    require(act.actor, Permission.SCENARIO_ENABLE)
    if scenario not in known:
        raise InvalidInputError([FieldProblem(field="scenario", code="unknown_scenario", details={"value": scenario})])
    if is_enabled and missing and not is_confirmed:
        raise ScenarioUnfinishedError(scenario=scenario, missing=missing)
    record = store.tenants.get(tenant, tenant)
    others = [name for name in record.scenarios if name != scenario]
    changed = record.with_changes(scenarios=sorted([*others, scenario] if is_enabled else others))
    public = store.public_tenants.find(tenant, tenant)
    with store.change(tenant, act) as change:
        change.save(changed)
        change.save(PublicTenant.of(changed, public.version if public else 0))
        change.event(EventType.SCENARIO_ENABLED, changed, {"scenario": scenario, "is_enabled": is_enabled})
    return changed
