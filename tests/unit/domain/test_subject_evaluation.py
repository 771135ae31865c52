"""The subject's view of its evaluation holds nothing of the risk level, whatever the evaluation says."""

from datetime import UTC, date, datetime

from chalicelib.domain.evaluation import EvaluationResult, JudgedReading, Output, Point
from chalicelib.domain.subject_evaluation import CreditView, EvaluationSummary, SubjectEvaluation

DAY = date(2026, 12, 9)


def point(output, name):
    return Point(
        rule_id=name,
        output=output,
        name=name,
        reason_code=name,
        points=5,
        source="finding:1",
        occurred_on=DAY,
        expires_on=DAY,
        restored_by="整改",
    )


def summary(risk_points, credit_grade, credit_points):
    return EvaluationSummary(
        as_of=DAY,
        risk_level="high",
        risk_points=risk_points,
        credit_grade=credit_grade,
        credit_points=credit_points,
    )


def evaluation():
    result = EvaluationResult(
        as_of=DAY,
        risk_level="high",
        risk_points=70,
        credit_grade="B",
        credit_points=20,
        is_initial=False,
        points=(point(Output.RISK_LEVEL, "secret"), point(Output.CREDIT_GRADE, "told")),
        overrides=(point(Output.RISK_LEVEL, "secret_override"),),
        expires_on=DAY,
        regime={
            "risk_level": "high",
            "credit_grade": "B",
            "draw_grade": "D",
            "draw_weight": 8,
            "ratio_basis_points": 10_000,
            "visits_per_year": 4,
            "method": "on_site",
        },
        readings=(
            JudgedReading(
                indicator_id="fuel", name="差异", value=484, unit="%", decimals=2, level="red", read_on=DAY, source="x"
            ),
        ),
    )
    return SubjectEvaluation(
        id="refined_oil",
        subject_id="s1",
        scenario_version="1.0.0",
        result=result,
        earlier=[summary(70, "B", 20), summary(10, "B", 20), summary(10, "A", 0), summary(5, "A", 0)],
        evaluated_at=datetime(2026, 12, 9, tzinfo=UTC),
        cause="result_published",
    )


def test_credit_points_readings_and_nothing_of_the_risk():
    view = CreditView.of(evaluation())
    text = view.model_dump_json()

    assert [one.name for one in view.points] == ["told"]
    assert view.overrides == ()
    assert view.readings[0].value == 484
    for canary in ("secret", '"level"', "risk_points", "regime", "draw_", '"high"', '"red"', "risk"):
        assert canary not in text


def test_the_history_tells_changes_of_credit_only():
    view = CreditView.of(evaluation())

    assert [(one.credit_grade, one.credit_points) for one in view.earlier] == [("A", 0)]
