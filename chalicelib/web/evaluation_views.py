"""Points and bands of an evaluation as pages tell them: names in the reader's language, sources in words."""

from collections.abc import Iterable
from typing import Any

from chalicelib.contract.scenario import Scenario
from chalicelib.domain.evaluation import CreditGrade, Point
from chalicelib.domain.finding import Finding
from chalicelib.domain.periodic_report import report_source
from chalicelib.services.evaluation.evaluate_subject import finding_source
from chalicelib.web.body_words import body_name
from chalicelib.web.formats import format_short_date
from chalicelib.web.i18n import gettext, mark

_REPORTED = report_source("")
_SOURCES = {"fuel_reconciliation": mark("最近一次检查的进销存核对")}
_COMPUTED = mark("检查所得和登记的数据")
"""Of a source that only its package knows: what a handler computes rests on answers, measures or the register."""


def point_rows(points: Iterable[Point], findings: Iterable[Finding], package: Scenario) -> list[dict[str, Any]]:
    """Rows of points: {point, name, restored_by, source, finding, report_id}; `package` is in the reader's language."""
    rules = {rule.id: rule for rule in package.evaluation.scoring}
    by_source = {finding_source(finding.id): finding for finding in findings}
    rows = []
    for point in points:
        rule, finding = rules.get(point.rule_id), by_source.get(point.source)
        rows.append(
            {
                "point": point,
                "name": rule.name if rule else point.name,
                "restored_by": rule.restored_by if rule else point.restored_by,
                "source": _source(point.source, finding),
                "finding": finding,
                "report_id": point.source.removeprefix(_REPORTED) if point.source.startswith(_REPORTED) else "",
            }
        )
    return rows


def _source(source: str, finding: Finding | None) -> str:
    if finding is not None:
        return gettext(
            "%(who)s，%(day)s检查，不合格项：%(title)s",
            who=body_name(finding),
            day=format_short_date(finding.found_on),
            title=finding.title,
        )
    if source.startswith(_REPORTED):
        return gettext("企业的定期报送")
    return gettext(_SOURCES.get(source, _COMPUTED))


def credit_bands(package: Scenario) -> list[dict[str, Any]]:
    """The ladder from low to high: {code, label, lines}. Points are deductions: fewer is better."""
    bands = package.evaluation.credit_bands
    rows = []
    for number, band in enumerate(bands):
        upper = bands[number + 1].from_points if number + 1 < len(bands) else None
        if upper is None:
            words = gettext("扣%(low)s分及以上", low=band.from_points)
        elif band.from_points == 0:
            words = gettext("扣分不到%(high)s分", high=upper)
        else:
            words = gettext("扣%(low)s分到%(high)s分", low=band.from_points, high=upper - 1)
        rows.append({"code": band.grade, "label": gettext("%(grade)s级", grade=band.grade.value), "lines": [words]})
    return rows[::-1]


def next_grade(package: Scenario, grade: CreditGrade, points: int) -> tuple[CreditGrade, int] | None:
    """The next better grade, and by how many points the deductions must shrink for it; None on the best one."""
    bands = {band.grade: band.from_points for band in package.evaluation.credit_bands}
    better = [one for one in bands if list(CreditGrade).index(one) < list(CreditGrade).index(grade)]
    if not better or grade not in bands:
        return None
    return better[-1], max(0, points - bands[grade] + 1)


def matrix_rows(package: Scenario) -> list[dict[str, Any]]:
    """Regimes as rows of risk level: {level, cells: {credit grade: regime}}."""
    levels: dict[str, dict[str, Any]] = {}
    for regime in package.inspection.regimes:
        levels.setdefault(regime.risk_level.value, {})[regime.credit_grade.value] = regime
    return [{"level": level, "cells": cells} for level, cells in levels.items()]


def findings_of(findings: Iterable[Finding], scenario: str) -> list[Finding]:
    """The scenario's findings that stand, newest first."""
    kept = [one for one in findings if one.scenario == scenario and not one.is_withdrawn]
    return sorted(kept, key=lambda one: (one.found_on, one.id), reverse=True)
