"""What this trade adds to the contract's handlers."""

from datetime import UTC, date, datetime

from chalicelib.contract.exchange import ChecklistRequest, EvaluationRequest, HandlerContext
from chalicelib.contract.overlay import Overlay
from chalicelib.domain.evaluation import EvaluationFacts
from chalicelib.domain.item import Answer, SubjectFacts
from scenarios.refined_oil import handlers
from scenarios.refined_oil.fuel import MEASURES
from tests.shipped import SHIPPED

OIL = SHIPPED.get("refined_oil")
STATION = SubjectFacts(kind="premises", attributes={"business_form": "retail", "has_storage_tank": True})
DAY = date(2026, 11, 20)
LEAK = dict(zip(MEASURES, (32_000, 180_000, 165_000, 38_300), strict=True))


def context(overlay=None):
    return HandlerContext(tenant_id="gx450100", package=OIL, now=datetime(2026, 11, 20, 2, tzinfo=UTC), overlay=overlay)


def facts():
    return EvaluationFacts(as_of=DAY, last_inspected_on=DAY)


def test_the_registry_hands_out_these_handlers():
    assert SHIPPED.handlers("refined_oil").evaluation is handlers.evaluation
    assert SHIPPED.handlers("refined_oil").checklist is handlers.checklist


def test_the_list_shows_the_balance_only_where_it_is_asked():
    asked = handlers.checklist(ChecklistRequest(subject=STATION, departments=("taxation",)), context())
    other = handlers.checklist(ChecklistRequest(subject=STATION, departments=("meteorology",)), context())

    assert [one.value for one in asked.derived] == [None, None]
    assert other.derived == ()


def test_a_red_balance_makes_the_risk_high_whatever_the_points():
    result = handlers.evaluation(EvaluationRequest(facts=facts(), measures=LEAK), context())

    assert result.readings[0].value == 484
    assert result.readings[0].level == "red"
    assert result.risk_level == "high"
    assert result.credit_grade == "A"
    assert [point.reason_code for point in result.overrides] == ["override_fuel_red"]


def test_the_balance_is_read_from_the_answers_of_the_inspection():
    answers = {name: Answer(number=litres) for name, litres in LEAK.items()}

    by_answers = handlers.evaluation(EvaluationRequest(facts=facts(), answers=answers), context())

    assert by_answers == handlers.evaluation(EvaluationRequest(facts=facts(), measures=LEAK), context())


def test_a_tenant_sets_its_own_threshold():
    change = {
        "kind": "set_thresholds",
        "indicator_id": "fuel_difference_ratio",
        "thresholds": [{"level": "yellow", "above": 484}],
    }
    overlay = Overlay.model_validate({"scenario": "refined_oil", "changes": [change]})

    result = handlers.evaluation(EvaluationRequest(facts=facts(), measures=LEAK), context(overlay))

    assert (result.readings[0].level, result.risk_level) == (None, "low")


def test_without_the_four_quantities_the_contract_evaluates():
    result = handlers.evaluation(EvaluationRequest(facts=facts()), context())

    assert result.readings == ()
    assert result.risk_level == "low"
