"""Evaluation (一业一评) of one subject in one scenario, as it stands, with the ones before it in short.

`risk_level` and everything computed from it stay inside; `credit_grade` with its points is what the subject sees.
"""

from datetime import date
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.evaluation import CreditGrade, EvaluationResult, Output, Point, RiskLevel
from chalicelib.domain.record import Record, Ref, UtcTime
from chalicelib.domain.subject import Subject

KEPT = 24
DAY_PASSED = "day_passed"
"""Cause of an evaluation that became necessary by a day alone."""
RULES_MOVED = "rules_moved"
"""Cause of one that became necessary because other rules are in force."""


class EvaluationSummary(BaseModel):
    """One evaluation in short."""

    model_config = ConfigDict(frozen=True)

    as_of: date
    risk_level: RiskLevel
    risk_points: int
    credit_grade: CreditGrade
    credit_points: int


class SubjectEvaluation(Record):
    """The evaluation in force; `id` is the scenario, the parent is the subject. `earlier`: those that said otherwise,
    newest first, at most 24."""

    KIND: ClassVar[str] = "subject_evaluation"

    subject_id: str
    scenario_version: str
    rules_mark: str = Field(default="", description="edition of the rules with local changes; empty: scenario_version")
    result: EvaluationResult
    earlier: list[EvaluationSummary] = Field(default_factory=list)
    evaluated_at: UtcTime
    cause: str = Field(description="event type that led to it, day_passed or rules_moved")

    @property
    def parent_ref(self) -> Ref:
        return Ref(kind=Subject.KIND, id=self.subject_id)

    def rests_on(self, mark: str) -> bool:
        """Whether it was made by this edition of the rules (`Edition.evaluation_mark`)."""
        return (self.rules_mark or self.scenario_version) == mark

    def followed_by(self, result: EvaluationResult) -> list[EvaluationSummary]:
        """`earlier` of the evaluation that follows: one that says the same as before is no step of the history."""
        before, after = summary_of(self.result), summary_of(result)
        is_same = before.model_copy(update={"as_of": after.as_of}) == after
        return self.earlier if is_same else [before, *self.earlier][:KEPT]


def summary_of(result: EvaluationResult) -> EvaluationSummary:
    return EvaluationSummary(
        as_of=result.as_of,
        risk_level=result.risk_level,
        risk_points=result.risk_points,
        credit_grade=result.credit_grade,
        credit_points=result.credit_points,
    )


class CreditSummary(BaseModel):
    model_config = ConfigDict(frozen=True)

    as_of: date
    credit_grade: CreditGrade
    credit_points: int


class RecordedReading(BaseModel):
    """A figure on record, without the level that it reaches."""

    model_config = ConfigDict(frozen=True)

    indicator_id: str
    name: str
    value: int
    unit: str
    decimals: int
    read_on: date


class CreditView(BaseModel):
    """What the subject may know of its evaluation: the credit grade with every point, and the figures on record.

    No risk level, no weight and nothing computed from them is here, so that no page or answer made of it can tell them.
    """

    model_config = ConfigDict(frozen=True)

    subject_id: str
    scenario: str
    as_of: date
    credit_grade: CreditGrade
    credit_points: int
    is_initial: bool
    overrides: tuple[Point, ...]
    points: tuple[Point, ...]
    readings: tuple[RecordedReading, ...]
    earlier: tuple[CreditSummary, ...]

    @classmethod
    def of(cls, evaluation: SubjectEvaluation) -> Self:
        result = evaluation.result
        now = CreditSummary.model_validate(summary_of(result), from_attributes=True)
        told, last = [], now
        for summary in evaluation.earlier:
            one = CreditSummary.model_validate(summary, from_attributes=True)
            if (one.credit_grade, one.credit_points) != (last.credit_grade, last.credit_points):
                told.append(one)
                last = one
        return cls(
            subject_id=evaluation.subject_id,
            scenario=evaluation.id,
            as_of=result.as_of,
            credit_grade=result.credit_grade,
            credit_points=result.credit_points,
            is_initial=result.is_initial,
            overrides=tuple(p for p in result.overrides if p.output is Output.CREDIT_GRADE),
            points=tuple(p for p in result.points if p.output is Output.CREDIT_GRADE),
            readings=tuple(RecordedReading.model_validate(r, from_attributes=True) for r in result.readings),
            earlier=tuple(told),
        )
