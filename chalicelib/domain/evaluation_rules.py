"""Rules of the evaluation (一业一评) as data: indicators, points, overrides, bands and the matrix of both outputs.

Law, thresholds and weights live in a package's `evaluation.json` and `inspection.json`; these models say their shape.
"""

from enum import StrEnum
from itertools import pairwise
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chalicelib.domain.item import Severity
from chalicelib.domain.label import Code, Label
from chalicelib.domain.report_form import ReportForm
from chalicelib.domain.subject import DrawGrade


class RiskLevel(StrEnum):
    """Internal; never published. Ordered from the lowest."""

    LOW = "low"
    MODERATE = "moderate"
    ELEVATED = "elevated"
    HIGH = "high"


class CreditGrade(StrEnum):
    """Disclosed by rule. Ordered from the best. Not a building grade and not an enterprise credit-risk class."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


class AlertLevel(StrEnum):
    """Colour of a reading beyond a threshold, from the mildest."""

    BLUE = "blue"
    YELLOW = "yellow"
    ORANGE = "orange"
    RED = "red"


class Output(StrEnum):
    """Which of the two outputs a point counts for."""

    RISK_LEVEL = "risk_level"
    CREDIT_GRADE = "credit_grade"


class RuleSource(StrEnum):
    """Where a figure comes from. A `proposal` is ours: shown as configurable by the tenant, never as law."""

    LAW = "law"
    STANDARD = "standard"
    POLICY = "policy"
    PROPOSAL = "proposal"


class RegulationMethod(StrEnum):
    """How subjects of one cell of the matrix are inspected first."""

    REMOTE_FIRST = "remote_first"
    ON_SITE = "on_site"
    ON_SITE_AND_UNANNOUNCED = "on_site_and_unannounced"


class RuleData(BaseModel):
    """Base of the evaluation's data: immutable, and an unknown field is an error."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Threshold(RuleData):
    """The level that a reading strictly above `above` or strictly below `below` reaches (exactly one is given)."""

    level: AlertLevel
    above: int | None = None
    below: int | None = None

    @model_validator(mode="after")
    def _one_side(self) -> Self:
        if (self.above is None) == (self.below is None):
            raise ValueError("a threshold has either above or below")
        return self

    def is_reached(self, value: int) -> bool:
        return value > self.above if self.above is not None else value < (self.below or 0)


class Indicator(RuleData):
    """Risk indicator. Values are integers in 10^-decimals of the unit (basis points of a ratio: unit %, decimals 2).
    `counts_down`: a number of days that falls by one each day, so that a day alone makes it reach a threshold."""

    id: Code
    name: Label
    unit: Label = ""
    decimals: int = Field(default=0, ge=0, le=6)
    formula: Label = Field(min_length=1)
    source: RuleSource
    is_configurable: bool = True
    counts_down: bool = False
    legal_basis_ids: tuple[Code, ...] = ()
    thresholds: tuple[Threshold, ...] = Field(min_length=1)

    def level_of(self, value: int) -> AlertLevel | None:
        """The most severe level that the value reaches, None when it is inside all thresholds."""
        reached = [threshold.level for threshold in self.thresholds if threshold.is_reached(value)]
        return max(reached, key=list(AlertLevel).index, default=None)

    def days_to_next_level(self, value: int) -> int | None:
        """In how many days a value of today reaches another level by the days alone; None when it never does."""
        if not self.counts_down:
            return None
        edges = [one.below - 1 if one.below is not None else one.above or 0 for one in self.thresholds]
        return min((value - edge for edge in edges if edge < value), default=None)


class Trigger(RuleData):
    """What makes a point: exactly one of a finding, an indicator, an event. The other fields narrow it.

    `items` narrows a finding to check items, `severities` to weights; `rectified` to findings that are (not) mended.
    """

    finding: bool = False
    severities: tuple[Severity, ...] = ()
    items: tuple[Code, ...] = ()
    rectified: bool | None = None
    indicator: Code | None = None
    levels: tuple[AlertLevel, ...] = ()
    events: tuple[Code, ...] = ()

    @model_validator(mode="after")
    def _one_thing(self) -> Self:
        if [self.finding, self.indicator is not None, bool(self.events)].count(True) != 1:
            raise ValueError("a trigger looks at exactly one of finding, indicator, events")
        return self


class PointRule(RuleData):
    """How many points a trigger adds to one output, for how long, and what takes them away before that."""

    id: Code
    output: Output
    name: Label
    reason_code: Code
    trigger: Trigger
    points: int = Field(gt=0, le=100)
    most: int | None = Field(default=None, gt=0)
    valid_days: int = Field(gt=0, le=1830)
    restored_by: Label = Field(min_length=1)
    source: RuleSource
    legal_basis_ids: tuple[Code, ...] = ()


class RedOverride(RuleData):
    """A fact that settles an output by itself, whatever the points say."""

    id: Code
    output: Output
    name: Label
    reason_code: Code
    trigger: Trigger
    risk_level: RiskLevel | None = None
    credit_grade: CreditGrade | None = None
    valid_days: int = Field(gt=0, le=1830)
    restored_by: Label = Field(min_length=1)
    source: RuleSource
    legal_basis_ids: tuple[Code, ...] = ()

    @model_validator(mode="after")
    def _sets_its_own_output(self) -> Self:
        if (self.risk_level is not None, self.credit_grade is not None) != (
            self.output is Output.RISK_LEVEL,
            self.output is Output.CREDIT_GRADE,
        ):
            raise ValueError("an override sets exactly the output that it names")
        return self


class RiskBand(RuleData):
    level: RiskLevel
    from_points: int = Field(ge=0)


class CreditBand(RuleData):
    grade: CreditGrade
    from_points: int = Field(ge=0)


class Regime(RuleData):
    """One cell of the matrix of both outputs. `draw_grade` is the stratum of the draw, internal like the risk level;
    `draw_weight` 1–16 (never 0: nobody leaves the pool), ratio in basis
    points of the cell's subjects per plan, at most `visits_per_year` planned visits of one acting body."""

    risk_level: RiskLevel
    credit_grade: CreditGrade
    draw_grade: DrawGrade
    draw_weight: int = Field(ge=1, le=16)
    ratio_basis_points: int = Field(ge=0, le=10_000)
    visits_per_year: int = Field(ge=1, le=52)
    method: RegulationMethod


class EvaluationRules(RuleData):
    """Everything that the arithmetic needs. `initial_*` hold until the first inspection and are the best that an
    uninspected subject can have. `reports` are what subjects report of each period; the fields of a form are measures
    that indicators are computed from."""

    title: Label
    introduction: Label = ""
    source: RuleSource
    risk_bands: tuple[RiskBand, ...] = Field(min_length=1)
    credit_bands: tuple[CreditBand, ...] = Field(min_length=1)
    initial_risk_level: RiskLevel
    initial_credit_grade: CreditGrade
    valid_days: int = Field(gt=0, le=1830)
    indicators: tuple[Indicator, ...] = ()
    reports: tuple[ReportForm, ...] = ()
    points: tuple[PointRule, ...] = Field(min_length=1)
    overrides: tuple[RedOverride, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _bands_start_at_nought_and_rise(self) -> Self:
        risk_order, credit_order = list(RiskLevel), list(CreditGrade)
        for ladder in (
            [(band.from_points, risk_order.index(band.level)) for band in self.risk_bands],
            [(band.from_points, credit_order.index(band.grade)) for band in self.credit_bands],
        ):
            rises = all(a[0] < b[0] and a[1] < b[1] for a, b in pairwise(ladder))
            if ladder[0][0] != 0 or not rises:
                raise ValueError("bands start at 0 points and rise in points and in severity")
        return self

    def report_form(self, form_id: str) -> ReportForm | None:
        return next((one for one in self.reports if one.id == form_id), None)

    @property
    def scoring(self) -> tuple[PointRule | RedOverride, ...]:
        """Everything that moves an output: points, then overrides."""
        return (*self.points, *self.overrides)
