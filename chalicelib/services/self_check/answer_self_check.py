"""A subject's people begin a self-check, answer it question by question and finish it. Nobody else reads it."""

from datetime import datetime

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import FieldProblem, IllegalTransitionError, InvalidInputError, RecordNotFoundError
from chalicelib.domain.event import EventType
from chalicelib.domain.item import Answer, AnswerType, Compliance, SubjectFacts
from chalicelib.domain.self_check import SelfCheck, SelfCheckAnswer, SelfCheckState
from chalicelib.domain.self_check_rules import SelfCheckCycle
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.services.scenario.read_edition import edition_in_force
from chalicelib.services.self_check.self_check_sheet import due_rounds, read_sheet, sheet_of
from chalicelib.storage.errors import AlreadyDoneError
from chalicelib.storage.store import Store

_AWAY = (Compliance.NOT_CHECKED, Compliance.NOT_APPLICABLE)


@idempotent
def start_self_check(
    store: Store, tenant: TenantId, act: Act, *, subject_id: str, scenario: str, cycle: SelfCheckCycle | None = None
) -> SelfCheck:
    """A new self-check, or the one of this round that is still open: two phones of one shop work on one list.

    Raises RecordNotFoundError for somebody else's subject, InvalidInputError where nothing is asked of it.
    """
    subject = store.subjects.get(tenant, subject_id)
    require(act.actor, Permission.SELF_CHECK_ANSWER, subject.resource)
    if subject.membership(scenario) is None:
        raise RecordNotFoundError(kind="scenario", id=scenario)
    edition = edition_in_force(store, tenant, scenario)
    if cycle not in {one.cycle for one in due_rounds(edition.scenario, [], act.at)}:
        raise InvalidInputError([FieldProblem(field="cycle", code="unknown_choice")])
    for one in store.self_checks.of_subject(tenant, subject.id).records:
        if not one.is_finished and (one.scenario, one.cycle) == (scenario, cycle):
            return one
    check = SelfCheck(
        subject_id=subject.id,
        subject_name=subject.name,
        division=subject.division,
        facts=SubjectFacts(kind=subject.kind.value, attributes=dict(subject.attributes(scenario))),
        scenario=scenario,
        scenario_version=edition.package.version,
        overlay_number=edition.number,
        cycle=cycle,
        started_by=act.actor.person_id,
        started_at=act.at,
    )
    if not sheet_of(store, tenant, check, {}, act.at).total:
        raise InvalidInputError([FieldProblem(field="cycle", code="nothing_to_self_check")])
    with store.change(tenant, act) as change:
        change.save(check)
        change.event(EventType.SELF_CHECK_STARTED, check)
    return check


def save_self_check_answer(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    self_check_id: str,
    question_key: str,
    answer: Answer,
    answered_at: datetime | None = None,
) -> SelfCheckAnswer:
    """The stored answer; the last one counts, whoever of the subject gave it, and the photos stay. The event names
    neither question nor answer: what is private stays out of the log.

    Raises InvalidInputError (a question that is not asked, an answer of another type), IllegalTransitionError (the
    self-check is finished).
    """
    check = open_check(store, tenant, act, self_check_id)
    answers = store.self_check_answers.of_check(tenant, check)
    if store.done(tenant, act) and question_key in answers:
        return answers[question_key]
    photos = answers[question_key].photos if question_key in answers else []
    new = SelfCheckAnswer(
        id=question_key,
        self_check_id=check.id,
        answer=answer.model_copy(update={"photos": tuple(one.sha256 for one in photos)}),
        photos=photos,
        answered_by=act.actor.person_id,
        answered_at=min(answered_at or act.at, act.at),
        saved_at=act.at,
    )
    question = sheet_of(store, tenant, check, {**answers, question_key: new}, act.at).question(question_key)
    if question is None:
        raise InvalidInputError([FieldProblem(field=question_key, code="question_not_asked")])
    problems = _of_another_type(question.entry.answer_type, answer)
    if problems:
        raise InvalidInputError(problems)
    if question_key in answers:
        new.version = answers[question_key].version
    try:
        with store.change(tenant, act) as change:
            change.unchanged(check)
            change.save(new)
            change.event(EventType.SELF_CHECK_ANSWERED, new)
    except AlreadyDoneError:
        return store.self_check_answers.get_child(tenant, check.ref, question_key)
    return new


@idempotent
def finish_self_check(store: Store, tenant: TenantId, act: Act, *, self_check_id: str) -> SelfCheck:
    """The finished self-check with what came of it. InvalidInputError names every question that is still open."""
    check = open_check(store, tenant, act, self_check_id)
    sheet = read_sheet(store, tenant, check, act.at)
    gaps = [gap for one in sheet.questions for gap in one.gaps]
    if gaps:
        raise InvalidInputError(gaps)
    finished = check.with_changes(
        state=SelfCheckState.FINISHED,
        finished_by=act.actor.person_id,
        finished_at=act.at,
        total=sheet.total,
        photos=sheet.photos,
        non_compliant=sheet.non_compliant,
    )
    with store.change(tenant, act) as change:
        change.save(finished)
        change.event(EventType.SELF_CHECK_FINISHED, finished)
    return finished


def open_check(store: Store, tenant: TenantId, act: Act, self_check_id: str) -> SelfCheck:
    """The self-check when this actor may answer it now; RecordNotFoundError for anybody but its own subject's."""
    check = store.self_checks.get(tenant, self_check_id)
    require(act.actor, Permission.SELF_CHECK_ANSWER, check.resource)
    if check.is_finished:
        raise IllegalTransitionError(state=check.state.value, step="answer_self_check")
    return check


def _of_another_type(wanted: AnswerType, answer: Answer) -> list[FieldProblem]:
    given = {
        AnswerType.COMPLIANCE: answer.compliance is not None and answer.compliance not in _AWAY,
        AnswerType.NUMBER: answer.number is not None,
        AnswerType.TEXT: answer.text is not None,
    }
    return [
        FieldProblem(field=kind.value, code="answer_of_another_type")
        for kind, is_given in given.items()
        if is_given
        and kind is not wanted
        and not (kind is AnswerType.TEXT and wanted in (AnswerType.COMPLIANCE, AnswerType.NUMBER))
    ]
