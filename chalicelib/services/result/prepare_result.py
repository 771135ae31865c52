"""Prepare the result of a concluded visit, and keep it true while its findings are mended."""

from typing import Any

from chalicelib.domain.act import Act
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.deadline import Due, deadline_rule, due_at
from chalicelib.domain.event import EventType
from chalicelib.domain.finding import Finding
from chalicelib.domain.inspection_result import (
    InspectionResult,
    ResultFinding,
    result_bodies,
    result_finding,
    without_withdrawn,
)
from chalicelib.domain.loop import initial_state, machine
from chalicelib.domain.public_result import public_result_of
from chalicelib.domain.result_todo import result_todos
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.services.working_calendar import working_calendar
from chalicelib.storage.store import Store


def with_clock(result: InspectionResult) -> InspectionResult:
    """The result with the deadline of the state in which it rests: its rule names the moment from which it runs."""
    rule_id = machine("result").state(result.state).deadline_rule
    if rule_id is None:
        return result.with_changes(due_at=None, is_due_undetermined=False)
    started_at = {"visit_submitted": result.submitted_at, "visit_concluded": result.concluded_at}
    rule = deadline_rule(rule_id, shanghai_date(result.submitted_at))
    due = due_at(rule, started_at[rule.start_event], working_calendar())
    found = due.due_at if isinstance(due, Due) else None
    return result.with_changes(due_at=found, is_due_undetermined=found is None)


@idempotent
def prepare_result(store: Store, tenant: TenantId, act: Act, *, visit_id: str) -> InspectionResult:
    """The result of a visit on which every acting body has concluded; there already, it is returned unchanged."""
    known = store.results.find(tenant, visit_id)
    if known is not None:
        return known
    visit = store.visits.get(tenant, visit_id)
    plan = store.plans.get(tenant, visit.plan_id)
    concluded_at = visit.concluded_at or act.at
    told = _told(store.findings.of_visit(tenant, plan.id, visit.id))
    result = with_clock(
        InspectionResult(
            id=visit.id,
            plan_id=plan.id,
            plan_number=plan.number,
            plan_title=plan.title,
            draw_id=visit.draw_id,
            draw_order=visit.order,
            scenario=visit.scenario,
            also_serves=[one.scenario for one in visit.also_serves],
            subject=visit.subject,
            inspected_on=shanghai_date(visit.started_at or concluded_at),
            bodies=result_bodies(visit, store.body_conclusions.of_visit(tenant, visit.id)),
            findings=told,
            state=initial_state("result"),
            submitted_at=visit.submitted_at or concluded_at,
            concluded_at=concluded_at,
            prepared_at=act.at,
        )
    )
    with store.change(tenant, act) as change:
        change.save(result)
        change.save(visit.with_changes(result_id=result.id))
        store.todos.replace(change, result.ref, result_todos(result))
        change.event(EventType.RESULT_PREPARED, result, {"findings": len(told)})
    return result


@idempotent
def refresh_result(store: Store, tenant: TenantId, act: Act, *, visit_id: str) -> InspectionResult:
    """The result with its findings as they are now; published, its projection follows in the same change."""
    result = store.results.get(tenant, visit_id)
    findings = store.findings.of_visit(tenant, result.plan_id, visit_id)
    told = _told(findings)
    changes: dict[str, Any] = {"findings": told}
    if any(finding.is_withdrawn for finding in findings):
        changes["bodies"] = without_withdrawn(result.bodies, told)
    changed = result.with_changes(**changes)
    if changed == result:
        return result
    with store.change(tenant, act) as change:
        change.save(changed)
        if changed.published_at is not None and changed.state == "published":
            public = store.public_results.get(tenant, visit_id)
            change.save(public_result_of(changed, changed.published_at, public.version))
        change.event(EventType.RESULT_REFRESHED, changed, {"rectified": sum(f.is_rectified for f in told)})
    return changed


def _told(findings: list[Finding]) -> list[ResultFinding]:
    return [result_finding(finding) for finding in findings if not finding.is_withdrawn]
