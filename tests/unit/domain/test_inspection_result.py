"""What several scenarios say on one fact is one thing in a result: counted once, told once, mended when all are."""

from datetime import UTC, date, datetime

import pytest

from chalicelib.domain.inspection_result import (
    ResultBody,
    ResultFinding,
    faults_of,
    result_bodies,
    without_withdrawn,
)
from chalicelib.domain.item import Compliance
from chalicelib.domain.visit import BodyConclusion, ConclusionChoice, Visit, VisitBody, VisitSubject

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
BAD, GOOD = Compliance.NON_COMPLIANT, Compliance.COMPLIANT


def conclusion(scenario, item, question, compliance):
    return BodyConclusion(
        id=f"fire.{scenario}-{item}",
        visit_id="v",
        acting_body_id="fire",
        scenario=scenario,
        item_id=item,
        question_key=question,
        choice=ConclusionChoice.ADOPTED,
        compliance=compliance,
        made_by="p",
        made_at=AT,
    )


def counts(*said):
    visit = Visit(
        plan_id="p",
        scenario="tutoring",
        scenario_version="1.0.0",
        subject=VisitSubject(subject_id="s", name="示例", kind="premises", division="450105000000"),
        bodies=[VisitBody(acting_body_id="fire", label="市消防救援支队", departments=["fire_rescue"])],
        team=[],
    )
    found = result_bodies(visit, said)[0].counts
    return found[GOOD], found[BAD]


@pytest.mark.parametrize(
    ("said", "wanted"),
    [
        ([("tutoring", "a", "exits", BAD), ("house", "b", "exits", BAD)], (0, 1)),
        ([("tutoring", "a", "exits", BAD), ("house", "b", "exits", GOOD)], (1, 1)),
        ([("tutoring", "a", "exits", BAD), ("tutoring", "b", "exits", BAD)], (0, 2)),
        ([("tutoring", "a", "exits", GOOD), ("tutoring", "b", "wiring", GOOD), ("house", "b", "wiring", GOOD)], (2, 0)),
        ([], (0, 0)),
    ],
)
def test_a_question_counts_once_over_scenarios(said, wanted):
    assert counts(*(conclusion(*one) for one in said)) == wanted


def finding(id, scenario, question="exits", passed_on=None):
    return ResultFinding(
        finding_id=id,
        scenario=scenario,
        question_key=question,
        title=f"{scenario} {question}",
        acting_body_id="fire",
        acting_body_label="市消防救援支队",
        clause="",
        remedy_due_on=date(2026, 12, 1),
        is_rectified=passed_on is not None,
        passed_on=passed_on,
    )


BODY = ResultBody(acting_body_id="fire", label="市消防救援支队", departments=["fire_rescue"], counts={BAD: 9})
PASSED = date(2026, 11, 30)


def test_a_fault_of_two_scenarios_is_told_once_and_is_mended_when_both_are():
    half = [finding("1", "tutoring", passed_on=PASSED), finding("2", "house"), finding("3", "house", "wiring")]
    whole = [half[0], finding("2", "house", passed_on=PASSED)]

    assert [(one.finding_id, one.passed_on) for one in faults_of(half, BODY)] == [("1", None), ("3", None)]
    assert [(one.finding_id, one.passed_on) for one in faults_of(whole, BODY)] == [("1", PASSED)]
    assert without_withdrawn([BODY], half)[0].counts[BAD] == 2


def test_findings_of_one_scenario_all_stay():
    two = [finding("1", "tutoring", passed_on=PASSED), finding("2", "tutoring")]

    assert faults_of(two, BODY) == two
    assert faults_of(two, BODY.model_copy(update={"acting_body_id": "tax"})) == []
