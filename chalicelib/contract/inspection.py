"""Inspection rules (一业一查) of a package: team, matrix of both grades, documents, time limits, clocks and patrols."""

from datetime import date
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chalicelib.domain.deadline import DeadlineRule
from chalicelib.domain.evaluation_rules import CreditGrade, Regime, RiskLevel, RuleSource
from chalicelib.domain.item import Severity
from chalicelib.domain.label import Code, Label


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class TeamRules(_Data):
    """Certified officers per acting body (执法主体), never fewer than two (行政处罚法 42)."""

    inspectors_per_acting_body: int = Field(ge=2, le=10)
    experts: Label = ""
    legal_basis_ids: tuple[Code, ...] = Field(min_length=1)


class Activity(StrEnum):
    """What is being done. A patrol (巡查) looks and reports: it has no certified team, no legal inspection record, no
    findings and no time limits, and it is never counted as an inspection."""

    INSPECTION = "inspection"
    PATROL = "patrol"


class DocumentStage(StrEnum):
    """Where in an inspection a document is issued. `order` is a decision of a department after it; `patrol` belongs to
    no inspection at all."""

    APPROVAL = "approval"
    NOTICE = "notice"
    RECORD = "record"
    SAMPLING = "sampling"
    INQUIRY = "inquiry"
    RESULT = "result"
    ORDER = "order"
    PATROL = "patrol"


class InspectionDocument(_Data):
    """A document of the inspection; `template` is a file under the package's templates/, empty for a shared form.

    An order says which department decides on it (`department`), when it is considered (`occasion`), what it rests on
    and by which clock it is done (`deadline_id`). `technical_grades`: the grades of a technical appraisal with which it
    is considered, empty for any; software only names the order, an officer decides. may_rest_on_facts: whether danger
    that was seen may ground it before or beside such a grade, with a reason. served_as, fulfilled_as, lifted_as: the
    occurrences that its service, its fulfilment and its lifting after service are. number_word: its own word in the
    numbers of a body that has one (邕建停字〔2026〕1号: 停).
    """

    id: Code
    name: Label = Field(min_length=1)
    stage: DocumentStage
    template: str = Field(default="", pattern=r"^([a-z0-9_]+\.html)?$")
    department: Code | None = None
    occasion: Label = ""
    deadline_id: Code | None = None
    technical_grades: tuple[str, ...] = ()
    may_rest_on_facts: bool = False
    legal_basis_ids: tuple[Code, ...] = ()
    served_as: Code | None = None
    fulfilled_as: Code | None = None
    lifted_as: Code | None = None
    number_word: str = Field(default="", pattern=r"^[\u4e00-\u9fff]{0,4}$")

    @model_validator(mode="after")
    def _order_rests_on_something(self) -> Self:
        if self.stage is DocumentStage.ORDER and not (self.department and self.legal_basis_ids):
            raise ValueError("an order names its department and its legal basis")
        return self


class RectificationTime(_Data):
    """Working days to mend a finding of this severity, unless the check item says otherwise."""

    severity: Severity
    working_days: int = Field(ge=0, le=365)


class AttributeSetting(_Data):
    """What the register says of a subject from then on: a code and a value of the manifest's attributes."""

    attribute: Code
    value: bool | int | str


class Occurrence(_Data):
    """Something that happens while a danger or a fault is being removed (处置), and that clocks start or stop with.
    recorded_by: the departments any of which writes it down; evidence: what is kept as proof, empty when a note will
    do; is_evidence_required: it is not recorded without a file; note_says: what the note names, and then it is needed;
    sets: what it makes true in the register.
    """

    id: Code
    label: Label = Field(min_length=1)
    recorded_by: tuple[Code, ...] = Field(min_length=1)
    evidence: Label = ""
    is_evidence_required: bool = False
    note_says: Label = ""
    sets: tuple[AttributeSetting, ...] = ()

    @model_validator(mode="after")
    def _required_is_named(self) -> Self:
        if self.is_evidence_required and not self.evidence:
            raise ValueError("an occurrence that needs a file says in evidence which")
        return self


class PatrolObservation(_Data):
    """Something that a patrol may notice without entering or measuring: whom to tell, and which items the department
    that is told will look at."""

    id: Code
    name: Label = Field(min_length=1)
    tells: Code
    is_urgent: bool = False
    check_item_ids: tuple[Code, ...] = Field(min_length=1)


class PatrolRules(_Data):
    """Patrols by people without power to inspect. `interval_days` is how often, from `source`; late_entry_days: how
    many days back one may be entered afterwards, 0 for today only."""

    title: Label = Field(min_length=1)
    introduction: Label = Field(min_length=1)
    performed_by: Code
    source: RuleSource
    interval_days: int = Field(ge=1, le=366)
    late_entry_days: int = Field(default=7, ge=0, le=92)
    observations: tuple[PatrolObservation, ...] = Field(min_length=1)
    legal_basis_ids: tuple[Code, ...] = Field(min_length=1)


class InspectionRules(_Data):
    """How one visit serves several departments. `source` says where the matrix's figures come from; `deadlines` are
    the trade's own clocks, each in its versions; `occurrences` what moves those of a disposal (处置)."""

    title: Label
    introduction: Label = ""
    source: RuleSource
    is_full_coverage_field: bool = False
    team: TeamRules
    regimes: tuple[Regime, ...]
    documents: tuple[InspectionDocument, ...] = Field(min_length=1)
    rectification: tuple[RectificationTime, ...]
    disclosure_working_days: int = Field(ge=1, le=60)
    deadlines: tuple[DeadlineRule, ...] = ()
    occurrences: tuple[Occurrence, ...] = ()
    patrol: PatrolRules | None = None
    legal_basis_ids: tuple[Code, ...] = Field(min_length=1)

    def document(self, document_id: str) -> InspectionDocument | None:
        return next((one for one in self.documents if one.id == document_id), None)

    @property
    def orders(self) -> tuple[InspectionDocument, ...]:
        return tuple(one for one in self.documents if one.stage is DocumentStage.ORDER)

    def occurrence(self, occurrence_id: str) -> Occurrence | None:
        return next((one for one in self.occurrences if one.id == occurrence_id), None)

    def deadlines_on(self, day: date) -> tuple[DeadlineRule, ...]:
        """The newest version of each clock that is in force on a day of China's calendar."""
        newest: dict[str, DeadlineRule] = {}
        for rule in self.deadlines:
            known = newest.get(rule.id)
            if rule.is_in_force(day) and (known is None or known.version < rule.version):
                newest[rule.id] = rule
        return tuple(newest.values())

    @model_validator(mode="after")
    def _whole_tables(self) -> Self:
        cells = [(one.risk_level, one.credit_grade) for one in self.regimes]
        if len(set(cells)) != len(cells) or len(cells) != len(RiskLevel) * len(CreditGrade):
            raise ValueError("regimes hold every risk level × credit grade exactly once")
        if sorted(one.severity for one in self.rectification) != sorted(Severity):
            raise ValueError("rectification names every severity exactly once")
        clocks = {one.id for one in self.deadlines}
        if unknown := {one.deadline_id for one in self.documents if one.deadline_id} - clocks:
            raise ValueError(f"no deadline {', '.join(sorted(map(str, unknown)))}")
        if (self.patrol is None) is any(one.stage is DocumentStage.PATROL for one in self.documents):
            raise ValueError("rules of patrols and a document of stage patrol belong together")
        return self
