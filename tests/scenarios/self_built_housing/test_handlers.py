"""What this trade adds to the contract's handlers: screening, appraisal, patrols apart from inspections."""

from datetime import UTC, date, datetime

import pytest

from chalicelib.contract.exchange import ChecklistRequest, EvaluationRequest, HandlerContext, InspectionRequest
from chalicelib.contract.inspection import Activity, DocumentStage
from chalicelib.contract.overlay import Overlay
from chalicelib.domain.calendar import WorkingCalendar
from chalicelib.domain.deadline import due_at
from chalicelib.domain.evaluation import EvaluationFacts, FindingFact, TechnicalGrade
from chalicelib.domain.item import Answer, Compliance, SubjectFacts
from scenarios.self_built_housing import handlers
from tests.shipped import SHIPPED

HOUSING = SHIPPED.get("self_built_housing")
NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)
DAY = date(2026, 11, 20)
HOUSE = SubjectFacts(kind="building", attributes={"is_commercial": True, "floor_count": 4})
SEEN = Answer(compliance=Compliance.NON_COMPLIANT, photos=("0" * 64,))


def context(*changes):
    overlay = Overlay.model_validate({"scenario": "self_built_housing", "changes": changes}) if changes else None
    return HandlerContext(tenant_id="gx450500", package=HOUSING, now=NOW, overlay=overlay)


def facts(**more):
    return EvaluationFacts(as_of=DAY, last_inspected_on=date(2026, 11, 10), **more)


def test_the_registry_hands_out_these_handlers():
    assert SHIPPED.handlers("self_built_housing").evaluation is handlers.evaluation
    assert SHIPPED.handlers("self_built_housing").checklist is handlers.checklist


def test_measurements_are_asked_only_where_deformation_is_seen():
    def keys(answers):
        return {
            one.key for one in handlers.checklist(ChecklistRequest(subject=HOUSE, answers=answers), context()).entries
        }

    calm = keys({"visible_deformation": Answer(compliance=Compliance.COMPLIANT)})
    alarmed = keys({"visible_deformation": SEEN})

    assert alarmed - calm == {"crack_width", "tilt_displacement", "tilt_height", "settlement_observed"}


@pytest.mark.parametrize("written", ["C", "d", "C级", "d级", "Ｄ", "Ｄ级"])
def test_however_the_letter_is_copied_a_dangerous_grade_asks_whether_use_ended(written):
    request = ChecklistRequest(subject=HOUSE, answers={"appraisal_grade_stated": Answer(text=written)})

    assert "dangerous_in_use" in {one.key for one in handlers.checklist(request, context()).entries}


def test_a_tenant_sets_its_own_screening_figure_but_not_the_standards():
    def change(indicator):
        return {"kind": "set_thresholds", "indicator_id": indicator, "thresholds": [{"level": "red", "above": 5000}]}

    request = EvaluationRequest(
        facts=facts(), measures={"crack_width": 1200, "tilt_displacement": 300, "tilt_height": 10_000}
    )
    ours = handlers.evaluation(request, context(change("wall_crack_width"), change("standard_crack_with_tilt")))

    colours = {one.indicator_id: one.level for one in ours.readings}
    assert colours["wall_crack_width"] is None
    assert colours["standard_crack_with_tilt"] == "red"


def test_answers_of_the_visit_are_dated_its_day_and_points_end():
    asked = EvaluationRequest(facts=facts(), answers={"crack_width": Answer(number=700)})

    result = handlers.evaluation(asked, context())

    assert {one.read_on for one in result.readings} == {date(2026, 11, 10)}
    assert [point.expires_on for point in result.points] == [date(2027, 5, 9)]


@pytest.mark.parametrize(
    ("grade", "risk", "warnings"),
    [
        ("A", "low", {}),
        ("B", "low", {}),
        ("C", "low", {"dangerous_use_unknown": "yellow"}),
        ("D", "high", {"dangerous_use_unknown": "yellow", "appraised_rank": "red"}),
    ],
)
def test_a_building_grade_stays_apart_and_only_indicators_with_figures_of_their_own_warn(grade, risk, warnings):
    report = TechnicalGrade(scheme="jgj_125", grade=grade, issued_by="示例鉴定", issued_on=date(2026, 5, 6))

    result = handlers.evaluation(EvaluationRequest(facts=facts(technical_grade=report)), context())

    assert (result.risk_level, result.credit_grade, result.risk_points) == (risk, "A", 0)
    assert result.technical_grade == report
    assert {one.indicator_id: one.level for one in result.readings if one.level} == warnings
    assert [one.reason_code for one in result.overrides] == (["override_appraised_d"] if grade == "D" else [])


@pytest.mark.parametrize("measures", [{"crack_width": 9999}, {"tilt_displacement": 900, "tilt_height": 9000}])
def test_no_measurement_ever_makes_a_grade(measures):
    result = handlers.evaluation(EvaluationRequest(facts=facts(), measures=measures), context())

    assert result.risk_level == "high"
    assert result.technical_grade is None


def test_a_finding_and_the_copied_letter_are_red_until_the_use_ended_and_d_by_itself():
    def codes(letter, rectified_on):
        finding = FindingFact(
            finding_id="f1",
            item_id="dangerous_building_stopped",
            department="housing_construction",
            severity="critical",
            found_on=date(2026, 11, 10),
            rectified_on=rectified_on,
            source="visit",
        )
        request = EvaluationRequest(
            facts=facts(findings=(finding,)),
            answers={"appraisal_grade_stated": Answer(text=letter), "dangerous_in_use": SEEN},
        )
        return [point.reason_code for point in handlers.evaluation(request, context()).overrides]

    assert codes("C级", None) == ["override_dangerous_in_use", "override_dangerous_grade"]
    assert codes("C级", DAY) == []
    assert codes("D级", None) == ["override_dangerous_in_use", "override_dangerous_grade", "override_appraised_d"]
    assert codes("D级", DAY) == ["override_appraised_d"]


def test_a_patrol_has_nothing_of_an_inspection():
    patrol = handlers.inspection(InspectionRequest(activity=Activity.PATROL), context())
    visit = handlers.inspection(InspectionRequest(), context())

    assert (patrol.team, patrol.inspectors, patrol.regimes, patrol.rectification, patrol.deadlines) == (
        (),
        0,
        (),
        (),
        (),
    )
    assert {one.stage for one in patrol.documents} == {DocumentStage.PATROL}
    assert DocumentStage.PATROL not in {one.stage for one in visit.documents}


def test_orders_follow_the_grade_and_only_d_evacuates():
    def orders(grade):
        documents = handlers.inspection(InspectionRequest(technical_grade=grade), context()).documents
        return {one.id for one in documents if one.stage is DocumentStage.ORDER}

    assert orders("A") == orders("B") == {"illegal_building_order"}
    assert orders("D") - orders("C") == {"evacuation_order", "demolition_order"}
    assert {"stop_use_order", "reinforcement_order"} <= orders("C")


def test_a_disposal_clock_runs_and_a_tenant_sets_its_length():
    def due(*changes):
        rules = handlers.inspection(InspectionRequest(), context(*changes)).deadlines
        return due_at(next(one for one in rules if one.id == "danger_removal_notice"), NOW, WorkingCalendar()).due_on

    assert due() == date(2026, 11, 23)
    assert due({"kind": "set_deadline", "deadline_id": "danger_removal_notice", "length": 5}) == date(2026, 11, 25)


@pytest.mark.parametrize(
    ("told", "is_asked"), [({"is_commercial": True}, True), ({}, True), ({"is_commercial": False}, False)]
)
def test_a_house_of_unknown_use_is_asked_what_a_business_is_and_never_called_one(told, is_asked):
    entries = handlers.checklist(
        ChecklistRequest(subject=SubjectFacts(kind="building", attributes=told)), context()
    ).entries
    column = next(one for one in HOUSING.manifest.register_columns if one.id == "is_commercial")

    assert ("business_licence" in {one.key for one in entries}) is is_asked
    assert column.default is None


def test_what_was_counted_on_site_comes_before_the_register():
    def storeys(**more):
        request = EvaluationRequest(facts=facts(), attributes={"floor_count": 2, "built_in": 1979}, **more)
        return {one.indicator_id: one.value for one in handlers.evaluation(request, context()).readings}

    assert storeys() == {"storeys": 2, "building_age": 47}
    assert storeys(answers={"storeys_counted": Answer(number=4)}) == {"storeys": 4, "building_age": 47}
    assert storeys(measures={"storeys_counted": 5})["storeys"] == 5
