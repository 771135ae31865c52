"""A periodic report for the world of the route matrix: submitted, corrected and returned once."""

from datetime import datetime

from chalicelib.domain.periodic_report import PeriodicReport, ReportReturn, ReportState, ReportVersion, report_id
from chalicelib.domain.subject import Subject

SCENARIO, FORM, PERIOD = "refined_oil", "fuel_month", "2026-M10"
FIGURES = {
    "fuel_opening_litres": 90_000,
    "fuel_purchases_litres": 40_000,
    "fuel_sales_litres": 50_000,
    "fuel_closing_litres": 80_000,
}


def seeded_report(subject: Subject, division: str, at: datetime) -> PeriodicReport:
    """As the department that receives it returned it."""
    version = ReportVersion(
        number=1, values=FIGURES, scenario_version="1.0.0", submitted_by="seed", submitted_at=at, reason="漏填"
    )
    return PeriodicReport(
        id=report_id(subject.id, SCENARIO, FORM, PERIOD),
        subject_id=subject.id,
        subject_name=subject.name,
        division=division,
        scenario=SCENARIO,
        form_id=FORM,
        period=PERIOD,
        received_by="commerce",
        state=ReportState.RETURNED,
        due_at=at,
        versions=(version,),
        returns=(ReportReturn(number=1, reason="和台账不一致", returned_by="seed", returned_at=at),),
    )
