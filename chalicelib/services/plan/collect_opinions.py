"""Generate the tasks, ask the acting bodies, hear them, and let their heads approve (C4 of the requirements).

Silence counts as consent to timing and division of work only, and only when the deadline of the rule has passed; the
head of each acting body approves its own inspection, which nothing can replace (行政处罚法 42, 55 ask for the officers;
approval by the head is an item of every inspection's file).
"""

from chalicelib.domain.access import Permission, Resource, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import FieldProblem, IllegalTransitionError, InvalidInputError, RecordNotFoundError
from chalicelib.domain.event import EventType
from chalicelib.domain.plan import Approval, InspectionPlan, InspectionTask, Opinion
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.services.plan.progress import moved, moved_task, need_reason, save_plan, task_clock
from chalicelib.storage.store import Store

SETTLED = frozenset({"consented", "consent_deemed", "approved", "withdrawn"})
HEARING = frozenset({"opinion", "scheduling"})
"""States of the plan in which acting bodies speak: a head may approve after the opinions are closed, too."""


@idempotent
def generate_tasks(store: Store, tenant: TenantId, act: Act, *, plan_id: str) -> InspectionPlan:
    """The plan with one task per acting body, each asked for its opinion."""
    plan = store.plans.get(tenant, plan_id)
    require(act.actor, Permission.PLAN_WRITE, plan.resource)
    asked = {"state": "opinion_requested", **task_clock("opinion_requested", act.at)}
    tasks = [task.model_copy(update=asked) for task in plan.tasks]
    facts = {"has_task_per_acting_body": all(task.item_count for task in tasks)}
    changed = moved(plan, "generate_tasks", act.at, facts, tasks=tasks)
    bodies = [task.acting_body_id for task in tasks]
    return save_plan(store, tenant, act, changed, EventType.TASKS_GENERATED, {"acting_bodies": bodies})


@idempotent
def give_opinion(
    store: Store, tenant: TenantId, act: Act, *, plan_id: str, acting_body_id: str, agrees: bool, text: str = ""
) -> InspectionPlan:
    """The plan with this acting body's opinion: consent, or a change that it proposes (needs a text)."""
    plan = store.plans.get(tenant, plan_id)
    task = _own_task(act, plan, acting_body_id, Permission.OPINION_GIVE)
    words = text.strip() if agrees else need_reason(text, "text")
    opinion = Opinion(agrees=agrees, text=words, given_by=act.actor.person_id, given_at=act.at)
    step = "give_consent" if agrees else "propose_change"
    changed = moved_task(task, step, act.at, {"has_reason": bool(words)}, opinions=[*task.opinions, opinion])
    data = {"acting_body_id": acting_body_id, "agrees": agrees, "text": words}
    return save_plan(store, tenant, act, plan.with_task(changed), EventType.OPINION_GIVEN, data)


@idempotent
def revise_task(
    store: Store, tenant: TenantId, act: Act, *, plan_id: str, acting_body_id: str, officers: int | None, reason: str
) -> InspectionPlan:
    """Answer a proposed change and ask again: the number of officers may change, the reason stays in the history."""
    plan = store.plans.get(tenant, plan_id)
    require(act.actor, Permission.PLAN_WRITE, plan.resource)
    task = _task(plan, acting_body_id)
    more = {"officers": officers} if officers else {}
    changed = moved_task(task, "revise_task", act.at, {"has_reason": bool(need_reason(reason))}, **more)
    data = {"acting_body_id": acting_body_id, "reason": reason.strip()}
    revised = plan.with_task(InspectionTask.model_validate(changed.model_dump()))
    return save_plan(store, tenant, act, revised, EventType.TASK_REVISED, data)


@idempotent
def deem_opinions(store: Store, tenant: TenantId, act: Act, *, plan_id: str) -> InspectionPlan:
    """Taken by the clock: every task whose opinion is overdue counts as consented. Nothing overdue → unchanged."""
    plan = store.plans.get(tenant, plan_id)
    late = [t for t in plan.tasks if t.state == "opinion_requested" and t.due_at is not None and t.due_at < act.at]
    if plan.state != "opinion" or not late:
        return plan
    for task in late:
        opinion = Opinion(agrees=True, given_by=act.actor.person_id, given_at=act.at, is_deemed=True)
        facts = {"opinion_is_overdue": True}
        plan = plan.with_task(moved_task(task, "deem_consent", act.at, facts, opinions=[*task.opinions, opinion]))
    bodies = [task.acting_body_id for task in late]
    return save_plan(store, tenant, act, plan, EventType.OPINION_DEEMED, {"acting_bodies": bodies})


@idempotent
def approve_task(store: Store, tenant: TenantId, act: Act, *, plan_id: str, acting_body_id: str) -> InspectionPlan:
    """The head of the acting body approves its own inspection."""
    plan = store.plans.get(tenant, plan_id)
    task = _own_task(act, plan, acting_body_id, Permission.TASK_APPROVE)
    approval = Approval(approved_by=act.actor.person_id, approved_by_name=act.actor.name, approved_at=act.at)
    changed = moved_task(task, "approve_inspection", act.at, {"actor_heads_acting_body": True}, approval=approval)
    data = {"acting_body_id": acting_body_id}
    return save_plan(store, tenant, act, plan.with_task(changed), EventType.TASK_APPROVED, data)


@idempotent
def refuse_task(
    store: Store, tenant: TenantId, act: Act, *, plan_id: str, acting_body_id: str, reason: str
) -> InspectionPlan:
    """The head of the acting body does not approve: its task is withdrawn from the plan, with the reason."""
    plan = store.plans.get(tenant, plan_id)
    task = _own_task(act, plan, acting_body_id, Permission.TASK_APPROVE)
    facts = {"actor_heads_acting_body": True, "has_reason": bool(need_reason(reason))}
    changed = moved_task(task, "refuse_inspection", act.at, facts)
    data = {"acting_body_id": acting_body_id, "reason": reason.strip()}
    return save_plan(store, tenant, act, plan.with_task(changed), EventType.TASK_WITHDRAWN, data)


@idempotent
def withdraw_task(
    store: Store, tenant: TenantId, act: Act, *, plan_id: str, acting_body_id: str, reason: str
) -> InspectionPlan:
    """The plan without this acting body's part, taken back by whoever coordinates it before the pool is frozen.

    Raises InvalidInputError without a reason, for the part of the lead or the last one (the plan is then cancelled as a
    whole), and while a draw is open that counts on its officers.
    """
    plan = store.plans.get(tenant, plan_id)
    require(act.actor, Permission.PLAN_WRITE, plan.resource)
    task = _task(plan, acting_body_id)
    if plan.state not in HEARING:
        raise IllegalTransitionError(state=plan.state, step="withdraw_task", machine="loop", missing=[])
    if task.is_lead or not any(one.state != "withdrawn" for one in plan.tasks if one is not task):
        raise InvalidInputError([FieldProblem(field="acting_body_id", code="task_is_needed")])
    if plan.draw_id:
        raise InvalidInputError([FieldProblem(field="acting_body_id", code="draw_counts_on_it")])
    facts = {"has_reason": bool(need_reason(reason)), "pool_is_not_frozen": True}
    changed = moved_task(task, "withdraw_task", act.at, facts)
    data = {"acting_body_id": acting_body_id, "reason": reason.strip()}
    return save_plan(store, tenant, act, plan.with_task(changed), EventType.TASK_WITHDRAWN, data)


@idempotent
def close_opinions(store: Store, tenant: TenantId, act: Act, *, plan_id: str) -> InspectionPlan:
    """The plan in scheduling: every acting body has been heard."""
    plan = store.plans.get(tenant, plan_id)
    require(act.actor, Permission.PLAN_WRITE, plan.resource)
    facts = {"every_opinion_is_settled": all(task.state in SETTLED for task in plan.tasks)}
    return save_plan(store, tenant, act, moved(plan, "close_opinions", act.at, facts), EventType.OPINIONS_CLOSED)


def _task(plan: InspectionPlan, acting_body_id: str) -> InspectionTask:
    task = plan.task_of(acting_body_id)
    if task is None:
        raise RecordNotFoundError(kind="inspection_task", id=acting_body_id)
    return task


def _own_task(act: Act, plan: InspectionPlan, acting_body_id: str, permission: Permission) -> InspectionTask:
    """The task, when the actor may speak for its acting body and the plan still hears opinions."""
    task = _task(plan, acting_body_id)
    own = Resource(divisions=frozenset(plan.divisions), departments=frozenset({acting_body_id}))
    require(act.actor, permission, own)
    if plan.state not in HEARING:
        raise IllegalTransitionError(state=plan.state, step=permission.value, machine="loop", missing=[])
    return task
