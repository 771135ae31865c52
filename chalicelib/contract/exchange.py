"""What goes in and out of a scenario's four handlers, and the context in which they run. All of it travels as JSON."""

from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from zoneinfo import ZoneInfo

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.contract.inspection import Activity, InspectionDocument, PatrolRules, RectificationTime
from chalicelib.contract.overlay import Overlay, apply_overlay
from chalicelib.contract.scenario import SOURCE_LANGUAGE, Scenario
from chalicelib.domain.deadline import DeadlineRule
from chalicelib.domain.errors import FieldProblem
from chalicelib.domain.evaluation import AlertLevel, CreditGrade, EvaluationFacts, Regime, RiskLevel
from chalicelib.domain.item import (
    Answer,
    AnswerType,
    CheckLocation,
    CheckMethod,
    Compliance,
    EvidenceKind,
    NumberLimits,
    Severity,
    SubjectFacts,
)
from chalicelib.domain.label import Code
from chalicelib.domain.legal_basis import BasisConfirmation, BasisStatus
from chalicelib.domain.self_check_rules import SelfCheckRule

_SHANGHAI = ZoneInfo("Asia/Shanghai")


@dataclass(frozen=True)
class HandlerContext:
    """For whom and when a handler runs. `now` is an aware UTC time; `confirmations` are the tenant's own."""

    tenant_id: str
    package: Scenario
    now: datetime
    overlay: Overlay | None = None
    confirmations: tuple[BasisConfirmation, ...] = field(default=())

    @property
    def package_version(self) -> str:
        return self.package.version

    @property
    def today(self) -> date:
        """The day in China."""
        return self.now.astimezone(_SHANGHAI).date()

    @cached_property
    def scenario(self) -> Scenario:
        """The package with the tenant's overlay on it."""
        return apply_overlay(self.package, self.overlay).scenario


class Wire(BaseModel):
    """What travels: unchangeable, and without a field that nobody knows."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class WireRequest(Wire):
    """language: of the texts that come back."""

    language: str = Field(default=SOURCE_LANGUAGE, pattern=r"^[a-z]{2}(-[A-Za-z]{2,4})?$")


class BasisView(Wire):
    """A citation as shown: `is_usable` is false for 依据待确认 that the tenant has not confirmed."""

    id: str
    citation: str
    document_number: str
    summary: str
    note: str
    status: BasisStatus
    is_usable: bool


class ChecklistRequest(WireRequest):
    """`departments` None asks for all. `answers` are keyed by question key."""

    subject: SubjectFacts
    departments: tuple[Code, ...] | None = None
    answers: dict[str, Answer] = Field(default_factory=dict)


class SlotView(Wire):
    """One department's own finding on a shared answer; `compliance` is what the answer means for its item. `scenario`:
    whose item it is, where one list serves several."""

    scenario: str = ""
    department: str
    department_label: str
    item_id: str
    name: str
    standard: str
    severity: Severity
    is_key_item: bool
    rectification_working_days: int
    compliance: Compliance | None
    legal_basis: tuple[BasisView, ...]
    penalty_basis: tuple[BasisView, ...]


class ChecklistEntry(Wire):
    """One question that is asked now. `because` says why a conditional one appears; `conflicts` names items whose
    limits differ; `self_check` is how the subject is asked the same fact, None when it cannot look by itself."""

    key: str
    section_id: str
    section_title: str
    name: str
    because: str
    answer_type: AnswerType
    number: NumberLimits | None
    method: CheckMethod
    location: CheckLocation
    standard: str
    guidance: str
    severity: Severity
    is_key_item: bool
    is_full_coverage: bool
    evidence: tuple[EvidenceKind, ...]
    departments: tuple[str, ...]
    slots: tuple[SlotView, ...]
    answer: Answer | None
    problems: tuple[FieldProblem, ...]
    conflicts: tuple[str, ...]
    self_check: SelfCheckRule | None = None


class DepartmentProgress(Wire):
    department: str
    label: str
    asked: int
    answered: int


class DerivedValue(Wire):
    """A figure that the trade computes from answers: an integer in 10^-decimals of the unit, None while it cannot be
    computed; `level` is the threshold that it reaches."""

    id: str
    name: str
    value: int | None
    unit: str
    decimals: int
    level: AlertLevel | None
    formula: str


class ChecklistResult(Wire):
    """The list as it stands: complete when every question asked now is answered without a problem."""

    scenario: str
    version: str
    entries: tuple[ChecklistEntry, ...]
    asked: int
    answered: int
    by_department: tuple[DepartmentProgress, ...]
    problems: tuple[FieldProblem, ...]
    derived: tuple[DerivedValue, ...] = ()
    is_complete: bool


class GradeCount(Wire):
    """How many subjects of the area stand in one cell of the matrix."""

    risk_level: RiskLevel
    credit_grade: CreditGrade
    count: int = Field(ge=0)


class ActingBodyFact(Wire):
    """An acting body (执法主体) and the departments for which it may act."""

    id: str = Field(min_length=1)
    departments: tuple[Code, ...] = Field(min_length=1)


class InspectionRequest(WireRequest):
    """Facts of a plan. `departments` None means all of the scenario. `technical_grade`: grade of the subject's latest
    appraisal, which narrows the orders; empty asks for all."""

    activity: Activity = Activity.INSPECTION
    technical_grade: str = ""
    departments: tuple[Code, ...] | None = None
    grade_counts: tuple[GradeCount, ...] = ()
    acting_bodies: tuple[ActingBodyFact, ...] = ()


class TeamView(Wire):
    acting_body_id: str
    departments: tuple[str, ...]
    inspectors: int


class RegimeCount(Wire):
    """A cell of the matrix with its subjects; `drawn` rounds up, so that a cell with a ratio never draws nobody."""

    regime: Regime
    count: int
    drawn: int


class InspectionResult(Wire):
    """What the plan needs. `uncovered_departments` have no acting body: the plan cannot be approved for them. A patrol
    has its rules and its own form and nothing that makes an inspection: no team, no draw, no limits, no orders."""

    scenario: str
    version: str
    activity: Activity = Activity.INSPECTION
    team: tuple[TeamView, ...]
    inspectors: int
    uncovered_departments: tuple[str, ...]
    regimes: tuple[RegimeCount, ...]
    drawn: int
    documents: tuple[InspectionDocument, ...]
    rectification: tuple[RectificationTime, ...]
    disclosure_working_days: int
    is_full_coverage_field: bool
    deadlines: tuple[DeadlineRule, ...] = ()
    patrol: PatrolRules | None = None
    legal_basis: tuple[BasisView, ...]


class ReportedFigures(Wire):
    """What one periodic report tells: its measures, the day on which it came, and the source that a point names."""

    source: str = Field(min_length=1)
    reported_on: date
    measures: dict[str, int]


class EvaluationRequest(WireRequest):
    """Facts on record, plus what the trade computes from: `measures` are integers by name, `answers` those of the last
    inspection, `attributes` the subject's own in the scenario. `reports` say of measures from which report they come,
    the newest first."""

    facts: EvaluationFacts
    attributes: dict[str, bool | int | str] = Field(default_factory=dict)
    answers: dict[str, Answer] = Field(default_factory=dict)
    measures: dict[str, int] = Field(default_factory=dict)
    reports: tuple[ReportedFigures, ...] = ()
