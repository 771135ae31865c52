"""Evaluate a subject anew from what is on record: findings, periodic reports, answers of the last visit."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

from chalicelib.contract.entrance import call_handler
from chalicelib.contract.exchange import EvaluationRequest
from chalicelib.contract.registry import registry
from chalicelib.domain.act import Act
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.errors import AlreadyExistsError, ConflictError
from chalicelib.domain.evaluation import EvaluationFacts, EvaluationResult, FindingFact
from chalicelib.domain.event import EventType
from chalicelib.domain.finding import Finding
from chalicelib.domain.item import Answer
from chalicelib.domain.legal_basis import BasisConfirmation
from chalicelib.domain.periodic_report import ReportState
from chalicelib.domain.record import Ref
from chalicelib.domain.report_form import ReportForm
from chalicelib.domain.scenario_member import ScenarioMember
from chalicelib.domain.subject import Subject
from chalicelib.domain.subject_evaluation import SubjectEvaluation
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.visit import Visit
from chalicelib.services.report.report_facts import measures_of, overdue_events, reported_figures
from chalicelib.services.scenario.read_edition import Edition, edition_in_force, read_edition
from chalicelib.services.try_again import try_again
from chalicelib.storage.errors import AlreadyDoneError
from chalicelib.storage.store import Store


@dataclass(frozen=True)
class InForce:
    """By what every subject of a scenario is evaluated: read once where many are."""

    edition: Edition
    confirmations: Sequence[BasisConfirmation]

    @classmethod
    def read(cls, store: Store, tenant: TenantId, scenario: str) -> "InForce":
        """Raises RecordNotFoundError for a package that is not installed."""
        confirmations = store.confirmations.of_scenario(tenant, scenario)
        return cls(edition_in_force(store, tenant, scenario), confirmations)


def evaluate_subject(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    subject_id: str,
    scenario: str,
    cause: str,
    in_force: InForce | None = None,
) -> SubjectEvaluation:
    """The evaluation in force, with the subject's draw grade set from the matrix of both outputs, in one change.

    cause: as SubjectEvaluation has it. Runs as a reaction to events and by the clock, so nobody's permission is asked.
    Called again with the same act it returns the evaluation as it is now. What was changed or evaluated in the same
    moment is judged anew; raises ConflictError or AlreadyExistsError when that goes on.
    """

    def evaluate() -> SubjectEvaluation:
        rules = in_force or InForce.read(store, tenant, scenario)
        return _evaluate(store, tenant, act, subject_id, scenario, cause, rules)

    try:
        if store.done(tenant, act) is None:
            return try_again(evaluate, refusals=(ConflictError, AlreadyExistsError))
    except AlreadyDoneError:
        pass
    return store.evaluations.get_child(tenant, Ref(kind=Subject.KIND, id=subject_id), scenario)


def _evaluate(
    store: Store, tenant: TenantId, act: Act, subject_id: str, scenario: str, cause: str, rules: InForce
) -> SubjectEvaluation:
    subject = store.subjects.get(tenant, subject_id)
    ref, edition = subject.ref, rules.edition
    context = edition.context(tenant, act.at, rules.confirmations)
    forms = edition.scenario.evaluation.reports
    request = gather_facts(store, tenant, act, subject_id, scenario, forms, subject=subject)
    result = cast(EvaluationResult, call_handler(registry(), scenario, "evaluation", request, context))
    before = store.evaluations.find_child(tenant, ref, scenario)
    evaluation = SubjectEvaluation(
        id=scenario,
        version=before.version if before else 0,
        subject_id=subject_id,
        scenario_version=edition.package.version,
        rules_mark=edition.evaluation_mark,
        result=result,
        earlier=before.followed_by(result) if before else [],
        evaluated_at=act.at,
        cause=cause,
    )
    # What goes on after a subject left the scenario is judged, and makes it no member again.
    is_member = subject.membership(scenario) is not None
    graded = subject.graded(scenario, result.regime.draw_grade) if is_member else subject
    member = store.members.find_child(tenant, ref, scenario)
    with store.change(tenant, act) as change:
        change.save(evaluation)
        if graded != subject:
            change.save(graded, subject)
            change.save(ScenarioMember.of(graded, scenario, member))
        data = {
            "scenario": scenario,
            "cause": cause,
            "credit_grade": result.credit_grade.value,
            "risk_level": result.risk_level.value,
            "draw_grade": result.regime.draw_grade.value,
        }
        change.event(EventType.SUBJECT_EVALUATED, evaluation, data)
    return evaluation


def gather_facts(
    store: Store,
    tenant: TenantId,
    act: Act,
    subject_id: str,
    scenario: str,
    forms: Sequence[ReportForm] = (),
    *,
    subject: Subject | None = None,
) -> EvaluationRequest:
    """Everything on record about the subject in this scenario that an evaluation may rest on; `forms` are those with
    which it reports. subject: where it was read."""
    subject = subject or store.subjects.find(tenant, subject_id)
    ids = subject.all_ids if subject else (subject_id,)
    findings = [f for id in ids for f in store.findings.of_subject(tenant, id) if f.scenario == scenario]
    visits = [
        visit
        for id in ids
        for visit in store.visits.of_subject(tenant, id)
        if visit.serves(scenario) and visit.concluded_at is not None
    ]
    last = max(visits, key=lambda visit: visit.concluded_at or act.at, default=None)
    answers: dict[str, Answer] = {}
    if last is not None:
        own = _own_keys(store, tenant, last, scenario)
        given = store.visit_answers.of_visit(tenant, last.id)
        answers = {key: one.answer for key, one in given.items() if own is None or key in own}
    today = shanghai_date(act.at)
    inspected_on = shanghai_date(last.started_at) if last and last.started_at else None
    reports = [
        one
        for one in store.periodic_reports.of_subjects(tenant, ids if forms else ())
        if one.scenario == scenario and one.state is not ReportState.MERGED
    ]
    figures = reported_figures(forms, reports, today)
    return EvaluationRequest(
        attributes=dict(subject.attributes(scenario)) if subject else {},
        facts=EvaluationFacts(
            as_of=today,
            last_inspected_on=inspected_on,
            findings=tuple(_fact(finding) for finding in findings if not finding.is_withdrawn),
            events=overdue_events(reports),
        ),
        answers=answers,
        measures=measures_of(figures, answers, inspected_on),
        reports=figures,
    )


def _own_keys(store: Store, tenant: TenantId, visit: Visit, scenario: str) -> set[str] | None:
    """The questions of this scenario in a visit that serves several; None for all of a visit that serves one."""
    if not visit.also_serves:
        return None
    served = next(one for one in visit.served if one.scenario == scenario)
    edition = read_edition(store, tenant, scenario, served.scenario_version, served.overlay_number)
    return {item.question_key for item in edition.scenario.checklist.items}


def _fact(finding: Finding) -> FindingFact:
    return FindingFact(
        finding_id=finding.id,
        item_id=finding.item_id,
        department=finding.department,
        severity=finding.severity,
        found_on=finding.found_on,
        rectified_on=shanghai_date(finding.passed_at) if finding.passed_at else None,
        source=finding_source(finding.id),
    )


def finding_source(finding_id: str) -> str:
    """What a point names as its source, so that a page can tell which finding it comes from."""
    return f"finding:{finding_id}"
