"""Inspection rules (一业一查) of a package: team, matrix of both grades, documents and time to mend."""

from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

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


class DocumentStage(StrEnum):
    """Where in an inspection a document is issued."""

    APPROVAL = "approval"
    NOTICE = "notice"
    RECORD = "record"
    SAMPLING = "sampling"
    INQUIRY = "inquiry"
    RESULT = "result"


class InspectionDocument(_Data):
    """A document of the inspection; `template` is a file under the package's templates/, empty for a shared form."""

    id: Code
    name: Label = Field(min_length=1)
    stage: DocumentStage
    template: str = Field(default="", pattern=r"^([a-z0-9_]+\.html)?$")


class RectificationTime(_Data):
    """Working days to mend a finding of this severity, unless the check item says otherwise."""

    severity: Severity
    working_days: int = Field(ge=0, le=365)


class InspectionRules(_Data):
    """How one visit serves several departments. `source` says where the matrix's figures come from."""

    title: Label
    introduction: Label = ""
    source: RuleSource
    is_full_coverage_field: bool = False
    team: TeamRules
    regimes: tuple[Regime, ...]
    documents: tuple[InspectionDocument, ...] = Field(min_length=1)
    rectification: tuple[RectificationTime, ...]
    disclosure_working_days: int = Field(ge=1, le=60)
    legal_basis_ids: tuple[Code, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _whole_tables(self) -> Self:
        cells = [(one.risk_level, one.credit_grade) for one in self.regimes]
        if len(set(cells)) != len(cells) or len(cells) != len(RiskLevel) * len(CreditGrade):
            raise ValueError("regimes hold every risk level × credit grade exactly once")
        if sorted(one.severity for one in self.rectification) != sorted(Severity):
            raise ValueError("rectification names every severity exactly once")
        return self
