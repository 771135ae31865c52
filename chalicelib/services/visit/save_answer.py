"""Save one answer the moment it is given: record, event and marker in one transaction."""

import hashlib
from datetime import date, datetime
from typing import Any

import rfc8785

from chalicelib.contract.exchange import ChecklistEntry
from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.errors import (
    AlreadyExistsError,
    ConflictError,
    FieldProblem,
    IllegalTransitionError,
    InvalidInputError,
)
from chalicelib.domain.event import EventType
from chalicelib.domain.item import Answer, AnswerType, Compliance
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.visit import Visit, VisitAnswer
from chalicelib.services.visit.questions import ask_questions, bases_of, is_non_compliant
from chalicelib.storage.errors import AlreadyDoneError
from chalicelib.storage.store import Store

_TRIES = 4


class AnswerConflictError(ConflictError):
    """Somebody else answered this question since it was read; `stored` is what is there now, None when it is gone."""

    code = "answer_conflict"

    def __init__(self, stored: VisitAnswer | None) -> None:
        super().__init__(kind=VisitAnswer.KIND, id=stored.id if stored else "")
        self.stored = stored


def save_answer(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    visit_id: str,
    question_key: str,
    answer: Answer,
    base_version: int,
    legal_basis_id: str | None = None,
    remedy_due_on: date | None = None,
    answered_at: datetime | None = None,
) -> VisitAnswer:
    """The stored answer. `base_version`: the version that the officer saw, 0 for none; photos stay as they are stored.

    Somebody's own earlier answer is no conflict: its acknowledgement may have been lost on the way to the phone.

    Incomplete is fine (what is missing shows as a gap until the visit is submitted), wrong is not: InvalidInputError,
    AnswerConflictError (somebody was quicker), IllegalTransitionError (the visit is not under way).
    """
    visit = open_visit(store, tenant, act, visit_id, "save_answer")
    if store.done(tenant, act):
        return store.visit_answers.get_child(tenant, visit.ref, question_key)
    answers = store.visit_answers.of_visit(tenant, visit_id)
    before = answers.get(question_key)
    if before and base_version != before.version and _is_from_another(act, before):
        raise AnswerConflictError(before)
    kept = before.answer.photos if before else ()
    new = _next(act, visit, question_key, before, answer.model_copy(update={"photos": kept}), answered_at)
    entry = entry_of(store, tenant, visit, {**answers, question_key: new}, question_key, act.at)
    problems = _problems(act, entry, answer, legal_basis_id, remedy_due_on)
    if problems:
        raise InvalidInputError(problems)
    if is_non_compliant(entry):
        bases = bases_of(entry)
        chosen = legal_basis_id or (bases[0].id if len(bases) == 1 else None)
        new = new.with_changes(legal_basis_id=chosen, remedy_due_on=remedy_due_on)
    return write_answer(store, tenant, act, visit, new, EventType.ANSWER_SAVED, _facts(new), {"answer": _digest(new)})


def _is_from_another(act: Act, stored: VisitAnswer) -> bool:
    given = stored.answer.model_copy(update={"photos": ()})
    return stored.answered_by != act.actor.person_id and given != Answer()


def open_visit(store: Store, tenant: TenantId, act: Act, visit_id: str, step: str) -> Visit:
    """The visit when this actor may fill it in now; else NotAllowedError or IllegalTransitionError."""
    visit = store.visits.get(tenant, visit_id)
    require(act.actor, Permission.VISIT_CONDUCT, visit.resource)
    if visit.state != "started":
        raise IllegalTransitionError(state=visit.state, step=step, machine="visit", missing=[])
    return visit


def entry_of(
    store: Store, tenant: TenantId, visit: Visit, answers: dict[str, VisitAnswer], question_key: str, at: datetime
) -> ChecklistEntry:
    """The question as it is asked now; InvalidInputError when it is not asked (hidden by another answer)."""
    result = ask_questions(store, tenant, visit, answers, at)
    entry = next((one for one in result.entries if one.key == question_key), None)
    if entry is None:
        raise InvalidInputError([FieldProblem(field=question_key, code="question_not_asked")])
    return entry


def write_answer(
    store: Store,
    tenant: TenantId,
    act: Act,
    visit: Visit,
    answer: VisitAnswer,
    type: EventType,
    data: dict[str, Any],
    hashes: dict[str, str],
) -> VisitAnswer:
    """One transaction, which holds only while the visit is still the one that was read."""
    for tries_left in reversed(range(_TRIES)):
        try:
            with store.change(tenant, act) as change:
                change.unchanged(visit)
                change.save(answer)
                change.event(type, answer, data, hashes)
            return answer
        except AlreadyDoneError:
            break
        except (ConflictError, AlreadyExistsError) as error:
            stored = store.visit_answers.find_of(tenant, visit.id, answer.id)
            if (stored.version if stored else 0) != answer.version:
                raise AnswerConflictError(stored) from error
            # Two officers' transactions looked at the visit in the same moment: nothing was written, so try again.
            if error.details.get("reason") != "transaction_conflict" or not tries_left:
                raise
    return store.visit_answers.get_child(tenant, visit.ref, answer.id)


def _next(
    act: Act, visit: Visit, key: str, before: VisitAnswer | None, answer: Answer, answered_at: datetime | None
) -> VisitAnswer:
    new = VisitAnswer(
        id=key,
        visit_id=visit.id,
        answer=answer,
        photos=before.photos if before else [],
        answered_by=act.actor.person_id,
        answered_at=min(answered_at or act.at, act.at),
        saved_at=act.at,
    )
    new.version = before.version if before else 0
    return new


_JUDGED_AWAY = (Compliance.NOT_CHECKED, Compliance.NOT_APPLICABLE)


def _problems(
    act: Act, entry: ChecklistEntry, answer: Answer, legal_basis_id: str | None, remedy_due_on: date | None
) -> list[FieldProblem]:
    found = []
    given = {
        AnswerType.COMPLIANCE: answer.compliance is not None and answer.compliance not in _JUDGED_AWAY,
        AnswerType.NUMBER: answer.number is not None,
        AnswerType.TEXT: answer.text is not None,
    }
    for kind, is_given in given.items():
        is_note = kind is AnswerType.TEXT and entry.answer_type in (AnswerType.COMPLIANCE, AnswerType.NUMBER)
        if is_given and kind is not entry.answer_type and not is_note:
            found.append(FieldProblem(field=kind.value, code="answer_of_another_type"))
    if legal_basis_id and legal_basis_id not in {basis.id for basis in bases_of(entry)}:
        found.append(FieldProblem(field="legal_basis_id", code="unknown_choice"))
    if remedy_due_on and remedy_due_on < shanghai_date(act.at):
        found.append(FieldProblem(field="remedy_due_on", code="date_in_past"))
    return found


def _facts(answer: VisitAnswer) -> dict[str, Any]:
    outcome = answer.answer.compliance.value if answer.answer.compliance else None
    return {"question_key": answer.id, "compliance": outcome, "version": answer.version + 1}


def _digest(answer: VisitAnswer) -> str:
    return hashlib.sha256(rfc8785.dumps(answer.model_dump(mode="json"))).hexdigest()
