"""Evaluate a subject anew from what is on record: findings, indicator readings, answers of the last visit."""

from typing import cast

from chalicelib.contract.exchange import EvaluationRequest, HandlerContext
from chalicelib.contract.registry import registry
from chalicelib.domain.act import Act
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.evaluation import EvaluationFacts, EvaluationResult, FindingFact
from chalicelib.domain.event import EventType
from chalicelib.domain.finding import Finding
from chalicelib.domain.item import Answer
from chalicelib.domain.record import Ref
from chalicelib.domain.scenario_member import ScenarioMember
from chalicelib.domain.subject import Subject
from chalicelib.domain.subject_evaluation import KEPT, SubjectEvaluation
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.storage.store import Store


@idempotent
def evaluate_subject(
    store: Store, tenant: TenantId, act: Act, *, subject_id: str, scenario: str, cause: str
) -> SubjectEvaluation:
    """The evaluation in force, with the subject's draw grade set from the matrix of both outputs, in one change.

    cause: the event type that made it necessary. Runs as a reaction to events, so nobody's permission is asked.
    """
    subject = store.subjects.get(tenant, subject_id)
    ref = Ref(kind=Subject.KIND, id=subject_id)
    package = registry().get(scenario)
    context = HandlerContext(
        tenant_id=tenant,
        package=package,
        now=act.at,
        confirmations=tuple(store.confirmations.of_scenario(tenant, scenario)),
    )
    request = gather_facts(store, tenant, act, subject_id, scenario)
    result = cast(EvaluationResult, registry().handlers(scenario).evaluation(request, context))
    before = store.evaluations.find_child(tenant, ref, scenario)
    evaluation = SubjectEvaluation(
        id=scenario,
        version=before.version if before else 0,
        subject_id=subject_id,
        scenario_version=package.version,
        result=result,
        earlier=[before.summary(), *before.earlier][:KEPT] if before else [],
        evaluated_at=act.at,
        cause=cause,
    )
    graded = subject.graded(scenario, result.regime.draw_grade)
    member = store.members.get_child(tenant, ref, scenario)
    with store.change(tenant, act) as change:
        change.save(evaluation)
        if graded != subject:
            change.save(graded)
            change.save(ScenarioMember.of(graded, scenario, member.version))
        data = {
            "scenario": scenario,
            "cause": cause,
            "credit_grade": result.credit_grade.value,
            "risk_level": result.risk_level.value,
            "draw_grade": result.regime.draw_grade.value,
        }
        change.event(EventType.SUBJECT_EVALUATED, evaluation, data)
    return evaluation


def gather_facts(store: Store, tenant: TenantId, act: Act, subject_id: str, scenario: str) -> EvaluationRequest:
    """Everything on record about the subject in this scenario that an evaluation may rest on."""
    findings = [f for f in store.findings.of_subject(tenant, subject_id) if f.scenario == scenario]
    visits = [
        visit
        for visit in store.visits.of_subject(tenant, subject_id)
        if visit.scenario == scenario and visit.concluded_at is not None
    ]
    last = max(visits, key=lambda visit: visit.concluded_at or act.at, default=None)
    answers: dict[str, Answer] = {}
    if last is not None:
        answers = {key: given.answer for key, given in store.visit_answers.of_visit(tenant, last.id).items()}
    return EvaluationRequest(
        facts=EvaluationFacts(
            as_of=shanghai_date(act.at),
            last_inspected_on=shanghai_date(last.started_at) if last and last.started_at else None,
            findings=tuple(_fact(finding) for finding in findings if not _is_withdrawn(finding)),
        ),
        answers=answers,
    )


def _fact(finding: Finding) -> FindingFact:
    passed = [seen.made_at for seen in finding.reinspections if seen.is_passed]
    return FindingFact(
        finding_id=finding.id,
        item_id=finding.item_id,
        department=finding.department,
        severity=finding.severity,
        found_on=finding.found_on,
        rectified_on=shanghai_date(passed[-1]) if passed else None,
        source=f"visit:{finding.visit_id}",
    )


def _is_withdrawn(finding: Finding) -> bool:
    """Closed without a reinspection that passed and not handed to a penalty case: it was taken back."""
    return finding.state == "closed" and not finding.reinspections
