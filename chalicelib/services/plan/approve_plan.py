"""Submit a plan, approve it or send it back: the head of the lead acting body decides."""

from chalicelib.contract.scenario import Scenario, unconfirmed_bases
from chalicelib.domain.access import Permission, Resource, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import IllegalTransitionError
from chalicelib.domain.event import EventType
from chalicelib.domain.legal_basis import LegalBasis
from chalicelib.domain.plan import InspectionPlan
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.services.plan.progress import moved, need_reason, save_plan
from chalicelib.services.plan.served_scenarios import other_packages
from chalicelib.storage.store import Store


@idempotent
def submit_plan(store: Store, tenant: TenantId, act: Act, *, plan_id: str) -> InspectionPlan:
    """The plan, waiting for the head of the lead acting body."""
    plan = store.plans.get(tenant, plan_id)
    require(act.actor, Permission.PLAN_WRITE, plan.resource)
    is_complete = all(task.item_count for task in plan.tasks)
    return save_plan(
        store,
        tenant,
        act,
        moved(plan, "submit_plan", act.at, {"plan_is_complete": is_complete}),
        EventType.PLAN_SUBMITTED,
    )


def waiting_of_plan(
    store: Store, tenant: TenantId, plan: InspectionPlan, scenario: str, package: Scenario
) -> list[LegalBasis]:
    """The bases that the plan's items of one of its scenarios rest on and that this tenant has not confirmed."""
    wanted = {item_id for task in plan.tasks for item_id in task.items_of(scenario, plan.scenario)}
    items = [item for item in package.checklist.items if item.id in wanted]
    return unconfirmed_bases(package, items, store.confirmations.of_scenario(tenant, scenario))


@idempotent
def approve_plan(store: Store, tenant: TenantId, act: Act, *, plan_id: str, package: Scenario) -> InspectionPlan:
    """The approved plan. A real tenant's plan may rest on confirmed bases only; a synthetic one shows which do not."""
    plan = store.plans.get(tenant, plan_id)
    _require_lead_head(act, plan)
    packages = {plan.scenario: package} | other_packages(store, tenant, plan)
    waiting = [basis for name, one in packages.items() for basis in waiting_of_plan(store, tenant, plan, name, one)]
    is_settled = not waiting or store.tenants.get(tenant, tenant).is_synthetic
    try:
        approved = moved(plan, "approve_plan", act.at, {"legal_bases_are_confirmed": is_settled})
    except IllegalTransitionError as error:
        error.details["bases"] = [basis.id for basis in waiting]
        raise
    return save_plan(
        store, tenant, act, approved, EventType.PLAN_APPROVED, {"unconfirmed": [basis.id for basis in waiting]}
    )


@idempotent
def return_plan(store: Store, tenant: TenantId, act: Act, *, plan_id: str, reason: str) -> InspectionPlan:
    """The plan as a draft again, with the reason in its history."""
    plan = store.plans.get(tenant, plan_id)
    _require_lead_head(act, plan)
    returned = moved(plan, "return_plan", act.at, {"has_reason": bool(need_reason(reason))})
    return save_plan(store, tenant, act, returned, EventType.PLAN_RETURNED, {"reason": reason.strip()})


def _require_lead_head(act: Act, plan: InspectionPlan) -> None:
    lead = frozenset({plan.lead.acting_body_id})
    require(act.actor, Permission.PLAN_APPROVE, Resource(divisions=frozenset(plan.divisions), departments=lead))
