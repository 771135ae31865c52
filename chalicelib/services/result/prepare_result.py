"""Prepare the result of a concluded visit, and keep it true while its findings are mended."""

from datetime import date, datetime
from typing import Any

from chalicelib.domain.act import Act
from chalicelib.domain.calendar import WorkingCalendar, shanghai_date
from chalicelib.domain.deadline import Due, deadline_rule, due_at
from chalicelib.domain.event import EventType
from chalicelib.domain.finding import Finding
from chalicelib.domain.inspection_result import InspectionResult, ResultFinding, result_bodies, result_finding
from chalicelib.domain.loop import initial_state, machine
from chalicelib.domain.public_result import public_result_of
from chalicelib.domain.result_todo import result_todos
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.storage.store import Store


def clock_of(state: str, started_at: datetime) -> dict[str, Any]:
    """Deadline fields of a result that rests in this state."""
    rule = machine("result").state(state).deadline_rule
    if rule is None:
        return {"due_at": None, "is_due_undetermined": False}
    due = due_at(deadline_rule(rule, shanghai_date(started_at)), started_at, WorkingCalendar())
    found = due.due_at if isinstance(due, Due) else None
    return {"due_at": found, "is_due_undetermined": found is None}


@idempotent
def prepare_result(store: Store, tenant: TenantId, act: Act, *, visit_id: str) -> InspectionResult:
    """The result of a visit on which every acting body has concluded; there already, it is returned unchanged."""
    known = store.results.find(tenant, visit_id)
    if known is not None:
        return known
    visit = store.visits.get(tenant, visit_id)
    plan = store.plans.get(tenant, visit.plan_id)
    state = initial_state("result")
    concluded_at = visit.concluded_at or act.at
    result = InspectionResult(
        id=visit.id,
        plan_id=plan.id,
        plan_number=plan.number,
        plan_title=plan.title,
        draw_id=visit.draw_id,
        draw_order=visit.order,
        scenario=visit.scenario,
        subject=visit.subject,
        inspected_on=shanghai_date(visit.started_at or concluded_at),
        bodies=result_bodies(visit, store.body_conclusions.of_visit(tenant, visit.id)),
        findings=_told(store.findings.of_visit(tenant, plan.id, visit.id)),
        state=state,
        prepared_at=act.at,
        **clock_of(state, concluded_at),
    )
    with store.change(tenant, act) as change:
        change.save(result)
        change.save(visit.with_changes(result_id=result.id))
        store.todos.replace(change, result.ref, result_todos(result))
        change.event(EventType.RESULT_PREPARED, result, {"findings": len(result.findings)})
    return result


@idempotent
def refresh_result(store: Store, tenant: TenantId, act: Act, *, visit_id: str) -> InspectionResult:
    """The result with its findings as they are now; published, its projection follows in the same change."""
    result = store.results.get(tenant, visit_id)
    told = _told(store.findings.of_visit(tenant, result.plan_id, visit_id))
    if told == result.findings:
        return result
    changed = result.with_changes(findings=told)
    with store.change(tenant, act) as change:
        change.save(changed)
        if changed.published_at is not None and changed.state == "published":
            public = store.public_results.get(tenant, visit_id)
            change.save(public_result_of(changed, changed.published_at, public.version))
        change.event(EventType.RESULT_REFRESHED, changed, {"rectified": sum(f.is_rectified for f in told)})
    return changed


def _told(findings: list[Finding]) -> list[ResultFinding]:
    return [result_finding(finding, _passed_on(finding)) for finding in findings]


def _passed_on(finding: Finding) -> date | None:
    """The day of the reinspection that passed, None while none has."""
    last = finding.reinspections[-1] if finding.reinspections else None
    return shanghai_date(last.made_at) if last is not None and last.is_passed and not last.is_returned else None
