"""What this trade adds to the contract's handlers."""

from datetime import UTC, date, datetime

from chalicelib.contract.exchange import ChecklistRequest, EvaluationRequest, HandlerContext
from chalicelib.contract.overlay import Overlay
from chalicelib.domain.evaluation import EvaluationFacts, FindingFact
from chalicelib.domain.item import Answer, Compliance, SubjectFacts
from scenarios.catering import handlers
from tests.shipped import SHIPPED

CATERING = SHIPPED.get("catering")
DAY = date(2026, 11, 20)
SHOP = {"business_form": "snack_shop", "business_area": 80, "makes_hot_dishes": True}
BAD = Answer(compliance=Compliance.NON_COMPLIANT, photos=("0" * 64,))


def context(overlay=None):
    now = datetime(2026, 11, 20, 2, tzinfo=UTC)
    return HandlerContext(tenant_id="gx450100", package=CATERING, now=now, overlay=overlay)


def checklist(departments, answers=None, language="zh", overlay=None):
    request = ChecklistRequest(
        subject=SubjectFacts(kind="premises", attributes=SHOP),
        departments=departments,
        answers=answers or {},
        language=language,
    )
    return handlers.checklist(request, context(overlay))


def finding(item_id, severity="serious", **changes):
    body = {"finding_id": item_id, "item_id": item_id, "department": "market_regulation", "severity": severity}
    return FindingFact.model_validate({**body, "found_on": DAY, "source": "visit", **changes})


def evaluate(*findings, attributes=None, **changes):
    facts = EvaluationFacts(as_of=DAY, last_inspected_on=date(2026, 11, 10), findings=findings)
    request = EvaluationRequest(facts=facts, attributes=SHOP if attributes is None else attributes, **changes)
    return handlers.evaluation(request, context())


def test_the_registry_hands_out_these_handlers():
    assert SHIPPED.handlers("catering").evaluation is handlers.evaluation
    assert SHIPPED.handlers("catering").checklist is handlers.checklist


def test_the_class_counts_food_findings_of_the_food_regulator_only():
    answers = {"exits_clear": BAD, "illegal_substances": BAD, "price_marked": BAD}

    alone = checklist(("market_regulation",), answers).derived[-1]
    together = checklist(("market_regulation", "public_security", "fire_rescue"), answers).derived[-1]

    assert alone.value == together.value == 2 + 6 + 25 + 1
    assert alone.name.endswith("：B级")


def test_other_departments_do_not_see_the_class():
    result = checklist(("fire_rescue", "housing_construction"))

    assert result.derived == ()
    assert any(entry.self_check for entry in result.entries)


def test_the_words_of_a_self_check_are_translated():
    entries = [checklist(("fire_rescue",), language=language).entries for language in ("zh", "en")]
    zh, en = (next(one.self_check for one in found if one.key == "exits_clear") for found in entries)

    assert zh.cycle is en.cycle
    assert zh.question != en.question and en.question.isascii()


def test_a_tenant_sets_its_own_threshold():
    change = {
        "kind": "set_thresholds",
        "indicator_id": "food_risk_points",
        "thresholds": [{"level": "red", "above": 5}],
    }
    overlay = Overlay.model_validate({"scenario": "catering", "changes": [change]})

    assert checklist(("market_regulation",), overlay=overlay).derived[-1].level == "red"


def test_open_food_findings_move_the_class_and_mended_ones_do_not():
    mended = finding("kitchen_clean", rectified_on=DAY)
    readings = {one.indicator_id: one.value for one in evaluate(finding("raw_and_cooked_apart"), mended).readings}

    assert readings == {"static_risk_points": 8, "food_risk_points": 18}


def test_a_finding_of_another_trade_of_the_shop_does_not():
    result = evaluate(finding("exits_clear_fire"))

    assert [one.value for one in result.readings] == [8, 8]
    assert result.risk_points == 15


def test_answers_are_dated_the_day_of_the_inspection_and_measures_the_day_of_the_facts():
    answers = {"opening_days": Answer(number=28), "daily_control_records": Answer(number=7)}

    by_answers = evaluate(answers=answers).readings[-1]
    by_measures = evaluate(measures={"opening_days": 28, "daily_control_records": 7}).readings[-1]

    assert (by_answers.value, by_answers.level, by_answers.read_on) == (2500, "orange", date(2026, 11, 10))
    assert (by_measures.value, by_measures.read_on) == (2500, DAY)


def test_a_business_of_which_nothing_is_known_is_evaluated_without_readings():
    assert evaluate(attributes={}).readings == ()
