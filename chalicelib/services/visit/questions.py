"""What a visit asks now: the scenario's own checklist handler, with the visit's answers, and what is still open."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import cast

from chalicelib.contract.exchange import BasisView, ChecklistEntry, ChecklistRequest, ChecklistResult
from chalicelib.contract.joint_checklist import join_results
from chalicelib.contract.registry import registry
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.errors import FieldProblem
from chalicelib.domain.item import Compliance, SubjectFacts
from chalicelib.domain.served_scenario import ServedScenario
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.visit import Visit, VisitAnswer
from chalicelib.services.scenario.read_edition import Edition, read_edition
from chalicelib.storage.store import Store


def package_of(store: Store, tenant: TenantId, visit: Visit) -> Scenario:
    """The package with the overlay, both in the version with which the visit's plan began. Raises RecordNotFoundError
    when only another is there."""
    return edition_of(store, tenant, visit.served[0]).scenario


def edition_of(store: Store, tenant: TenantId, one: ServedScenario) -> Edition:
    """A scenario as the plan or visit began with it."""
    return read_edition(store, tenant, one.scenario, one.scenario_version, one.overlay_number)


def ask_questions(
    store: Store,
    tenant: TenantId,
    visit: Visit,
    answers: Mapping[str, VisitAnswer],
    at: datetime,
    language: str = "zh",
    *,
    is_shown: bool = False,
) -> ChecklistResult:
    """The questions asked now, in order, merged over the departments and the scenarios of the visit. is_shown: with the
    tenant's own confirmations of legal bases, which only who reads the page needs."""
    departments = tuple(dict.fromkeys(code for body in visit.bodies for code in body.departments))
    results, labels = [], {}
    for one in visit.served:
        edition = edition_of(store, tenant, one)
        request = ChecklistRequest(
            language=language,
            subject=SubjectFacts(kind=visit.subject.kind, attributes=dict(one.attributes)),
            departments=departments,
            answers={key: given.answer for key, given in answers.items()},
        )
        context = edition.context(tenant, at, store.confirmations.of_scenario(tenant, one.scenario) if is_shown else ())
        results.append(cast(ChecklistResult, registry().handlers(one.scenario).checklist(request, context)))
        if visit.also_serves:
            labels[one.scenario] = edition.scenario.in_language(language).manifest.label
    return join_results(results, labels)


def is_non_compliant(entry: ChecklistEntry) -> bool:
    """Whether any department's item is not met by the answer."""
    return any(slot.compliance is Compliance.NON_COMPLIANT for slot in entry.slots)


def bases_of(entry: ChecklistEntry) -> tuple[BasisView, ...]:
    """The clauses that an officer can choose from: those of every item that the question answers, each once, also where
    two scenarios have ids of their own for one clause."""
    found: dict[str, BasisView] = {}
    told: dict[str, str] = {}
    for slot in entry.slots:
        for basis in slot.legal_basis:
            if told.setdefault(basis.citation, slot.scenario) == slot.scenario:
                found.setdefault(basis.id, basis)
    return tuple(found.values())


def gaps_of(entry: ChecklistEntry, given: VisitAnswer | None) -> list[FieldProblem]:
    """What keeps this question from being done: the answer's own problems, then clause and day of a finding."""
    if given is None or not given.answer.is_given:
        return [FieldProblem(field=f"{entry.key}.answer", code="answer_missing")]
    found = list(entry.problems)
    if is_non_compliant(entry):
        if bases_of(entry) and given.legal_basis_id is None:
            found.append(FieldProblem(field=f"{entry.key}.legal_basis_id", code="clause_missing"))
        if given.remedy_due_on is None:
            found.append(FieldProblem(field=f"{entry.key}.remedy_due_on", code="remedy_date_missing"))
    return found


def open_gaps(entries: Sequence[ChecklistEntry], answers: Mapping[str, VisitAnswer]) -> list[FieldProblem]:
    """Every gap of the list, in its order."""
    return [gap for entry in entries for gap in gaps_of(entry, answers.get(entry.key))]
