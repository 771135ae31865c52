"""Periods and their codes."""

from datetime import date

import pytest

from chalicelib.domain.report_period import Cadence, ReportPeriod


@pytest.mark.parametrize(
    ("code", "first", "last", "before"),
    [
        ("2026", date(2026, 1, 1), date(2026, 12, 31), "2025"),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31), "2025-Q4"),
        ("2024-M02", date(2024, 2, 1), date(2024, 2, 29), "2024-M01"),
        ("2026-M12", date(2026, 12, 1), date(2026, 12, 31), "2026-M11"),
    ],
)
def test_a_code_names_its_days_and_the_period_before(code, first, last, before):
    period = ReportPeriod.read(code)
    assert (period.first_day, period.last_day, period.previous.code, period.code) == (first, last, before, code)


@pytest.mark.parametrize(
    "code", ["", "1999", "2026-Q5", "2026-Q0", "2026-M13", "2026-M1", "2026-Q01", "2026-Q3 ", "二〇二六"]
)
def test_anything_else_is_no_period(code):
    assert ReportPeriod.read(code) is None


def test_the_last_that_ended_is_never_the_one_under_way():
    assert ReportPeriod.last_ended(Cadence.QUARTER, date(2026, 9, 30)).code == "2026-Q2"
    assert ReportPeriod.last_ended(Cadence.QUARTER, date(2026, 10, 1)).code == "2026-Q3"
    assert ReportPeriod.last_ended(Cadence.YEAR, date(2026, 1, 1)).code == "2025"
