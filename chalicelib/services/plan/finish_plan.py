"""The last two steps: the departments have disposed of everything, then everything is public and evaluated."""

from collections.abc import Sequence

from pydantic import BaseModel, ConfigDict

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.event import EventType
from chalicelib.domain.loop import machine
from chalicelib.domain.plan import InspectionPlan
from chalicelib.domain.record import Ref
from chalicelib.domain.subject import Subject
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.visit import Visit
from chalicelib.services.idempotent import idempotent
from chalicelib.services.plan.progress import moved, moved_task, need_reason, save_plan
from chalicelib.storage.store import Store

_TOLD = frozenset({"published", "withdrawn"})


class PlanTally(BaseModel):
    """How far a plan's visits are, in numbers. Of `visits`: settled (confirmed or cancelled), concluded (confirmed).

    published: results of concluded visits that are public or were withdrawn with a reason; evaluated: concluded visits
    whose subject was evaluated since.
    """

    model_config = ConfigDict(frozen=True)

    visits: int
    settled: int
    concluded: int
    findings: int
    closed_findings: int
    published: int = 0
    evaluated: int = 0

    @property
    def is_disposed(self) -> bool:
        return self.settled == self.visits and self.closed_findings == self.findings

    @property
    def is_told(self) -> bool:
        return self.published == self.concluded == self.evaluated


def tally_plan(store: Store, tenant: TenantId, plan: InspectionPlan) -> PlanTally:
    """Counts from the plan's visits and findings: two queries, and in closing one more with a read per visit."""
    visits = store.visits.of_plan(tenant, plan.id)
    concluded = [visit for visit in visits if visit.state == "confirmed"]
    findings = store.findings.of_plan(tenant, plan.id)
    is_closing = plan.state == "closing"
    return PlanTally(
        visits=len(visits),
        settled=sum(machine("visit").state(visit.state).is_final for visit in visits),
        concluded=len(concluded),
        findings=len(findings),
        closed_findings=sum(machine("finding").state(finding.state).is_final for finding in findings),
        published=_published(store, tenant, plan, concluded) if is_closing else 0,
        evaluated=sum(_is_evaluated(store, tenant, visit) for visit in concluded) if is_closing else 0,
    )


def _published(store: Store, tenant: TenantId, plan: InspectionPlan, concluded: Sequence[Visit]) -> int:
    told = {result.id for result in store.results.of_plan(tenant, plan.id) if result.state in _TOLD}
    return sum(visit.result_id in told for visit in concluded)


def _is_evaluated(store: Store, tenant: TenantId, visit: Visit) -> bool:
    subject = Ref(kind=Subject.KIND, id=visit.subject.subject_id)
    found = [store.evaluations.find_child(tenant, subject, one.scenario) for one in visit.served]
    done = visit.concluded_at
    return done is not None and all(one is not None and one.evaluated_at >= done for one in found)


@idempotent
def complete_disposition(store: Store, tenant: TenantId, act: Act, *, plan_id: str) -> InspectionPlan:
    """The plan in closing, its tasks completed: every visit is settled and every finding is closed."""
    plan = store.plans.get(tenant, plan_id)
    require(act.actor, Permission.PLAN_WRITE, plan.resource)
    tally = tally_plan(store, tenant, plan)
    facts = {
        "every_visit_is_settled": tally.settled == tally.visits,
        "every_finding_is_closed": tally.closed_findings == tally.findings,
    }
    changed = moved(plan, "complete_disposition", act.at, facts)
    tasks = [
        moved_task(task, "complete_task", act.at, facts) if task.state == "disposing" else task for task in plan.tasks
    ]
    data = {"visits": tally.visits, "findings": tally.findings}
    return save_plan(store, tenant, act, changed.with_changes(tasks=tasks), EventType.DISPOSITION_COMPLETED, data)


@idempotent
def return_to_disposition(store: Store, tenant: TenantId, act: Act, *, plan_id: str, reason: str) -> InspectionPlan:
    """The plan back with the departments, with the reason in its history."""
    plan = store.plans.get(tenant, plan_id)
    require(act.actor, Permission.PLAN_WRITE, plan.resource)
    returned = moved(plan, "return_to_disposition", act.at, {"has_reason": bool(need_reason(reason))})
    return save_plan(store, tenant, act, returned, EventType.PLAN_RETURNED, {"reason": reason.strip()})


@idempotent
def close_plan(store: Store, tenant: TenantId, act: Act, *, plan_id: str) -> InspectionPlan:
    """The closed plan: every result is public and every inspected subject evaluated anew."""
    plan = store.plans.get(tenant, plan_id)
    require(act.actor, Permission.PLAN_WRITE, plan.resource)
    tally = tally_plan(store, tenant, plan)
    facts = {
        "every_result_is_published": tally.published == tally.concluded,
        "every_subject_is_evaluated": tally.evaluated == tally.concluded,
    }
    closed = moved(plan, "close_plan", act.at, facts)
    data = {"published": tally.published, "evaluated": tally.evaluated}
    return save_plan(store, tenant, act, closed, EventType.PLAN_CLOSED, data)
