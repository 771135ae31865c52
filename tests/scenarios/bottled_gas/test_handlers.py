"""What this trade adds to the contract's handlers."""

from datetime import UTC, date, datetime

import pytest

from chalicelib.contract.exchange import ChecklistRequest, EvaluationRequest, HandlerContext
from chalicelib.contract.overlay import Overlay
from chalicelib.domain.evaluation import EvaluationFacts, IndicatorReading
from chalicelib.domain.item import Answer, SubjectFacts
from scenarios.bottled_gas import handlers
from scenarios.bottled_gas.flow import FLOW
from scenarios.bottled_gas.readings import read_date, register_values
from scenarios.bottled_gas.rules import gas_rules
from tests.shipped import SHIPPED

GAS = SHIPPED.get("bottled_gas")
STATION = SubjectFacts(kind="premises", attributes={"gas_role": "filling_station"})
LOT = SubjectFacts(kind="equipment_lot", attributes={"cylinder_type": "steel_small", "made_on": "2022-12-10"})
DAY = date(2026, 11, 20)
LEAK = dict(zip(FLOW, (100, 900, 0, 880, 0, 99), strict=True))


def context(overlay=None):
    return HandlerContext(tenant_id="gx450100", package=GAS, now=datetime(2026, 11, 20, 2, tzinfo=UTC), overlay=overlay)


def facts(**more):
    return EvaluationFacts(as_of=DAY, last_inspected_on=date(2026, 11, 10), **more)


def evaluate(**request):
    return handlers.evaluation(EvaluationRequest(**{"facts": facts()} | request), context())


def test_the_registry_hands_out_these_handlers():
    assert SHIPPED.handlers("bottled_gas").evaluation is handlers.evaluation
    assert SHIPPED.handlers("bottled_gas").checklist is handlers.checklist


def test_values_stand_only_beside_their_questions():
    def derived(subject, *departments):
        request = ChecklistRequest(subject=subject, departments=departments or None)
        return [one.id for one in handlers.checklist(request, context()).derived]

    assert "cylinders_missing" in derived(STATION, "housing_construction")
    assert derived(STATION, "meteorology") == []
    assert derived(LOT) == ["lot_request_days_left", "lot_inspection_days_left", "lot_life_days_left"]
    assert "lot_inspection_days_left" not in derived(STATION)


def test_others_and_overdue_cylinders_are_asked_once_each_and_counted():
    given = {"cylinders_filled": 3600, "foreign_filled_count": 2, "overdue_filled_count": 0}
    answers = {name: Answer(number=number) for name, number in given.items()}

    result = handlers.checklist(ChecklistRequest(subject=STATION, answers=answers), context())
    outcomes = {entry.key: [slot.compliance for slot in entry.slots] for entry in result.entries}
    derived = {one.id: one.value for one in result.derived}

    assert outcomes["foreign_filled_count"] == ["non_compliant", "non_compliant"]
    assert outcomes["overdue_filled_count"] == ["compliant"]
    assert (derived["foreign_filled_share"], derived["overdue_filled_share"]) == (6, 0)
    assert [entry.key for entry in result.entries if "充装了多少只" in entry.name] == list(given)[1:]


def test_a_lot_without_its_date_of_make_has_no_dates():
    bare = SubjectFacts(kind="equipment_lot", attributes={"cylinder_type": "steel_small"})

    assert handlers.checklist(ChecklistRequest(subject=bare), context()).derived == ()


@pytest.mark.parametrize(("made_on", "state"), [("2025-01-01", "在检验有效期内"), ("2018-05-20", "超过使用年限")])
def test_a_lot_says_in_which_state_it_is(made_on, state):
    subject = SubjectFacts(kind="equipment_lot", attributes={"cylinder_type": "steel_small", "made_on": made_on})
    derived = handlers.checklist(ChecklistRequest(subject=subject), context()).derived

    assert derived[0].name == f"距应当申报定期检验的天数：{state}"


def test_own_values_speak_the_language_asked_for():
    shown = {}
    for language in ("zh", "en"):
        request = ChecklistRequest(subject=STATION, language=language)
        derived = handlers.checklist(request, context()).derived
        shown[language] = next(one for one in derived if one.id == "cylinders_missing")

    assert (shown["zh"].name, shown["zh"].unit) == ("去向不明的重瓶", "只")
    assert (shown["en"].name, shown["en"].unit) == ("Full cylinders unaccounted for", "cylinders")


def test_answers_and_measures_come_to_the_same_but_answers_are_dated_the_day_of_the_visit():
    answers = {name: Answer(number=value) for name, value in LEAK.items()}

    measured, answered = evaluate(measures=LEAK), evaluate(answers=answers)

    assert [one.value for one in measured.readings] == [one.value for one in answered.readings] == [210, 1]
    assert {one.read_on for one in measured.readings} == {DAY}
    assert {one.read_on for one in answered.readings} == {date(2026, 11, 10)}
    assert measured.risk_level == answered.risk_level == "high"


@pytest.mark.parametrize(("days_ago", "signs"), [(1, 2), (89, 2), (90, 1)])
def test_a_report_on_record_is_a_sign_while_it_is_young(days_ago, signs):
    report = IndicatorReading(
        indicator_id="black_gas_reports",
        value=1,
        read_on=date.fromordinal(DAY.toordinal() - days_ago),
        source="hotline",
    )

    result = evaluate(facts=facts(readings=(report,)), measures=LEAK)

    assert next(one.value for one in result.readings if one.indicator_id == "black_gas_signs") == signs


def test_a_tenant_sets_its_own_threshold_and_the_signs_follow():
    change = {
        "kind": "set_thresholds",
        "indicator_id": "cylinder_difference_ratio",
        "thresholds": [{"level": "yellow", "above": 210}],
    }
    overlay = Overlay.model_validate({"scenario": "bottled_gas", "changes": [change]})

    result = handlers.evaluation(EvaluationRequest(facts=facts(), measures=LEAK), context(overlay))

    assert [(one.value, one.level) for one in result.readings] == [(210, None), (0, None)]
    assert result.risk_level == "low"


def test_dates_of_the_register_are_read_strictly():
    assert read_date({"made_on": "2026-02-30"}, "made_on") is None
    assert read_date({"made_on": 20260201}, "made_on") is None
    assert read_date({}, "made_on") is None


def test_the_cycle_of_checks_is_that_of_the_kind_of_user():
    checked = {"last_user_check_on": "2026-10-20"}
    left = {
        role: register_values(checked | {"gas_role": role}, gas_rules(), DAY)["user_check_days_left"]
        for role in ("catering_user", "other_user", "filling_station")
    }

    assert left == {"catering_user": 151, "other_user": 151, "filling_station": None}


def test_without_figures_the_contract_evaluates():
    result = evaluate()

    assert (result.readings, result.risk_level) == ((), "low")
