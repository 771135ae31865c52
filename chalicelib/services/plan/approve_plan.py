"""Submit a plan, approve it or send it back: the head of the lead acting body decides."""

from chalicelib.contract.scenario import Scenario, unconfirmed_bases
from chalicelib.domain.access import Permission, Resource, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import IllegalTransitionError
from chalicelib.domain.event import EventType
from chalicelib.domain.plan import InspectionPlan
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.services.plan.progress import moved, need_reason, save_plan
from chalicelib.storage.store import Store


@idempotent
def submit_plan(store: Store, tenant: TenantId, act: Act, *, plan_id: str) -> InspectionPlan:
    """The plan, waiting for the head of the lead acting body."""
    plan = store.plans.get(tenant, plan_id)
    require(act.actor, Permission.PLAN_WRITE, plan.resource)
    is_complete = all(task.item_ids for task in plan.tasks)
    return save_plan(
        store,
        tenant,
        act,
        moved(plan, "submit_plan", act.at, {"plan_is_complete": is_complete}),
        EventType.PLAN_SUBMITTED,
    )


@idempotent
def approve_plan(store: Store, tenant: TenantId, act: Act, *, plan_id: str, package: Scenario) -> InspectionPlan:
    """The approved plan. A real tenant's plan may rest on confirmed bases only; a synthetic one shows which do not."""
    plan = store.plans.get(tenant, plan_id)
    _require_lead_head(act, plan)
    item_ids = {item_id for task in plan.tasks for item_id in task.item_ids}
    items = [item for item in package.checklist.items if item.id in item_ids]
    waiting = unconfirmed_bases(package, items, store.confirmations.of_scenario(tenant, plan.scenario))
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
