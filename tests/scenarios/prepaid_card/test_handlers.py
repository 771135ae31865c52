"""What this trade adds to the contract's handlers."""

from datetime import UTC, date, datetime

import pytest

from chalicelib.contract.exchange import ChecklistRequest, EvaluationRequest, HandlerContext
from chalicelib.contract.overlay import Overlay
from chalicelib.domain.evaluation import EvaluationFacts
from chalicelib.domain.item import Answer, SubjectFacts
from scenarios.prepaid_card import handlers
from tests.shipped import SHIPPED

CARD = SHIPPED.get("prepaid_card")
ATTRIBUTES = {"trade": "retail", "legal_form": "legal_person", "issuer_category": "large_scale"}
SHOP = SubjectFacts(kind="company", attributes=ATTRIBUTES)
DAY = date(2026, 11, 20)
FUNDS = {"prior_year_revenue": 900_000_000, "prepaid_balance": 100_000_000, "escrow_balance": 9_000_000}


def context(overlay=None):
    now = datetime(2026, 11, 20, 2, tzinfo=UTC)
    return HandlerContext(tenant_id="gx450100", package=CARD, now=now, overlay=overlay)


def judged(overlay=None, **request):
    request = {"attributes": ATTRIBUTES, **request}
    facts = EvaluationFacts(as_of=DAY, last_inspected_on=date(2026, 11, 10))
    return handlers.evaluation(EvaluationRequest(facts=facts, **request), context(overlay))


def reading(result, name):
    return next((one for one in result.readings if one.indicator_id == name), None)


def test_the_registry_hands_out_these_handlers():
    assert SHIPPED.handlers("prepaid_card").evaluation is handlers.evaluation
    assert SHIPPED.handlers("prepaid_card").checklist is handlers.checklist


def test_figures_show_only_where_their_quantities_are_asked():
    asked = handlers.checklist(ChecklistRequest(subject=SHOP, departments=("financial_regulation",)), context())
    other = handlers.checklist(ChecklistRequest(subject=SHOP, departments=("health",)), context())

    assert "escrow_coverage" in {one.id for one in asked.derived}
    assert other.derived == ()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_derived_values_have_words_in_both_languages(language):
    answers = {name: Answer(number=fen) for name, fen in FUNDS.items()}

    result = handlers.checklist(ChecklistRequest(subject=SHOP, answers=answers, language=language), context())

    han = [any("一" <= char <= "鿿" for char in f"{one.name}{one.unit}{one.formula}") for one in result.derived]
    assert set(han) == {language == "zh"}
    assert next(one for one in result.derived if one.id == "escrow_required").value == 20_000_000


def test_half_the_escrow_missing_makes_the_risk_high_whatever_the_points():
    result = judged(measures=FUNDS)

    assert reading(result, "escrow_coverage").value == 4500
    assert result.risk_level == "high"
    assert result.credit_grade == "A"
    assert [point.reason_code for point in result.overrides] == ["override_escrow_red"]


def test_answers_tell_the_same_but_are_dated_the_inspections_day():
    answers = {name: Answer(number=fen) for name, fen in FUNDS.items()}

    by_answers, by_measures = judged(answers=answers), judged(measures=FUNDS)

    assert [one.value for one in by_answers.readings] == [one.value for one in by_measures.readings]
    assert {one.read_on for one in by_answers.readings} == {date(2026, 11, 10)}
    assert {one.read_on for one in by_measures.readings} == {DAY}


def test_an_issuer_outside_the_commerce_rules_has_signals_but_no_statutory_escrow():
    gym = {"trade": "sport", "legal_form": "individual_business"}

    result = judged(attributes=gym, measures={**FUNDS, "complaints_30_days": 5})

    assert reading(result, "escrow_coverage") is None
    assert reading(result, "complaints_30_days").level == "yellow"


def test_a_surge_without_a_deep_discount_is_no_sell_off():
    surge = {"recharged_7_days": 400, "recharged_8_weeks_before": 800, "offer_paid": 10_000}

    mild, deep = judged(measures={**surge, "offer_bonus": 4_999}), judged(measures={**surge, "offer_bonus": 5_000})

    assert (reading(mild, "deep_discount_surge").value, mild.overrides) == (0, ())
    assert [one.reason_code for one in deep.overrides] == ["override_sell_off"]
    assert reading(mild, "recharge_surge").level == reading(deep, "recharge_surge").level == "orange"


def test_a_tenant_sets_its_own_threshold():
    change = {
        "kind": "set_thresholds",
        "indicator_id": "escrow_coverage",
        "thresholds": [{"level": "yellow", "below": 4500}],
    }

    result = judged(Overlay.model_validate({"scenario": "prepaid_card", "changes": [change]}), measures=FUNDS)

    assert (reading(result, "escrow_coverage").level, result.overrides) == (None, ())


def test_without_figures_the_contract_evaluates():
    result = judged()

    assert result.readings == ()
    assert result.risk_level == "low"


def test_a_negative_amount_is_no_amount():
    result = judged(measures={**FUNDS, "escrow_balance": -1})

    assert reading(result, "escrow_coverage") is None
