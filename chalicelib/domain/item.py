"""Check item (检查项), the answers it takes, and what an answer means for the department that asked.

A number is an integer counted in 10^-decimals of its unit: 105 with two decimals and no unit is a ratio of 1.05.
"""

from collections.abc import Mapping
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chalicelib.domain.condition import Condition, Scalar
from chalicelib.domain.errors import FieldProblem
from chalicelib.domain.label import Code, Label
from chalicelib.domain.self_check_rules import SelfCheckRule


class AnswerType(StrEnum):
    """What an inspector enters."""

    COMPLIANCE = "compliance"
    NUMBER = "number"
    TEXT = "text"
    PHOTO = "photo"


class Compliance(StrEnum):
    """Outcome of a check item: 合格, 不合格, 未检查, 合理缺项. The last two need a reason."""

    COMPLIANT = "compliant"
    NON_COMPLIANT = "non_compliant"
    NOT_CHECKED = "not_checked"
    NOT_APPLICABLE = "not_applicable"


class Severity(StrEnum):
    """Weight of a finding, from a slip to a threat to life. Ordered as listed."""

    MINOR = "minor"
    ORDINARY = "ordinary"
    SERIOUS = "serious"
    CRITICAL = "critical"


class CheckMethod(StrEnum):
    """How the fact is established."""

    DOCUMENT_REVIEW = "document_review"
    SYSTEM_VERIFICATION = "system_verification"
    VISUAL_CHECK = "visual_check"
    MEASUREMENT = "measurement"
    SAMPLING = "sampling"
    INTERVIEW = "interview"
    VIDEO_REVIEW = "video_review"


class CheckLocation(StrEnum):
    """Whether the officer must stand on the premises; off-site items can be answered without a visit."""

    ON_SITE = "on_site"
    OFF_SITE = "off_site"


class EvidenceKind(StrEnum):
    """Evidence that a finding on the item needs."""

    PHOTO = "photo"
    VIDEO = "video"
    DOCUMENT_COPY = "document_copy"
    MEASUREMENT_RECORD = "measurement_record"
    TEST_REPORT = "test_report"
    SYSTEM_EXTRACT = "system_extract"
    STATEMENT = "statement"


MOST = 10**15
"""What a limit may be at most: the database keeps 38 digits, a browser counts exactly to 9·10^15."""


class NumberLimits(BaseModel):
    """Unit and inclusive limits of a number; no limits means that the number is a fact, not a judgement."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    unit: Label = ""
    decimals: int = Field(default=0, ge=0, le=6)
    minimum: int | None = Field(default=None, ge=-MOST, le=MOST)
    maximum: int | None = Field(default=None, ge=-MOST, le=MOST)

    @model_validator(mode="after")
    def _minimum_below_maximum(self) -> Self:
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise ValueError("minimum is not above maximum")
        return self


class CheckItem(BaseModel):
    """One thing that one accountable department checks.

    `asked_once_key` is shared by items of several departments that need the same fact: it is asked once, each keeps its
    own finding. `shared_by` are departments that use the answer without an item of their own. `full_coverage` marks a
    safety item that no grade and no no-disturbance rule may thin out. `self_check` says that the subject can look at
    it by itself, in which words and how often. Rectification is counted in working days.

    `minimum_figure` and `maximum_figure` name figures of the package in place of a limit in `number`; `figure_ids`
    others that the standard speaks of. They are shown behind it.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Code
    name: Label = Field(min_length=1)
    department: Code
    shared_by: tuple[Code, ...] = ()
    asked_once_key: Code | None = None
    question: Label = ""
    answer_type: AnswerType = AnswerType.COMPLIANCE
    number: NumberLimits | None = None
    minimum_figure: Code | None = None
    maximum_figure: Code | None = None
    figure_ids: tuple[Code, ...] = ()
    method: CheckMethod
    location: CheckLocation
    standard: Label = Field(min_length=1)
    guidance: Label = Field(min_length=1)
    severity: Severity
    is_key_item: bool = False
    is_full_coverage: bool = False
    subject_kinds: tuple[Code, ...] = ()
    condition: Condition | None = None
    condition_reason: Label = ""
    evidence: tuple[EvidenceKind, ...] = ()
    legal_basis_ids: tuple[Code, ...] = ()
    penalty_basis_ids: tuple[Code, ...] = ()
    rectification_working_days: int = Field(ge=0, le=365)
    self_check: SelfCheckRule | None = None

    @model_validator(mode="after")
    def _parts_fit_together(self) -> Self:
        if (self.number is not None) != (self.answer_type is AnswerType.NUMBER):
            raise ValueError("number limits belong to number items and only to them")
        if self.has_figured_limit and self.number is None:
            raise ValueError("number limits belong to number items and only to them")
        if self.department in self.shared_by:
            raise ValueError("shared_by names other departments than the accountable one")
        if self.condition and not self.condition_reason:
            raise ValueError("a conditional item says in condition_reason when it is asked")
        return self

    @property
    def has_figured_limit(self) -> bool:
        return bool(self.minimum_figure or self.maximum_figure)

    @property
    def figures_named(self) -> tuple[str, ...]:
        """Every figure that the item names, each once."""
        limits = (one for one in (self.minimum_figure, self.maximum_figure) if one)
        return tuple(dict.fromkeys((*limits, *self.figure_ids)))

    @property
    def question_key(self) -> str:
        """The key under which the answer is stored: shared by every item that asks the same fact."""
        return self.asked_once_key or self.id


class Answer(BaseModel):
    """What was entered for one question. A number, text or photo item may instead be `not_checked` or `not_applicable`.
    Photos are SHA-256 hashes of stored files."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    compliance: Compliance | None = None
    number: int | None = None
    text: str | None = Field(default=None, max_length=4000)
    photos: tuple[str, ...] = ()
    reason: str = Field(default="", max_length=1000)

    @property
    def value(self) -> Scalar | None:
        """What a condition compares: the outcome, else the number, the text, or how many photos."""
        if self.compliance is not None:
            return self.compliance.value
        if self.number is not None:
            return self.number
        return self.text if self.text is not None else (len(self.photos) or None)

    @property
    def is_given(self) -> bool:
        return self.value is not None


class SubjectFacts(BaseModel):
    """What conditions may look at: the kind of subject and its attributes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Code
    attributes: dict[str, Scalar] = Field(default_factory=dict)

    @property
    def known(self) -> Mapping[str, Scalar]:
        """The attributes with the kind among them, under the name `kind`."""
        return {**self.attributes, "kind": self.kind}


_NEEDS_REASON = (Compliance.NOT_CHECKED, Compliance.NOT_APPLICABLE)


def judge_answer(item: CheckItem, answer: Answer | None) -> Compliance | None:
    """What the answer means for this item: a number is measured against the item's own limits, so two departments can
    judge one number differently. None while nothing can be said (no answer, or a fact without limits)."""
    if answer is None or answer.compliance is not None:
        return answer.compliance if answer else None
    limits = item.number
    if answer.number is None or limits is None or (limits.minimum is None and limits.maximum is None):
        return None
    low = limits.minimum is not None and answer.number < limits.minimum
    high = limits.maximum is not None and answer.number > limits.maximum
    return Compliance.NON_COMPLIANT if low or high else Compliance.COMPLIANT


def answer_problems(item: CheckItem, answer: Answer) -> list[FieldProblem]:
    """Everything that keeps the answer from being complete; fields are `<question key>.<part>`."""
    key, found = item.question_key, []
    if answer.compliance in _NEEDS_REASON:
        return [] if answer.reason.strip() else [FieldProblem(field=f"{key}.reason", code="reason_missing")]
    given = {
        AnswerType.COMPLIANCE: answer.compliance is not None,
        AnswerType.NUMBER: answer.number is not None,
        AnswerType.TEXT: bool((answer.text or "").strip()),
        AnswerType.PHOTO: bool(answer.photos),
    }
    if not given[item.answer_type]:
        found.append(FieldProblem(field=f"{key}.{item.answer_type}", code="answer_missing"))
    if answer.compliance is not None and item.answer_type is not AnswerType.COMPLIANCE:
        found.append(FieldProblem(field=f"{key}.compliance", code="answer_of_another_type"))
    needs_photo = EvidenceKind.PHOTO in item.evidence and judge_answer(item, answer) is Compliance.NON_COMPLIANT
    if needs_photo and not answer.photos:
        found.append(FieldProblem(field=f"{key}.photos", code="evidence_missing"))
    return found
