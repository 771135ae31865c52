"""Appraisal reports: a grade is read, never made; validity runs; use despite danger shows."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.evaluation import TechnicalGrade
from chalicelib.domain.item import Answer, Compliance
from scenarios.self_built_housing.appraisal import (
    DAYS_LEFT,
    GRADE_IN_USE,
    grade_of,
    is_in_use,
    read_appraisal,
    read_grade,
)

DAY = date(2026, 11, 20)


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
    readings = read_appraisal(report(expires_on=DAY + timedelta(days=days)), {}, {}, DAY)

    assert readings[DAYS_LEFT] == days


def test_a_report_without_validity_and_a_grade_of_another_scheme_say_nothing():
    assert read_appraisal(report(), {}, {}, DAY) == {}
    assert read_appraisal(report(scheme="enterprise_credit", expires_on=DAY), {"dangerous_in_use": 1}, {}, DAY) == {}


@pytest.mark.parametrize(("grade", "rank"), [("A", 1), ("B", 2), ("C", 3), ("D", 4)])
def test_the_rank_counts_only_while_the_building_is_in_use(grade, rank):
    assert read_appraisal(report(grade), {"dangerous_in_use": 1}, {}, DAY)[GRADE_IN_USE] == rank
    assert read_appraisal(report(grade), {"dangerous_in_use": 0}, {}, DAY)[GRADE_IN_USE] == 0


def test_the_report_on_record_comes_before_the_copied_letter():
    copied = {"appraisal_grade_stated": Answer(text="A")}

    assert grade_of(report("D"), copied) == "D"
    assert grade_of(None, copied) == "A"
    assert grade_of(None, {}) == ""


def test_an_expired_dangerous_grade_still_warns():
    readings = read_appraisal(report("D", DAY - timedelta(days=1)), {"dangerous_in_use": 1}, {}, DAY)

    assert readings == {DAYS_LEFT: -1, GRADE_IN_USE: 4}


@pytest.mark.parametrize(
    ("compliance", "in_use"),
    [
        (Compliance.NON_COMPLIANT, True),
        (Compliance.COMPLIANT, False),
        (Compliance.NOT_CHECKED, None),
        (Compliance.NOT_APPLICABLE, None),
    ],
)
def test_use_is_known_only_from_a_finding(compliance, in_use):
    assert is_in_use({}, {"dangerous_in_use": Answer(compliance=compliance, reason="-")}) is in_use
