"""Several scenarios in one list: facts asked once, each scenario's own slots, strictness united, shapes that clash."""

from datetime import UTC, datetime

import pytest

from chalicelib.contract.exchange import ChecklistRequest, HandlerContext
from chalicelib.contract.handlers import checklist
from chalicelib.contract.joint_checklist import differing_questions, join_results
from chalicelib.domain.item import Answer, Compliance, SubjectFacts
from tests.shipped import SHIPPED

NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
TUTORING, CARD, HOUSE = "off_campus_tutoring", "prepaid_card", "self_built_housing"
ATTRIBUTES = {
    TUTORING: {"tutoring_category": "academic", "is_self_built": True, "takes_prepayment": True},
    CARD: {"trade": "training"},
    HOUSE: {"is_commercial": True, "business_use": "tutoring"},
}
LABELS = {TUTORING: "校外培训", CARD: "预付卡", HOUSE: "自建房"}


def results(*names, answers=None, departments=None):
    return [
        checklist(
            ChecklistRequest(
                subject=SubjectFacts(kind="premises", attributes=ATTRIBUTES[name]),
                departments=departments,
                answers=answers or {},
            ),
            HandlerContext(tenant_id="sample00", package=SHIPPED.get(name), now=NOW),
        )
        for name in names
    ]


def joint(*names, **more):
    return join_results(results(*names, **more), LABELS)


def entry_of(result, key):
    return next(one for one in result.entries if one.key == key)


def test_one_scenario_stays_as_it_is():
    alone = results(CARD)

    assert join_results(alone, {}) is alone[0]


def test_a_fact_of_several_scenarios_is_asked_once_and_each_keeps_its_slots():
    separate = results(TUTORING, CARD, HOUSE)

    together = join_results(separate, LABELS)

    assert {one.key for one in together.entries} == {one.key for result in separate for one in result.entries}
    assert together.asked == len(together.entries) < sum(result.asked for result in separate)
    for entry in together.entries:
        parts = [one for result in separate for one in result.entries if one.key == entry.key]
        assert entry.slots == tuple(slot for part in parts for slot in part.slots)
    licence = entry_of(together, "school_licensed")
    assert {slot.scenario for slot in licence.slots} == {TUTORING, CARD, HOUSE}


def test_the_first_scenario_keeps_its_order_and_words_and_the_others_follow_under_their_names():
    first = results(TUTORING)[0]

    together = joint(TUTORING, HOUSE)

    assert [one.key for one in together.entries[: first.asked]] == [one.key for one in first.entries]
    assert together.entries[0].name == first.entries[0].name
    added = together.entries[first.asked]
    assert added.section_id == "self_built_housing-basics"
    assert added.section_title.startswith("自建房 · ")


@pytest.mark.parametrize("names", [(TUTORING, HOUSE), (HOUSE, TUTORING)])
def test_a_joint_question_is_as_strict_as_its_strictest_part(names):
    together = entry_of(joint(*names), "visible_deformation" if names[0] == TUTORING else "exits_clear")
    parts = [one for result in results(*names) for one in result.entries if one.key == together.key]

    assert together.is_full_coverage is any(one.is_full_coverage for one in parts)
    assert set(together.evidence) == {kind for one in parts for kind in one.evidence}
    assert set(together.departments) == {code for one in parts for code in one.departments}


def test_one_answer_is_judged_by_every_scenario_and_counts_once():
    answers = {"school_licensed": Answer(compliance=Compliance.NON_COMPLIANT, photos=("a" * 64,))}

    together = joint(TUTORING, CARD, HOUSE, answers=answers, departments=("education",))

    assert {slot.compliance for slot in entry_of(together, "school_licensed").slots} == {Compliance.NON_COMPLIANT}
    assert together.answered == 1
    assert together.by_department[0].asked == together.asked


def test_limits_that_differ_are_named_as_a_conflict():
    first, other = results(TUTORING, CARD)
    days = entry_of(other, "longest_refund_days")
    stricter = days.model_copy(update={"number": days.number.model_copy(update={"maximum": 7})})
    other = other.model_copy(
        update={"entries": tuple(stricter if one.key == days.key else one for one in other.entries)}
    )

    assert entry_of(join_results([first, other], LABELS), days.key).conflicts == ("longest_refund_days",)


def test_questions_of_another_shape_cannot_share_a_visit():
    package = SHIPPED.get(TUTORING)
    checklist_of = package.checklist.model_dump(mode="json", by_alias=True)
    for section in checklist_of["sections"]:
        for item in section["items"]:
            if item["id"] == "longest_refund_days":
                item["number"]["unit"] = "周"
    other = package.replacing(checklist=type(package.checklist).model_validate(checklist_of))

    assert differing_questions(package, other) == ("longest_refund_days",)


@pytest.mark.parametrize("first", [TUTORING, CARD, HOUSE])
def test_the_packages_that_ship_can_share_a_visit(first):
    assert [differing_questions(SHIPPED.get(first), SHIPPED.get(other)) for other in SHIPPED.names()] == [
        () for _ in SHIPPED.names()
    ]


def test_a_question_says_why_it_is_asked_only_when_every_scenario_asks_it_for_a_reason():
    first, other = results(TUTORING, HOUSE)
    licence, exits = (entry_of(first, key) for key in ("school_licensed", "exits_clear"))
    always = other.model_copy(
        update={
            "entries": tuple(
                one.model_copy(update={"because": ""}) if one.key == "exits_clear" else one for one in other.entries
            )
        }
    )

    together = join_results([first, always], LABELS)

    assert entry_of(together, "school_licensed").because == licence.because != ""
    assert exits.because != ""
    assert entry_of(together, "exits_clear").because == ""
