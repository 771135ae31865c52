"""Call a plan off, or take it back to a draft, before its pool is frozen; both with a reason that stays."""

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.event import EventType
from chalicelib.domain.plan import InspectionPlan, InspectionTask
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.services.plan.progress import moved, need_reason, save_plan
from chalicelib.storage.store import Store


@idempotent
def cancel_plan(store: Store, tenant: TenantId, act: Act, *, plan_id: str, reason: str) -> InspectionPlan:
    """The cancelled plan."""
    plan = store.plans.get(tenant, plan_id)
    require(act.actor, Permission.PLAN_WRITE, plan.resource)
    ended = moved(plan, "cancel_plan", act.at, {"has_reason": bool(need_reason(reason))})
    return save_plan(store, tenant, act, ended, EventType.PLAN_CANCELLED, {"reason": reason.strip()})


@idempotent
def revise_plan(store: Store, tenant: TenantId, act: Act, *, plan_id: str, reason: str) -> InspectionPlan:
    """The plan as a draft again; opinions and approvals already given stay in its history, not in its tasks."""
    plan = store.plans.get(tenant, plan_id)
    require(act.actor, Permission.PLAN_WRITE, plan.resource)
    fresh = [_fresh(task) for task in plan.tasks]
    revised = moved(plan, "revise_plan", act.at, {"has_reason": bool(need_reason(reason))}, tasks=fresh)
    return save_plan(store, tenant, act, revised, EventType.PLAN_RETURNED, {"reason": reason.strip()})


def _fresh(task: InspectionTask) -> InspectionTask:
    fresh = {"state": "opinion_requested", "due_at": None, "clock_since": None, "is_due_undetermined": False}
    return task.model_copy(update=fresh | {"opinions": [], "approval": None})
