"""A subject leaves a scenario that does not apply to it, or no longer does."""

from dataclasses import dataclass

from chalicelib.domain.act import Act
from chalicelib.domain.disposal import Disposal
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.finding import Finding
from chalicelib.domain.loop import machine
from chalicelib.domain.plan import InspectionPlan
from chalicelib.domain.subject import Subject
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.visit import Visit
from chalicelib.services.disposal.open_disposal import open_disposals
from chalicelib.services.draw.drawn_subjects import drawn_subjects
from chalicelib.services.finding.move_finding import require_text
from chalicelib.services.idempotent import idempotent
from chalicelib.services.register.join_scenario import seen_subject
from chalicelib.services.register.members import save_members
from chalicelib.services.register.register_subject import told_changes
from chalicelib.services.register.relate_subjects import refuse
from chalicelib.storage.store import Store

MAX_REASON = 400


@dataclass(frozen=True)
class OpenMatters:
    """What was begun about a subject in one scenario and has not ended. drawn: plans that drew it and have no visit of
    it yet."""

    disposals: list[Disposal]
    findings: list[Finding]
    visits: list[Visit]
    drawn: list[InspectionPlan]

    @property
    def counts(self) -> dict[str, int]:
        return {
            "disposals": len(self.disposals),
            "findings": len(self.findings),
            "visits": len(self.visits),
            "drawn": len(self.drawn),
        }


def open_matters(store: Store, tenant: TenantId, subject: Subject, scenario: str) -> OpenMatters:
    """Under each identifier that the subject had: three queries for each. Of a plan that was drawn and is not scheduled
    the list of whom it drew is read."""
    findings = [one for id in subject.all_ids for one in store.findings.of_subject(tenant, id)]
    visits = [one for id in subject.all_ids for one in store.visits.of_subject(tenant, id)]
    return OpenMatters(
        disposals=[one for one in open_disposals(store, tenant, subject) if one.scenario == scenario],
        findings=[one for one in findings if one.scenario == scenario and not _is_over("finding", one.state)],
        visits=[one for one in visits if one.serves(scenario) and not _is_over("visit", one.state)],
        drawn=[
            one
            for one in store.plans.every_under_way(tenant)
            if one.state == "drawn" and one.scenario == scenario and _has_drawn(store, tenant, one, subject)
        ],
    )


def _has_drawn(store: Store, tenant: TenantId, plan: InspectionPlan, subject: Subject) -> bool:
    drawn = drawn_subjects(store, tenant, plan.draw_id) if plan.draw_id else []
    return any(one.subject.subject_id in subject.all_ids for one in drawn)


def _is_over(name: str, state: str) -> bool:
    return machine(name).state(state).is_final


@idempotent
def leave_scenario(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    subject_id: str,
    scenario: str,
    reason: str,
    version: int | None = None,
) -> Subject:
    """The subject without the scenario; its evaluation and everything that was done stay on record, and it may join
    again. The event tells the reason and the attributes that it had.

    Refused while a disposal with its orders, a finding or a visit of the scenario is open, or a visit is drawn and not
    scheduled: nobody gets out of a draw, an order that was served or a fault that is to be mended by the register. Each
    is first brought to its end, or taken back with a reason of its own. A report that was expected stays on record, is
    asked for no more and is not noted as overdue, as of a subject that is closed. A frozen pool stays as it was.

    Raises InvalidInputError (no reason, not in the scenario, open matters with their numbers), ConflictError when
    somebody changed the subject since `version`, IllegalTransitionError for a tombstone.
    """
    subject = seen_subject(store, tenant, act, subject_id, version)
    if subject.membership(scenario) is None:
        raise refuse("scenario", "not_in_scenario")
    because = require_text("reason", reason, MAX_REASON)
    matters = open_matters(store, tenant, subject, scenario).counts
    if any(matters.values()):
        problem = FieldProblem(field="scenario", code="scenario_has_open_matters", details=dict(matters))
        raise InvalidInputError([problem])
    left = subject.without(frozenset({scenario}))
    with store.change(tenant, act) as change:
        change.save(left)
        save_members(change, store, tenant, left)
        told = told_changes(subject, left, ["memberships"]) | {"left": scenario, "reason": because}
        change.event(EventType.SUBJECT_CHANGED, left, told)
    return left
