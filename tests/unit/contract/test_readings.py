"""Figures of a trade beside the defaults: which day a reading has, and what a checklist shows of it."""

from datetime import UTC, date, datetime

from chalicelib.contract import handlers
from chalicelib.contract.exchange import EvaluationRequest, HandlerContext, ReportedFigures
from chalicelib.contract.readings import judged_values, with_readings
from chalicelib.domain.evaluation import EvaluationFacts
from chalicelib.domain.item import Answer
from tests.shipped import SHIPPED

CARD = SHIPPED.get("prepaid_card")
CONTEXT = HandlerContext(tenant_id="sample00", package=CARD, now=datetime(2026, 11, 23, 2, tzinfo=UTC))
AS_OF, INSPECTED = date(2026, 11, 23), date(2026, 11, 2)


def read(measures, answers):
    """One value from measures, one from answers, one of no indicator, one that cannot be said."""
    given = answers.get("asked")
    return {
        "escrow_shortfall": measures.get("missing"),
        "complaints_30_days": 5,
        "longest_refund_days": given.number if given else None,
        "linked_closures": None,
        "of_another_trade": 1,
    }


def readings(inspected_on):
    request = EvaluationRequest(
        facts=EvaluationFacts(as_of=AS_OF, last_inspected_on=inspected_on), answers={"asked": Answer(number=16)}
    )
    found = with_readings(request, CONTEXT, read, "figures").facts.readings
    return {one.indicator_id: (one.value, one.read_on, one.source) for one in found}


def test_what_answers_tell_has_the_day_of_the_inspection():
    assert readings(INSPECTED) == {
        "complaints_30_days": (5, AS_OF, "figures"),
        "longest_refund_days": (16, INSPECTED, "figures"),
    }


def test_without_an_inspection_the_day_of_the_facts_counts():
    assert readings(None)["longest_refund_days"] == (16, AS_OF, "figures")


def test_what_a_report_tells_by_itself_has_its_day_and_its_source():
    newer, older = (
        ReportedFigures(source=f"periodic_report:{day}", reported_on=date(2026, 10, day), measures=told)
        for day, told in ((20, {"other": 1}), (9, {"missing": 7}))
    )
    request = EvaluationRequest(
        facts=EvaluationFacts(as_of=AS_OF), measures={"missing": 7, "other": 1}, reports=(newer, older)
    )

    found = {one.indicator_id: one for one in with_readings(request, CONTEXT, read, "figures").facts.readings}

    assert (found["escrow_shortfall"].read_on, found["escrow_shortfall"].source) == (older.reported_on, older.source)
    untold = found["complaints_30_days"]
    assert (untold.read_on, untold.source) == (AS_OF, "figures"), "no report told it"


def test_a_measure_named_like_an_indicator_is_its_reading_where_no_handler_computes_it():
    request = EvaluationRequest(facts=EvaluationFacts(as_of=AS_OF), measures={"complaints_quarter": 12, "unknown": 1})

    found = handlers.evaluation(request, CONTEXT).readings

    assert [(one.indicator_id, one.value, one.level) for one in found] == [("complaints_quarter", 12, "yellow")]


def test_a_checklist_shows_the_level_in_the_order_of_the_indicators():
    shown = judged_values(CONTEXT, "en", {"longest_refund_days": 16, "complaints_30_days": None, "unknown": 1})

    assert [(one.id, one.value, one.level) for one in shown] == [
        ("complaints_30_days", None, None),
        ("longest_refund_days", 16, "orange"),
    ]
    assert shown[1].name == "Longest overrun of a refund"
