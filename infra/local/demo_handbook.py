"""A pushed handbook and a shared self-check in the demo, both around the station that was inspected."""

from datetime import timedelta

from chalicelib import bootstrap
from chalicelib.domain.event import EventType
from chalicelib.domain.item import Answer, AnswerType, Compliance
from chalicelib.domain.self_check import SelfCheck, SelfCheckAnswer
from chalicelib.services.handbook.push_handbook import request_push
from chalicelib.services.self_check.answer_self_check import finish_self_check, start_self_check
from chalicelib.services.self_check.self_check_sheet import SelfCheckQuestion, sheet_of
from chalicelib.services.self_check.share_self_check import share_self_check
from infra.local.demo_cast import act, actor_of

SCENARIO = "refined_oil"
TENANT = "gx450100"
BAD = "staff_trained"
NOTE = "整改期限和复查的写法有更新，请看“怎么查”一节。"


def load_handbook(subject_id: str) -> None:
    """The city's stations get the handbook; the station's own person has checked it and shares what came of it."""
    store = bootstrap.store()
    with bootstrap.scope(TENANT):
        coordinator, owner = (actor_of(TENANT, f"{TENANT}-{one}") for one in ("coordinator", "subject"))
        request_push(store, TENANT, act(coordinator), scenario=SCENARIO, note=NOTE)
        check = start_self_check(store, TENANT, act(owner), subject_id=subject_id, scenario=SCENARIO)
        answers = _answers(check)
        with store.change(TENANT, act(owner)) as change:
            for one in answers:
                change.save(one)
            change.event(EventType.SELF_CHECK_ANSWERED, check)
        finish_self_check(store, TENANT, act(owner), self_check_id=check.id)
        share_self_check(store, TENANT, act(owner), self_check_id=check.id)


def _answers(check: SelfCheck) -> list[SelfCheckAnswer]:
    """An answer to every question, those that other answers bring too."""
    store, given = bootstrap.store(), dict[str, SelfCheckAnswer]()
    at = check.started_at + timedelta(minutes=1)
    while waiting := [one for one in sheet_of(store, TENANT, check, given, at).questions if one.gaps]:
        for question in waiting:
            given[question.key] = SelfCheckAnswer(
                id=question.key,
                self_check_id=check.id,
                answer=_answer(question),
                answered_by=check.started_by,
                answered_at=at,
                saved_at=at,
            )
    return list(given.values())


def _answer(question: SelfCheckQuestion) -> Answer:
    if question.entry.answer_type is AnswerType.COMPLIANCE:
        is_bad = question.key == BAD
        note = "两名新员工还没有培训" if is_bad else None
        return Answer(compliance=Compliance.NON_COMPLIANT if is_bad else Compliance.COMPLIANT, text=note)
    limits = question.entry.number
    if limits is not None:
        return Answer(number=limits.minimum if limits.minimum is not None else 10**limits.decimals)
    return Answer(text="没有异常")
