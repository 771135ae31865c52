"""Submit a plan, approve it or send it back: the head of the lead acting body decides."""

from collections.abc import Sequence

from chalicelib.contract.basis_work import repealed_bases
from chalicelib.contract.scenario import Scenario, unconfirmed_bases
from chalicelib.domain.access import Permission, Resource, require
from chalicelib.domain.act import Act
from chalicelib.domain.basis_mark import BasisMark
from chalicelib.domain.errors import IllegalTransitionError, RecordNotFoundError
from chalicelib.domain.event import EventType
from chalicelib.domain.item import CheckItem
from chalicelib.domain.legal_basis import LegalBasis
from chalicelib.domain.plan import InspectionPlan
from chalicelib.domain.served_scenario import ServedScenario
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.services.plan.progress import moved, need_reason, save_plan
from chalicelib.services.plan.served_scenarios import other_packages
from chalicelib.services.scenario.basis_marks import standing_marks
from chalicelib.services.scenario.read_edition import read_edition
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
        moved(
            plan,
            "submit_plan",
            act.at,
            {"plan_is_complete": is_complete, "overlays_hold": not broken_overlays(store, tenant, plan)},
        ),
        EventType.PLAN_SUBMITTED,
    )


def broken_overlays(store: Store, tenant: TenantId, plan: InspectionPlan) -> list[ServedScenario]:
    """The scenarios that the plan serves with an overlay that does not hold on its package, as one that was published
    before it was checked whole may; a version that is nowhere any more cannot be judged."""
    found = []
    for one in plan.served:
        if not one.overlay_number:
            continue
        try:
            edition = read_edition(store, tenant, one.scenario, one.scenario_version, one.overlay_number)
        except RecordNotFoundError:
            continue
        if edition.faults:
            found.append(one)
    return found


def waiting_of_plan(
    store: Store, tenant: TenantId, plan: InspectionPlan, scenario: str, package: Scenario
) -> list[LegalBasis]:
    """The bases that the plan's items of one of its scenarios rest on and that this tenant has not confirmed."""
    return unconfirmed_bases(
        package, _items(plan, scenario, package), store.confirmations.of_scenario(tenant, scenario)
    )


def repealed_of_plan(
    plan: InspectionPlan, scenario: str, package: Scenario, marks: Sequence[BasisMark]
) -> list[tuple[LegalBasis, BasisMark]]:
    """The bases that the plan's items of one of its scenarios rest on and that are repealed before its period ends,
    each with the mark that says so."""
    return repealed_bases(package.bases_of(_items(plan, scenario, package)), marks, plan.period_to)


def _items(plan: InspectionPlan, scenario: str, package: Scenario) -> list[CheckItem]:
    wanted = {item_id for task in plan.tasks for item_id in task.items_of(scenario, plan.scenario)}
    return [item for item in package.checklist.items if item.id in wanted]


@idempotent
def approve_plan(store: Store, tenant: TenantId, act: Act, *, plan_id: str, package: Scenario) -> InspectionPlan:
    """The approved plan. A real tenant's plan may rest on confirmed bases only, none of which is repealed before its
    period ends; a synthetic one shows which do not hold. No plan rests on an overlay that does not hold."""
    plan = store.plans.get(tenant, plan_id)
    _require_lead_head(act, plan)
    packages = {plan.scenario: package} | other_packages(store, tenant, plan)
    waiting = [basis for name, one in packages.items() for basis in waiting_of_plan(store, tenant, plan, name, one)]
    marks = standing_marks(store, tenant)
    repealed = [one for name, each in packages.items() for one in repealed_of_plan(plan, name, each, marks)]
    is_synthetic = store.tenants.get(tenant, tenant).is_synthetic
    facts = {
        "legal_bases_are_confirmed": is_synthetic or not waiting,
        "legal_bases_hold": is_synthetic or not repealed,
        "overlays_hold": not broken_overlays(store, tenant, plan),
    }
    try:
        approved = moved(plan, "approve_plan", act.at, facts)
    except IllegalTransitionError as error:
        error.details["bases"] = [basis.id for basis in waiting]
        error.details["repealed"] = [basis.id for basis, _ in repealed]
        error.details["basis_marks"] = list(dict.fromkeys(mark.id for _, mark in repealed))
        raise
    told = {"unconfirmed": [basis.id for basis in waiting], "repealed": [basis.id for basis, _ in repealed]}
    return save_plan(store, tenant, act, approved, EventType.PLAN_APPROVED, told)


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
