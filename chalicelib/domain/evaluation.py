"""Evaluation (一业一评): two outputs that are never added up, each from named, sourced, dated points.

`risk_level` is internal and never published; `credit_grade` is disclosed by rule. A technical appraisal grade (of a
building, for instance) is a third, separate thing and only passes through. Rules are data; this module is arithmetic.
"""

from collections.abc import Iterable
from datetime import date, timedelta

from pydantic import Field

from chalicelib.domain.evaluation_rules import (
    AlertLevel,
    CreditBand,
    CreditGrade,
    EvaluationRules,
    Indicator,
    Output,
    PointRule,
    RedOverride,
    Regime,
    RegulationMethod,
    RiskBand,
    RiskLevel,
    RuleData,
    RuleSource,
    Threshold,
    Trigger,
)
from chalicelib.domain.item import Severity
from chalicelib.domain.label import Code, Label

__all__ = [
    "AlertLevel",
    "CreditBand",
    "CreditEvent",
    "CreditGrade",
    "EvaluationFacts",
    "EvaluationResult",
    "EvaluationRules",
    "FindingFact",
    "Indicator",
    "IndicatorReading",
    "JudgedReading",
    "Output",
    "Point",
    "PointRule",
    "RedOverride",
    "Regime",
    "RegulationMethod",
    "RiskBand",
    "RiskLevel",
    "RuleSource",
    "TechnicalGrade",
    "Threshold",
    "Trigger",
    "evaluate_subject",
    "judge_readings",
    "regime_for",
]


class FindingFact(RuleData):
    """A confirmed finding. `rectified_on` is the day on which its reinspection passed."""

    finding_id: str = Field(min_length=1)
    item_id: Code
    department: Code
    severity: Severity
    found_on: date
    rectified_on: date | None = None
    source: str = Field(min_length=1)


class IndicatorReading(RuleData):
    """One reading, an integer in the indicator's smallest unit."""

    indicator_id: Code
    value: int
    read_on: date
    source: str = Field(min_length=1)


class CreditEvent(RuleData):
    """Something recorded elsewhere (a penalty, a restriction, an accident); `restored_on` when credit was repaired."""

    event_id: str = Field(min_length=1)
    kind: Code
    occurred_on: date
    restored_on: date | None = None
    source: str = Field(min_length=1)


class TechnicalGrade(RuleData):
    """Grade given by an appraisal body under its own standard; never mixed with the two outputs."""

    scheme: str
    grade: str
    number: str = ""
    issued_by: str
    issued_on: date
    expires_on: date | None = None


class EvaluationFacts(RuleData):
    """What is known about one subject on one day (a date of China's calendar)."""

    as_of: date
    last_inspected_on: date | None = None
    findings: tuple[FindingFact, ...] = ()
    readings: tuple[IndicatorReading, ...] = ()
    events: tuple[CreditEvent, ...] = ()
    technical_grade: TechnicalGrade | None = None


class Point(RuleData):
    """One named, sourced, dated reason. `expires_on` is the first day on which it no longer counts."""

    rule_id: str
    output: Output
    name: Label
    reason_code: str
    points: int
    source: str
    occurred_on: date
    expires_on: date
    restored_by: Label
    is_override: bool = False


class JudgedReading(RuleData):
    """The latest reading of an indicator and the level that it reaches, None inside all thresholds."""

    indicator_id: str
    name: Label
    value: int
    unit: Label
    decimals: int
    level: AlertLevel | None
    read_on: date
    source: str


class EvaluationResult(RuleData):
    """The two outputs, what they rest on, until when they hold (`expires_on` excluded: the next day that changes them
    by itself) and what restores them."""

    as_of: date
    risk_level: RiskLevel
    risk_points: int
    credit_grade: CreditGrade
    credit_points: int
    is_initial: bool
    points: tuple[Point, ...]
    overrides: tuple[Point, ...]
    expires_on: date
    regime: Regime
    readings: tuple[JudgedReading, ...] = ()
    technical_grade: TechnicalGrade | None = None

    def reasons(self, output: Output) -> tuple[Point, ...]:
        """Overrides first, then points, of one output: what is shown beside it."""
        return tuple(point for point in (*self.overrides, *self.points) if point.output is output)


def judge_readings(rules: EvaluationRules, facts: EvaluationFacts) -> list[JudgedReading]:
    """The latest reading of each indicator, in the order of the rules, measured against its thresholds."""
    judged = []
    for indicator in rules.indicators:
        past = [r for r in facts.readings if r.indicator_id == indicator.id and r.read_on <= facts.as_of]
        if past:
            latest = max(past, key=lambda reading: reading.read_on)
            judged.append(
                JudgedReading(
                    **latest.model_dump(),
                    **indicator.model_dump(include={"name", "unit", "decimals"}),
                    level=indicator.level_of(latest.value),
                )
            )
    return judged


def _next_levels(rules: EvaluationRules, readings: Iterable[JudgedReading], as_of: date) -> list[date]:
    """The days on which readings that count down reach another level, with nothing new on record."""
    indicators = {one.id: one for one in rules.indicators}
    found = [indicators[one.indicator_id].days_to_next_level(one.value) for one in readings]
    return [as_of + timedelta(days=days) for days in found if days is not None]


def _occurrences(
    trigger: Trigger, readings: Iterable[JudgedReading], facts: EvaluationFacts
) -> Iterable[tuple[str, date]]:
    """(source, day) of everything on record that pulls the trigger, on or before the day of the evaluation. Of an
    indicator's readings only the latest counts: a reading that went back to normal ends the point."""
    if trigger.finding:
        for fact in facts.findings:
            fits = (not trigger.severities or fact.severity in trigger.severities) and (
                not trigger.items or fact.item_id in trigger.items
            )
            mended = fact.rectified_on is not None and fact.rectified_on <= facts.as_of
            if fits and (trigger.rectified is None or trigger.rectified is mended):
                yield fact.source, fact.found_on
    elif trigger.indicator is not None:
        for reading in readings:
            fits = not trigger.levels or reading.level in trigger.levels
            if reading.indicator_id == trigger.indicator and reading.level is not None and fits:
                yield reading.source, reading.read_on
    else:
        for event in facts.events:
            restored = event.restored_on is not None and event.restored_on <= facts.as_of
            if event.kind in trigger.events and not restored:
                yield event.source, event.occurred_on


def _points(rule: PointRule | RedOverride, readings: Iterable[JudgedReading], facts: EvaluationFacts) -> list[Point]:
    found: list[Point] = []
    left = rule.most if isinstance(rule, PointRule) else None
    for source, day in sorted(
        _occurrences(rule.trigger, readings, facts), key=lambda one: (one[1], one[0]), reverse=True
    ):
        expires_on = day + timedelta(days=rule.valid_days)
        worth = rule.points if isinstance(rule, PointRule) else 0
        if left is not None:
            worth = min(worth, left)
            left -= worth
        if day <= facts.as_of < expires_on and (worth or isinstance(rule, RedOverride)):
            found.append(
                Point(
                    rule_id=rule.id,
                    output=rule.output,
                    name=rule.name,
                    reason_code=rule.reason_code,
                    points=worth,
                    source=source,
                    occurred_on=day,
                    expires_on=expires_on,
                    restored_by=rule.restored_by,
                    is_override=isinstance(rule, RedOverride),
                )
            )
    return found


def _total(points: Iterable[Point], output: Output) -> int:
    return sum(point.points for point in points if point.output is output)


def regime_for(regimes: Iterable[Regime], risk_level: RiskLevel, credit_grade: CreditGrade) -> Regime:
    """The cell of the matrix. Raises `LookupError` when the package left the cell out (bronze forbids it)."""
    for regime in regimes:
        if (regime.risk_level, regime.credit_grade) == (risk_level, credit_grade):
            return regime
    raise LookupError(f"no regime for {risk_level} × {credit_grade}")


def evaluate_subject(rules: EvaluationRules, regimes: Iterable[Regime], facts: EvaluationFacts) -> EvaluationResult:
    """Both outputs of one subject on `facts.as_of`. An override wins over any number of points; points of one output
    never move the other. Facts dated after the day of the evaluation do not count."""
    readings = tuple(judge_readings(rules, facts))
    points = [point for rule in rules.points for point in _points(rule, readings, facts)]
    overrides = [point for rule in rules.overrides for point in _points(rule, readings, facts)]
    is_initial = facts.last_inspected_on is None or facts.last_inspected_on > facts.as_of
    risk_points, credit_points = _total(points, Output.RISK_LEVEL), _total(points, Output.CREDIT_GRADE)

    pulled = {point.rule_id for point in overrides}
    risks = [next(b.level for b in reversed(rules.risk_bands) if b.from_points <= risk_points)]
    grades = [next(b.grade for b in reversed(rules.credit_bands) if b.from_points <= credit_points)]
    if is_initial:
        risks.append(rules.initial_risk_level)
        grades.append(rules.initial_credit_grade)
    risks += [rule.risk_level for rule in rules.overrides if rule.id in pulled and rule.risk_level]
    grades += [rule.credit_grade for rule in rules.overrides if rule.id in pulled and rule.credit_grade]
    risk, grade = max(risks, key=list(RiskLevel).index), max(grades, key=list(CreditGrade).index)

    ends = [point.expires_on for point in (*points, *overrides)] + _next_levels(rules, readings, facts.as_of)
    return EvaluationResult(
        as_of=facts.as_of,
        risk_level=risk,
        risk_points=risk_points,
        credit_grade=grade,
        credit_points=credit_points,
        is_initial=is_initial,
        points=tuple(points),
        overrides=tuple(overrides),
        expires_on=min([facts.as_of + timedelta(days=rules.valid_days), *ends]),
        regime=regime_for(regimes, risk, grade),
        readings=readings,
        technical_grade=facts.technical_grade,
    )
