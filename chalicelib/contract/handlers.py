"""The contract's own four handlers. A package overrides one where its trade needs its own arithmetic.

Each is `(request, context) -> result`, pure, and the same function whether the hosted UI, the API or a Lambda function
calls it.
"""

from collections.abc import Iterable, Mapping

from chalicelib.contract.exchange import (
    BasisView,
    ChecklistEntry,
    ChecklistRequest,
    ChecklistResult,
    DepartmentProgress,
    EvaluationRequest,
    HandlerContext,
    InspectionRequest,
    InspectionResult,
    RegimeCount,
    SlotView,
    TeamView,
)
from chalicelib.contract.exchange_handbook import (
    HandbookItemView,
    HandbookRequest,
    HandbookSectionView,
    HandbookView,
    ParagraphView,
)
from chalicelib.contract.figure_uses import with_figure_words
from chalicelib.contract.inspection import Activity, DocumentStage, InspectionDocument, InspectionRules
from chalicelib.contract.readings import Values, with_readings
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.checklist import FindingSlot, MergedItem, merge_items, possible_items, visible_items
from chalicelib.domain.errors import NotAllowedError
from chalicelib.domain.evaluation import EvaluationResult, evaluate_subject
from chalicelib.domain.handbook import HandbookItem, Paragraph
from chalicelib.domain.item import Answer, CheckItem, SubjectFacts, answer_problems, judge_answer
from chalicelib.domain.legal_basis import as_confirmed, waiting_bases


def view_bases(scenario: Scenario, context: HandlerContext, ids: Iterable[str]) -> tuple[BasisView, ...]:
    """The citations as shown to people, with whether this tenant may rely on each."""
    found = [scenario.bases[one] for one in ids if one in scenario.bases]
    waiting = {basis.id for basis in waiting_bases(found, context.confirmations)}
    return tuple(
        BasisView(
            id=basis.id,
            citation=as_confirmed(basis, context.confirmations).citation,
            document_number=basis.document_number,
            summary=basis.summary,
            note=basis.note,
            status=basis.status,
            is_usable=basis.id not in waiting,
        )
        for basis in found
    )


def handbook(request: HandbookRequest, context: HandlerContext) -> HandbookView:
    """The handbook for one kind of subject: its supervision items and the paragraphs that concern it."""
    scenario = context.scenario.in_language(request.language)
    subject = SubjectFacts(kind=request.subject_kind, attributes=request.attributes)
    possible = {item.id for item in possible_items(scenario.checklist, subject)}

    def item_view(item: HandbookItem) -> HandbookItemView:
        return HandbookItemView(
            **item.model_dump(exclude={"legal_basis_ids", "condition", "check_item_ids"}),
            department_label=scenario.manifest.department_label(item.department),
            legal_basis=view_bases(scenario, context, item.legal_basis_ids),
        )

    def paragraph_view(paragraph: Paragraph) -> ParagraphView:
        return ParagraphView(
            **paragraph.model_dump(include={"id", "is_duty", "department", "check_item_ids"}),
            text=with_figure_words(paragraph.text, paragraph.figure_ids, scenario, context.confirmations),
            department_label=scenario.manifest.department_label(paragraph.department or ""),
            legal_basis=view_bases(scenario, context, paragraph.legal_basis_ids),
        )

    sections = [
        (section, tuple(paragraph_view(p) for p in section.paragraphs if p.concerns(subject, possible)))
        for section in scenario.handbook.sections
    ]
    return HandbookView(
        scenario=scenario.name,
        version=scenario.version,
        language=request.language,
        title=scenario.handbook.title,
        introduction=scenario.handbook.introduction,
        items=tuple(item_view(i) for i in scenario.handbook.items if i.concerns(subject, scenario.checklist)),
        sections=tuple(
            HandbookSectionView(id=section.id, kind=section.kind, title=section.title, paragraphs=paragraphs)
            for section, paragraphs in sections
            if paragraphs
        ),
    )


def _worded(scenario: Scenario, context: HandlerContext, text: str, items: Iterable[CheckItem]) -> str:
    """The text with the figures that the items name."""
    named = dict.fromkeys(one for item in items for one in item.figures_named)
    return with_figure_words(text, named, scenario, context.confirmations)


def _slot_view(
    scenario: Scenario, context: HandlerContext, slot: FindingSlot, item: CheckItem, answer: Answer | None
) -> SlotView:
    return SlotView(
        scenario=scenario.name,
        department=slot.department,
        department_label=scenario.manifest.department_label(slot.department),
        item_id=item.id,
        name=item.name,
        standard=_worded(scenario, context, item.standard, (item,)),
        severity=item.severity,
        is_key_item=item.is_key_item,
        rectification_working_days=item.rectification_working_days,
        compliance=judge_answer(item, answer),
        legal_basis=view_bases(scenario, context, item.legal_basis_ids),
        penalty_basis=view_bases(scenario, context, item.penalty_basis_ids),
    )


def _entry(scenario: Scenario, context: HandlerContext, merged: MergedItem, answer: Answer | None) -> ChecklistEntry:
    section = next(s for s in scenario.checklist.sections if any(one.id == merged.item.id for one in s.items))
    by_id = {item.id: item for item in merged.items}
    problems = dict.fromkeys(
        (problem.field, problem.code)
        for item in merged.items
        for problem in (answer_problems(item, answer) if answer else ())
    )
    every = [problem for item in merged.items for problem in (answer_problems(item, answer) if answer else ())]
    return ChecklistEntry(
        key=merged.key,
        section_id=section.id,
        section_title=section.title,
        name=merged.name,
        because=merged.item.condition_reason,
        answer_type=merged.answer_type,
        number=merged.item.number,
        method=merged.item.method,
        location=merged.location,
        standard=_worded(scenario, context, merged.item.standard, merged.items),
        guidance=_worded(scenario, context, merged.item.guidance, merged.items),
        severity=merged.severity,
        is_key_item=merged.is_key_item,
        is_full_coverage=merged.is_full_coverage,
        evidence=merged.evidence,
        departments=merged.departments,
        slots=tuple(_slot_view(scenario, context, slot, by_id[slot.item_id], answer) for slot in merged.slots),
        answer=answer,
        problems=tuple(next(p for p in every if (p.field, p.code) == one) for one in problems),
        conflicts=merged.conflicts,
        self_check=merged.self_check,
    )


def checklist(request: ChecklistRequest, context: HandlerContext) -> ChecklistResult:
    """The questions that are asked now, in order, with every department's own judgement and what is still missing."""
    scenario = context.scenario.in_language(request.language)
    visible = visible_items(scenario.checklist, request.answers, request.subject)
    merged = merge_items(visible, request.departments)
    entries = tuple(_entry(scenario, context, one, request.answers.get(one.key)) for one in merged)
    done = {entry.key for entry in entries if entry.answer and entry.answer.is_given and not entry.problems}
    codes = dict.fromkeys(code for entry in entries for code in entry.departments)
    return ChecklistResult(
        scenario=scenario.name,
        version=scenario.version,
        entries=entries,
        asked=len(entries),
        answered=len(done),
        by_department=tuple(
            DepartmentProgress(
                department=code,
                label=scenario.manifest.department_label(code),
                asked=sum(code in entry.departments for entry in entries),
                answered=sum(code in entry.departments and entry.key in done for entry in entries),
            )
            for code in codes
        ),
        problems=tuple(problem for entry in entries for problem in entry.problems),
        is_complete=len(done) == len(entries),
    )


def _documents(rules: InspectionRules, request: InspectionRequest) -> tuple[InspectionDocument, ...]:
    """The documents of the activity; an order that is tied to grades only with one of them, or when none is named."""
    of_patrol = request.activity is Activity.PATROL
    return tuple(
        one
        for one in rules.documents
        if (one.stage is DocumentStage.PATROL) is of_patrol
        and (not request.technical_grade or not one.technical_grades or request.technical_grade in one.technical_grades)
    )


def _patrol(request: InspectionRequest, context: HandlerContext) -> InspectionResult:
    """Nothing of an inspection: only the patrol's rules, its form and what it rests on. Raises NotAllowedError where
    the scenario knows no patrols."""
    scenario = context.scenario.in_language(request.language)
    rules = scenario.inspection
    if rules.patrol is None:
        raise NotAllowedError(action="patrol", scenario=scenario.name)
    return InspectionResult(
        scenario=scenario.name,
        version=scenario.version,
        activity=Activity.PATROL,
        team=(),
        inspectors=0,
        uncovered_departments=(),
        regimes=(),
        drawn=0,
        documents=_documents(rules, request),
        rectification=(),
        disclosure_working_days=0,
        is_full_coverage_field=rules.is_full_coverage_field,
        patrol=rules.patrol,
        legal_basis=view_bases(scenario, context, rules.patrol.legal_basis_ids),
    )


def inspection(request: InspectionRequest, context: HandlerContext) -> InspectionResult:
    """Team, share to draw by grade, documents and time limits of a plan with these facts; or what a patrol needs."""
    if request.activity is Activity.PATROL:
        return _patrol(request, context)
    scenario = context.scenario.in_language(request.language)
    rules = scenario.inspection
    wanted = request.departments or scenario.manifest.department_codes
    covered = {code for body in request.acting_bodies for code in body.departments}
    team = tuple(
        TeamView(
            acting_body_id=body.id,
            departments=tuple(code for code in body.departments if code in wanted),
            inspectors=rules.team.inspectors_per_acting_body,
        )
        for body in request.acting_bodies
        if set(body.departments) & set(wanted)
    )
    counts = {(one.risk_level, one.credit_grade): 0 for one in rules.regimes}
    for one in request.grade_counts:
        counts[one.risk_level, one.credit_grade] += one.count
    regimes = tuple(
        RegimeCount(regime=regime, count=count, drawn=-(-count * regime.ratio_basis_points // 10_000))
        for regime in rules.regimes
        for count in [counts[regime.risk_level, regime.credit_grade]]
    )
    return InspectionResult(
        scenario=scenario.name,
        version=scenario.version,
        team=team,
        inspectors=sum(one.inspectors for one in team),
        uncovered_departments=tuple(code for code in wanted if code not in covered),
        regimes=regimes,
        drawn=sum(one.drawn for one in regimes),
        documents=_documents(rules, request),
        rectification=rules.rectification,
        disclosure_working_days=rules.disclosure_working_days,
        is_full_coverage_field=rules.is_full_coverage_field,
        deadlines=rules.deadlines_on(context.today),
        patrol=rules.patrol,
        legal_basis=view_bases(scenario, context, (*rules.team.legal_basis_ids, *rules.legal_basis_ids)),
    )


def evaluation(request: EvaluationRequest, context: HandlerContext) -> EvaluationResult:
    """Risk level and credit grade of one subject from the facts on record. A measure that is named like an indicator of
    which no reading is there yet is its reading: a package that computes nothing needs no handler for what is reported.
    """
    scenario = context.scenario.in_language(request.language)
    known = {one.indicator_id for one in request.facts.readings}
    plain = [one.id for one in scenario.evaluation.indicators if one.id not in known]

    def read(measures: Mapping[str, int], _: Mapping[str, Answer]) -> Values:
        return {name: measures.get(name) for name in plain}

    facts = with_readings(request, context, read, "measures").facts
    return evaluate_subject(scenario.evaluation, scenario.inspection.regimes, facts)
