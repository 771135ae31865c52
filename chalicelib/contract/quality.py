"""quality.json: what a package's authors say about each conformance rule. "done" is verified, never believed."""

from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chalicelib.domain.label import Code


class QualityStatus(StrEnum):
    """State of one rule in one package."""

    DONE = "done"
    TODO = "todo"
    EXEMPT = "exempt"


class QualityLine(BaseModel):
    """An exemption gives its reason."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: QualityStatus
    reason: str = ""

    @model_validator(mode="after")
    def _exemption_has_reason(self) -> Self:
        if self.status is QualityStatus.EXEMPT and len(self.reason.strip()) < 10:
            raise ValueError("an exemption gives its reason in at least ten characters")
        return self


class Quality(BaseModel):
    """Rule id -> status."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rules: dict[Code, QualityLine] = Field(min_length=1)
