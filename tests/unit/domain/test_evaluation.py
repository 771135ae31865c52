"""Two outputs that are never added up; an override wins; points end."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.domain.evaluation import (
    CreditEvent,
    CreditGrade,
    EvaluationFacts,
    EvaluationRules,
    FindingFact,
    IndicatorReading,
    Output,
    Regime,
    RiskLevel,
    TechnicalGrade,
    evaluate_subject,
    regime_for,
)

DAY = date(2026, 11, 20)
RESTORED = {"valid_days": 365, "restored_by": "整改", "source": "proposal"}


def rule(rule_id, output, trigger, **more):
    return {
        "id": rule_id,
        "output": output,
        "name": rule_id,
        "reason_code": rule_id,
        "trigger": trigger,
        **RESTORED,
        **more,
    }


def rules(**changes):
    body = {
        "title": "评价",
        "source": "proposal",
        "risk_bands": [
            {"level": "low", "from_points": 0},
            {"level": "elevated", "from_points": 20},
            {"level": "high", "from_points": 50},
        ],
        "credit_bands": [{"grade": g, "from_points": n} for g, n in zip("ABCD", (0, 10, 30, 60), strict=True)],
        "initial_risk_level": "moderate",
        "initial_credit_grade": "B",
        "valid_days": 400,
        "indicators": [
            {
                "id": "loss",
                "name": "差异率",
                "formula": "差÷进",
                "source": "proposal",
                "thresholds": [{"level": "yellow", "above": 100}, {"level": "red", "above": 300}],
            }
        ],
        "points": [
            rule(
                "open_serious",
                "risk_level",
                {"finding": True, "severities": ["serious"], "rectified": False},
                points=20,
            ),
            rule("any_serious", "credit_grade", {"finding": True, "severities": ["serious"]}, points=10, most=25),
            rule("yellow_loss", "risk_level", {"indicator": "loss", "levels": ["yellow"]}, points=5, valid_days=30),
            rule("penalty", "credit_grade", {"events": ["penalty"]}, points=30),
        ],
        "overrides": [
            rule("sample", "risk_level", {"finding": True, "items": ["fuel"]}, risk_level="high"),
            rule("listed", "credit_grade", {"events": ["listed"]}, credit_grade="D"),
        ],
        **changes,
    }
    return EvaluationRules.model_validate(body)


REGIMES = [
    Regime(
        risk_level=risk,
        credit_grade=grade,
        draw_grade=grade.value,
        draw_weight=1 + list(RiskLevel).index(risk) * 4 + list(CreditGrade).index(grade),
        ratio_basis_points=500,
        visits_per_year=2,
        method="on_site",
    )
    for risk in RiskLevel
    for grade in CreditGrade
]


def finding(number=1, item="exits", severity="serious", found=DAY, rectified=None):
    return FindingFact(
        finding_id=f"f{number}",
        item_id=item,
        department="fire_rescue",
        severity=severity,
        found_on=found,
        rectified_on=rectified,
        source=f"visit {number}",
    )


def event(kind, day=DAY, restored=None):
    return CreditEvent(event_id=kind, kind=kind, occurred_on=day, restored_on=restored, source="register")


def reading(value, day=DAY):
    return IndicatorReading(indicator_id="loss", value=value, read_on=day, source="gauge")


def evaluate(**facts):
    body = {"as_of": DAY, "last_inspected_on": DAY, **facts}
    return evaluate_subject(rules(), REGIMES, EvaluationFacts(**body))


def test_a_clean_subject_is_low_and_a():
    result = evaluate()

    assert (result.risk_level, result.credit_grade) == (RiskLevel.LOW, CreditGrade.A)
    assert result.expires_on == DAY + timedelta(days=400)
    assert result.regime.draw_weight == 1


def test_an_uninspected_subject_is_never_the_best():
    result = evaluate(last_inspected_on=None)

    assert result.is_initial
    assert (result.risk_level, result.credit_grade) == (RiskLevel.MODERATE, CreditGrade.B)


def test_points_of_one_output_never_move_the_other():
    mended = evaluate(findings=(finding(rectified=DAY),))
    punished = evaluate(events=(event("penalty"),))

    assert (mended.risk_level, mended.risk_points, mended.credit_grade) == (RiskLevel.LOW, 0, CreditGrade.B)
    assert (punished.risk_level, punished.credit_points, punished.credit_grade) == (RiskLevel.LOW, 30, CreditGrade.C)


def test_points_are_named_sourced_and_dated_and_say_what_restores_them():
    point = evaluate(findings=(finding(),)).reasons(Output.RISK_LEVEL)[0]

    assert (point.reason_code, point.source, point.occurred_on, point.restored_by) == (
        "open_serious",
        "visit 1",
        DAY,
        "整改",
    )
    assert point.expires_on == DAY + timedelta(days=365)


def test_the_override_wins_over_any_points():
    result = evaluate(findings=(finding(item="fuel", severity="minor"),))

    assert (result.risk_points, result.risk_level) == (0, RiskLevel.HIGH)
    assert [point.rule_id for point in result.overrides] == ["sample"]
    assert result.credit_grade is CreditGrade.A


def test_a_repaired_event_no_longer_counts():
    assert evaluate(events=(event("listed"),)).credit_grade is CreditGrade.D
    assert evaluate(events=(event("listed", restored=DAY),)).credit_grade is CreditGrade.A
    assert evaluate(events=(event("listed", restored=DAY + timedelta(days=1)),)).credit_grade is CreditGrade.D


@pytest.mark.parametrize(("age", "level"), [(0, RiskLevel.ELEVATED), (364, RiskLevel.ELEVATED), (365, RiskLevel.LOW)])
def test_a_point_ends_with_its_period(age, level):
    assert evaluate(findings=(finding(found=DAY - timedelta(days=age)),)).risk_level is level


def test_the_future_does_not_count():
    assert evaluate(findings=(finding(found=DAY + timedelta(days=1)),)).points == ()


def test_the_first_point_to_end_ends_the_result():
    result = evaluate(readings=(reading(150),), findings=(finding(),))

    assert result.expires_on == DAY + timedelta(days=30)


def test_a_rule_adds_no_more_than_its_most():
    result = evaluate(findings=tuple(finding(n) for n in range(4)))

    assert (result.risk_points, result.credit_points) == (80, 25)


@pytest.mark.parametrize(("value", "level"), [(100, None), (101, "yellow"), (300, "yellow"), (301, "red")])
def test_thresholds_are_strict(value, level):
    assert evaluate(readings=(reading(value),)).readings[0].level == level


def test_only_the_latest_reading_counts():
    older, newer = reading(150, DAY - timedelta(days=2)), reading(10, DAY)

    assert evaluate(readings=(older, newer)).risk_points == 0
    assert evaluate(readings=(newer.model_copy(update={"read_on": DAY - timedelta(days=3)}), older)).risk_points == 5


def test_a_technical_grade_only_passes_through():
    grade = TechnicalGrade(scheme="JGJ 125", grade="D", issued_by="鉴定机构", issued_on=DAY)

    assert evaluate(technical_grade=grade).technical_grade == grade
    assert evaluate(technical_grade=grade).risk_level is evaluate().risk_level


def test_a_cell_that_is_missing_is_an_error():
    with pytest.raises(LookupError):
        regime_for(REGIMES[1:], RiskLevel.LOW, CreditGrade.A)


@pytest.mark.parametrize("weight", [0, 17])
def test_draw_weight_keeps_everybody_in_the_pool(weight):
    with pytest.raises(ValidationError):
        Regime(**{**REGIMES[0].model_dump(), "draw_weight": weight})


@pytest.mark.parametrize(
    "changes",
    [
        {"risk_bands": [{"level": "low", "from_points": 5}]},
        {"risk_bands": [{"level": "high", "from_points": 0}, {"level": "low", "from_points": 9}]},
        {"credit_bands": [{"grade": "A", "from_points": 0}, {"grade": "B", "from_points": 0}]},
        {"overrides": [rule("x", "risk_level", {"events": ["a"]}, credit_grade="D")]},
        {"points": [rule("x", "risk_level", {"finding": True, "events": ["a"]}, points=1)]},
        {"points": [rule("x", "risk_level", {}, points=1)]},
    ],
)
def test_rules_that_contradict_themselves_are_refused(changes):
    with pytest.raises(ValidationError):
        rules(**changes)


facts = st.builds(
    lambda findings, events, readings, inspected: {
        "findings": tuple(
            finding(n, item, severity, DAY - timedelta(days=age), DAY if mended else None)
            for n, (item, severity, age, mended) in enumerate(findings)
        ),
        "events": tuple(event(kind, DAY - timedelta(days=age)) for kind, age in events),
        "readings": tuple(reading(value, DAY - timedelta(days=age)) for value, age in readings),
        "last_inspected_on": DAY if inspected else None,
    },
    st.lists(
        st.tuples(
            st.sampled_from(["exits", "fuel"]),
            st.sampled_from(["minor", "serious"]),
            st.integers(0, 500),
            st.booleans(),
        ),
        max_size=6,
    ),
    st.lists(st.tuples(st.sampled_from(["penalty", "listed"]), st.integers(0, 500)), max_size=4),
    st.lists(st.tuples(st.integers(0, 500), st.integers(0, 60)), max_size=4),
    st.booleans(),
)


@given(facts)
def test_one_more_fault_never_improves_a_subject(body):
    before = evaluate(**body)
    after = evaluate(
        **{**body, "findings": (*body["findings"], finding(99)), "events": (*body["events"], event("listed"))}
    )

    assert list(RiskLevel).index(after.risk_level) >= list(RiskLevel).index(before.risk_level)
    assert after.credit_grade is CreditGrade.D


@given(facts)
def test_totals_are_the_points_shown_and_the_result_holds_for_a_while(body):
    result = evaluate(**body)

    for output, total in ((Output.RISK_LEVEL, result.risk_points), (Output.CREDIT_GRADE, result.credit_points)):
        assert sum(point.points for point in result.reasons(output)) == total
    assert result.expires_on > DAY
    assert 1 <= result.regime.draw_weight <= 16


def counting(value, counts_down=True):
    indicator = {
        "id": "days",
        "name": "剩余天数",
        "formula": "到期日－今日",
        "source": "proposal",
        "counts_down": counts_down,
        "thresholds": [{"level": "yellow", "below": 30}, {"level": "red", "below": 0}],
    }
    read = IndicatorReading(indicator_id="days", value=value, read_on=DAY, source="register")
    facts = EvaluationFacts(as_of=DAY, last_inspected_on=DAY, readings=(read,))
    return (evaluate_subject(rules(indicators=[indicator]), REGIMES, facts).expires_on - DAY).days


@pytest.mark.parametrize(("value", "days"), [(31, 2), (30, 1), (29, 30), (0, 1), (-1, 400)])
def test_what_counts_days_down_holds_until_the_day_of_the_next_level(value, days):
    assert counting(value) == days
    assert counting(value, counts_down=False) == 400
