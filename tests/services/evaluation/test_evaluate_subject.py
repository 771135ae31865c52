"""A subject's grades from what is on record, and the stratum of the next draw that follows from them."""

from datetime import timedelta

from chalicelib.domain.evaluation import EvaluationResult, Output
from chalicelib.domain.event import EventType
from chalicelib.domain.subject import DrawGrade
from chalicelib.domain.subject_evaluation import KEPT, SubjectEvaluation
from chalicelib.services.evaluation.evaluate_subject import evaluate_subject, finding_source, gather_facts
from tests.builders import NOW, TENANT, act
from tests.resulting import LEAK, LIGHTNING, concluded_visit, registered
from tests.visiting import SCENARIO, SUBJECT_ID, TODAY, save

CAUSE = EventType.RESULT_PUBLISHED.value


def evaluate(store, given=None, cause=CAUSE):
    return evaluate_subject(
        store, TENANT, given or act(minutes=300), subject_id=SUBJECT_ID, scenario=SCENARIO, cause=cause
    )


def strata(store):
    return {
        grade.value: [member.subject_id for member in store.members.of_grade(TENANT, SCENARIO, grade)]
        for grade in DrawGrade
    }


def test_never_inspected_gets_the_initial_grades(store):
    registered(store)

    result = evaluate(store).result

    assert (result.is_initial, result.risk_level, result.credit_grade) == (True, "moderate", "B")
    assert result.points == ()


def test_findings_give_points_with_reason_source_and_end_and_move_the_stratum(store):
    visit = concluded_visit(store, bad=(LIGHTNING, "sales_declared"))
    before = strata(store)

    evaluation = evaluate(store)

    findings = store.findings.of_visit(TENANT, visit.plan_id, visit.id)
    result = evaluation.result
    assert result.is_initial is False
    assert {point.source for point in result.points} == {finding_source(one.id) for one in findings}
    risk = [point for point in result.points if point.output is Output.RISK_LEVEL]
    assert [(point.points, point.occurred_on, bool(point.restored_by)) for point in risk] == [(20, TODAY, True)] * 2
    assert result.risk_points == 40
    assert result.risk_level == "elevated"
    assert result.credit_points == sum(p.points for p in result.points if p.output is Output.CREDIT_GRADE)
    grade = result.regime.draw_grade
    member = store.members.of_subject(TENANT, SUBJECT_ID)[0]
    subject = store.subjects.get(TENANT, SUBJECT_ID)
    membership = subject.membership(SCENARIO)
    assert (member.grade, membership.draw_grade, membership.is_default_grade) == (grade, grade, False)
    assert before == {"A": [], "B": [SUBJECT_ID], "C": [], "D": []}
    assert strata(store) == {"A": [], "B": [], "C": [], "D": []} | {grade.value: [SUBJECT_ID]}
    assert grade in (DrawGrade.C, DrawGrade.D)


def test_answers_of_the_visit_go_through_the_trades_own_arithmetic(store):
    visit = concluded_visit(store, bad=(), litres=LEAK)

    result = evaluate(store).result

    reading = result.readings[0]
    assert (reading.indicator_id, reading.value, reading.level) == ("fuel_difference_ratio", 484, "red")
    assert reading.read_on == TODAY, "dated the inspection, so that its point ends"
    assert [point.reason_code for point in result.overrides] == ["override_fuel_red"]
    assert (result.risk_level, result.credit_grade) == ("high", "A")
    assert store.visit_answers.of_visit(TENANT, visit.id)
    later = evaluate(store, act(minutes=60 * 24 * 400)).result
    assert later.overrides == ()


def test_the_trade_is_told_the_subjects_attributes_in_its_scenario(store):
    registered(store)

    known = gather_facts(store, TENANT, act(), SUBJECT_ID, SCENARIO).attributes

    assert known == {"business_form": "retail", "has_storage_tank": True}
    assert gather_facts(store, TENANT, act(), SUBJECT_ID, "prepaid_card").attributes == {}


def test_a_withdrawn_finding_counts_for_nothing_and_a_penalty_case_still_counts(store):
    visit = concluded_visit(store, bad=(LIGHTNING, "sales_declared"))
    first, second = store.findings.of_visit(TENANT, visit.plan_id, visit.id)
    save(store, first.with_changes(state="closed", closed_as="withdraw_finding"))
    save(store, second.with_changes(state="closed", closed_as="hand_over_finding"))

    result = evaluate(store).result

    assert {point.source for point in result.points} == {finding_source(second.id)}


def test_the_history_keeps_what_changed_and_the_same_act_counts_once(store):
    subject = registered(store)
    given = act(minutes=0)
    first = evaluate(store, given)
    concluded_visit(store, bad=("sales_declared",), is_registered=True)
    again = evaluate(store, given)
    changed = evaluate(store)
    same = evaluate(store, act(minutes=500))

    assert type(again) is type(first)
    assert (again.version, again.earlier) == (first.version, [])
    assert [(one.risk_points, one.credit_grade) for one in changed.earlier] == [(0, "B")]
    assert same.earlier == changed.earlier
    assert subject.membership(SCENARIO).is_default_grade


def test_the_history_is_bounded():
    result = EvaluationResult.model_validate(
        {
            "as_of": TODAY,
            "risk_level": "low",
            "risk_points": 0,
            "credit_grade": "A",
            "credit_points": 0,
            "is_initial": False,
            "points": [],
            "overrides": [],
            "expires_on": TODAY,
            "regime": {
                "risk_level": "low",
                "credit_grade": "A",
                "draw_grade": "A",
                "draw_weight": 1,
                "ratio_basis_points": 100,
                "visits_per_year": 1,
                "method": "remote_first",
            },
        }
    )
    evaluation = SubjectEvaluation(
        id=SCENARIO, subject_id=SUBJECT_ID, scenario_version="1.0.0", result=result, evaluated_at=NOW, cause=CAUSE
    )
    for number in range(KEPT + 5):
        after = result.model_copy(update={"risk_points": number + 1})
        evaluation = evaluation.with_changes(earlier=evaluation.followed_by(after), result=after)

    assert len(evaluation.earlier) == KEPT
    assert evaluation.earlier[0].risk_points == KEPT + 4


def test_one_change_writes_evaluation_subject_member_and_one_event(store):
    concluded_visit(store)
    evaluation = evaluate(store)

    events = store.subjects.history(TENANT, store.subjects.get(TENANT, SUBJECT_ID).ref)
    evaluated = [event for event in events if event.type is EventType.SUBJECT_EVALUATED]
    assert len(evaluated) == 1
    assert evaluated[0].data["draw_grade"] == evaluation.result.regime.draw_grade.value
    assert evaluation.evaluated_at == NOW + timedelta(minutes=300)
