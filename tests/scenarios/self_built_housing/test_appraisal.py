"""Appraisal reports: a grade is read, never made; validity runs; use despite danger shows."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.evaluation import EvaluationFacts, FindingFact, TechnicalGrade
from chalicelib.domain.item import Answer, Compliance
from scenarios.self_built_housing.appraisal import (
    APPRAISED_RANK,
    DAYS_LEFT,
    GRADE_IN_USE,
    USE_UNKNOWN,
    grade_of,
    is_in_use,
    read_appraisal,
    read_grade,
    registered_report,
)

DAY = date(2026, 11, 20)


def facts(report=None, **more):
    return EvaluationFacts(as_of=DAY, technical_grade=report, **more)


def found(rectified_on=None, found_on=date(2026, 11, 10), item="dangerous_building_stopped"):
    return FindingFact(
        finding_id=f"f{found_on}",
        item_id=item,
        department="housing_construction",
        severity="critical",
        found_on=found_on,
        rectified_on=rectified_on,
        source="visit",
    )


def report(grade="C", expires_on=None, scheme="jgj_125"):
    return TechnicalGrade(
        scheme=scheme, grade=grade, issued_by="示例鉴定", issued_on=date(2026, 5, 6), expires_on=expires_on
    )


@pytest.mark.parametrize(
    ("text", "grade"),
    [("C", "C"), (" d级", "D"), ("Ｂ级", "B"), ("", ""), (None, ""), ("CD", ""), ("E", ""), ("三级", "")],
)
def test_a_grade_is_one_letter_or_nothing(text, grade):
    assert read_grade(text) == grade


@given(st.text(max_size=6))
def test_nothing_else_is_ever_read_as_a_grade(text):
    assert read_grade(text) in ("", "A", "B", "C", "D")


@given(st.integers(-4000, 4000))
def test_days_left_are_counted_to_the_stated_last_day(days):
    readings = read_appraisal(facts(report(expires_on=DAY + timedelta(days=days))), {}, {})

    assert readings[DAYS_LEFT] == days


def test_a_grade_of_another_scheme_says_nothing():
    other = facts(report(scheme="enterprise_credit", expires_on=DAY))
    assert read_appraisal(other, {"dangerous_in_use": 1}, {}) == {}


@pytest.mark.parametrize(("grade", "rank"), [("A", 1), ("B", 2), ("C", 3), ("D", 4)])
def test_the_rank_counts_only_while_the_building_is_in_use(grade, rank):
    assert read_appraisal(facts(report(grade)), {"dangerous_in_use": 1}, {})[GRADE_IN_USE] == rank
    assert read_appraisal(facts(report(grade)), {"dangerous_in_use": 0}, {})[GRADE_IN_USE] == 0


@pytest.mark.parametrize(("grade", "rank"), [("A", 1), ("B", 2), ("C", 3), ("D", 4)])
def test_a_grade_without_word_of_the_use_is_told_by_itself_and_as_unknown_use(grade, rank):
    assert read_appraisal(facts(report(grade)), {}, {}) == {APPRAISED_RANK: rank, USE_UNKNOWN: rank}


def test_the_report_on_record_comes_before_the_copied_letter():
    copied = {"appraisal_grade_stated": Answer(text="A")}

    assert grade_of(report("D"), copied) == "D"
    assert grade_of(None, copied) == "A"
    assert grade_of(None, {}) == ""


def test_an_expired_dangerous_grade_still_warns():
    readings = read_appraisal(facts(report("D", DAY - timedelta(days=1))), {"dangerous_in_use": 1}, {})

    assert readings == {DAYS_LEFT: -1, APPRAISED_RANK: 4, GRADE_IN_USE: 4}


@pytest.mark.parametrize(
    ("compliance", "in_use"),
    [
        (Compliance.COMPLIANT, False),
        (Compliance.NON_COMPLIANT, None),
        (Compliance.NOT_CHECKED, None),
        (Compliance.NOT_APPLICABLE, None),
    ],
)
def test_an_answer_alone_can_only_say_that_use_ended(compliance, in_use):
    assert is_in_use({}, {"dangerous_in_use": Answer(compliance=compliance, reason="-")}, facts()) is in_use


@pytest.mark.parametrize(
    ("findings", "in_use"),
    [
        ((found(),), True),
        ((found(rectified_on=DAY),), False),
        ((found(rectified_on=DAY + timedelta(days=1)),), True),
        ((found(rectified_on=DAY), found(found_on=date(2026, 11, 18))), True),
        ((found(item="dangerous_place_not_trading"),), True),
        ((found(item="exits_clear_fire"),), None),
        ((found(found_on=DAY + timedelta(days=1)),), None),
    ],
)
def test_use_follows_the_findings_that_stand(findings, in_use):
    assert is_in_use({}, {}, facts(findings=findings)) is in_use


def test_what_is_measured_comes_before_findings():
    assert is_in_use({"dangerous_in_use": 0}, {}, facts(findings=(found(),))) is False


REGISTERED = {
    "appraisal_grade": "d",
    "appraisal_body": "示例鉴定",
    "appraised_on": "2026-09-01",
    "appraisal_valid_until": "2027-09-01",
}


def test_a_registered_report_has_its_body_and_day():
    known = registered_report(REGISTERED)

    assert (known.grade, known.issued_by, known.expires_on) == ("D", "示例鉴定", date(2027, 9, 1))
    for left_out in ("appraisal_grade", "appraisal_body", "appraised_on"):
        assert registered_report({key: value for key, value in REGISTERED.items() if key != left_out}) is None
    assert registered_report({**REGISTERED, "appraised_on": "去年"}) is None
    assert registered_report({**REGISTERED, "appraisal_grade": "not_appraised"}) is None


@pytest.mark.parametrize(("stopped", "rank"), [(False, 4), (True, 0)])
def test_the_register_tells_use_where_nobody_looked(stopped, rank):
    attributes = {"appraisal_grade": "d", "is_use_stopped": stopped}

    assert read_appraisal(facts(), {}, {}, attributes) == {APPRAISED_RANK: 4, GRADE_IN_USE: rank}
    assert read_appraisal(facts(findings=(found(),)), {}, {}, attributes) == {APPRAISED_RANK: 4, GRADE_IN_USE: 4}
