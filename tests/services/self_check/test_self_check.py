"""A self-check through the real store: saved answer by answer, private until shared, and no longer once that ends."""

import pytest

from chalicelib.domain.errors import IllegalTransitionError, InvalidInputError, RecordNotFoundError
from chalicelib.domain.item import Answer, AnswerType, Compliance
from chalicelib.domain.self_check_rules import SelfCheckCycle
from chalicelib.domain.tenancy import Role
from chalicelib.services.self_check.answer_self_check import (
    finish_self_check,
    save_self_check_answer,
    start_self_check,
)
from chalicelib.services.self_check.self_check_sheet import read_sheet
from chalicelib.services.self_check.share_self_check import end_sharing, read_shared, share_self_check
from tests.builders import NOW, TENANT, act, actor
from tests.resulting import registered
from tests.visiting import SCENARIO, SUBJECT_ID, SUBJECT_USER

BAD = "business_licence"
OFFICIALS = (Role.COORDINATOR, Role.DEPARTMENT_OFFICER)


def begun(store):
    registered(store)
    return start_self_check(store, TENANT, act(SUBJECT_USER), subject_id=SUBJECT_ID, scenario=SCENARIO)


def fitting(question) -> Answer:
    if question.entry.answer_type is AnswerType.COMPLIANCE:
        return Answer(compliance=Compliance.NON_COMPLIANT if question.key == BAD else Compliance.COMPLIANT)
    if question.entry.answer_type is AnswerType.NUMBER:
        return Answer(number=3)
    return Answer(text="记录")


def answer_everything(store, check) -> int:
    """How many answers that took: conditional questions come and go on the way."""
    count = 0
    while (question := read_sheet(store, TENANT, check, NOW).first_open) is not None:
        count += 1
        save_self_check_answer(
            store,
            TENANT,
            act(SUBJECT_USER, minutes=count),
            self_check_id=check.id,
            question_key=question.key,
            answer=fitting(question),
        )
    return count


def test_a_self_check_asks_what_applies_and_says_what_to_mend_with_clauses(store):
    check = begun(store)
    first = read_sheet(store, TENANT, check, NOW)
    other = start_self_check(store, TENANT, act(SUBJECT_USER), subject_id=SUBJECT_ID, scenario=SCENARIO)

    with pytest.raises(InvalidInputError) as refused:
        finish_self_check(store, TENANT, act(SUBJECT_USER), self_check_id=check.id)
    count = answer_everything(store, check)
    done = finish_self_check(store, TENANT, act(SUBJECT_USER, minutes=90), self_check_id=check.id)
    sheet = read_sheet(store, TENANT, done, NOW, "en")

    assert other.id == check.id, "what is open goes on"
    assert len(refused.value.problems) == first.total
    assert "system_verification" not in {one.entry.method for one in sheet.questions}
    assert count == sheet.total == done.total
    bad = next(one for one in sheet.to_mend if one.key == BAD)
    assert done.non_compliant == len(sheet.to_mend) and bad.bases and bad.mend.isascii()
    with pytest.raises(IllegalTransitionError):
        save_self_check_answer(
            store,
            TENANT,
            act(SUBJECT_USER),
            self_check_id=check.id,
            question_key=BAD,
            answer=Answer(compliance=Compliance.COMPLIANT),
        )
    assert start_self_check(store, TENANT, act(SUBJECT_USER), subject_id=SUBJECT_ID, scenario=SCENARIO).id != check.id


def test_nobody_else_reads_it_before_it_is_shared_or_after_that_ended(store):
    check = begun(store)
    officials = [actor(role) for role in OFFICIALS]

    def refused() -> bool:
        for one in officials:
            with pytest.raises(RecordNotFoundError):
                read_shared(store, TENANT, one, check.id)
        return not store.self_checks.shared_of_subject(TENANT, SUBJECT_ID)

    assert refused()
    with pytest.raises(IllegalTransitionError):
        share_self_check(store, TENANT, act(SUBJECT_USER), self_check_id=check.id)
    answer_everything(store, check)
    finish_self_check(store, TENANT, act(SUBJECT_USER, minutes=90), self_check_id=check.id)
    assert refused()
    for one in officials:
        with pytest.raises(Exception, match=r"not_(allowed|found)"):
            share_self_check(store, TENANT, act(one), self_check_id=check.id)
    share_self_check(store, TENANT, act(SUBJECT_USER, minutes=91), self_check_id=check.id)
    assert [read_shared(store, TENANT, one, check.id).id for one in officials] == [check.id, check.id]
    assert [one.id for one in store.self_checks.shared_of_subject(TENANT, SUBJECT_ID)] == [check.id]
    ended = end_sharing(store, TENANT, act(SUBJECT_USER, minutes=92), self_check_id=check.id)
    assert refused()
    assert [(one.shared_by, one.ended_by) for one in ended.sharings] == [(SUBJECT_USER.person_id,) * 2]
    events = store.self_checks.history(TENANT, check.ref)
    assert not [event for event in events if event.data], (
        "the log says that something was done, never what was answered"
    )
    assert {"self_check_shared", "self_check_unshared"} <= {event.type.value for event in events}


def test_bad_input_is_refused(store):
    check = begun(store)
    stranger = actor(Role.SUBJECT_USER, person_id="stranger", subject_ids=frozenset({"01JD0000000000000000000000"}))

    def save(who, key, answer):
        return save_self_check_answer(store, TENANT, act(who), self_check_id=check.id, question_key=key, answer=answer)

    with pytest.raises(RecordNotFoundError):
        save(stranger, BAD, Answer(compliance=Compliance.COMPLIANT))
    with pytest.raises(RecordNotFoundError):
        start_self_check(store, TENANT, act(stranger), subject_id=SUBJECT_ID, scenario=SCENARIO)
    with pytest.raises(RecordNotFoundError):
        start_self_check(store, TENANT, act(SUBJECT_USER), subject_id=SUBJECT_ID, scenario="prepaid_card")
    for code, attempt in {
        "question_not_asked": lambda: save(SUBJECT_USER, "castle_moat", Answer(compliance=Compliance.COMPLIANT)),
        "answer_of_another_type": lambda: save(SUBJECT_USER, BAD, Answer(number=3)),
        "unknown_choice": lambda: start_self_check(
            store, TENANT, act(SUBJECT_USER), subject_id=SUBJECT_ID, scenario=SCENARIO, cycle=SelfCheckCycle.DAILY
        ),
    }.items():
        with pytest.raises(InvalidInputError) as refused:
            attempt()
        assert [one.code for one in refused.value.problems] == [code]
    assert store.self_check_answers.of_check(TENANT, check) == {}
