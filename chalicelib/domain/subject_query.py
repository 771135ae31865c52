"""What a list of subjects is asked for: the same for the page, the API, a saved filter and an export."""

from collections.abc import Sequence
from enum import StrEnum
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chalicelib.domain.division import DivisionLevel, level_of
from chalicelib.domain.label import Code
from chalicelib.domain.subject import DivisionCode, DrawGrade, SubjectKind, SubjectStatus

MAX_TEXT = 60


class SubjectOrder(StrEnum):
    """Orders that an index keeps: county after county by division, kind and name; one county's by name, or by the last
    change, newest first; a scenario's by the stratum of the draw, D first."""

    DIVISION = "division"
    NAME = "name"
    CHANGED = "changed"
    GRADE = "grade"


class SubjectQuery(BaseModel):
    """Filters and order; empty means all. text: part of a name, beginning of a code, an address or a plate.

    Hits of a text come in the order of the text that follows it; a grade is that of a scenario.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(default="", max_length=MAX_TEXT)
    division: DivisionCode | None = None
    kind: SubjectKind | None = None
    scenario: Code | None = None
    grade: DrawGrade | None = None
    status: SubjectStatus | None = None
    order: SubjectOrder = SubjectOrder.DIVISION

    @model_validator(mode="after")
    def _is_offered(self) -> Self:
        if self.order not in self.offered([self.division] if self.division else [], may_see_risk=True):
            raise ValueError("no index keeps this order for these filters")
        if self.grade and not self.scenario:
            raise ValueError("a grade is that of a scenario")
        return self

    @property
    def is_empty(self) -> bool:
        return self == SubjectQuery(order=self.order)

    def offered(self, divisions: Sequence[str], *, may_see_risk: bool) -> tuple[SubjectOrder, ...]:
        """Orders that these filters can be listed in. divisions: to which the list is limited, by choice or because the
        person or the register knows no other."""
        if self.text:
            return (SubjectOrder.DIVISION,)
        if self.scenario:
            return (SubjectOrder.DIVISION, SubjectOrder.GRADE) if may_see_risk else (SubjectOrder.DIVISION,)
        is_one_county = len(divisions) == 1 and level_of(divisions[0]) not in (DivisionLevel.REGION, DivisionLevel.CITY)
        return (
            (SubjectOrder.DIVISION, SubjectOrder.NAME, SubjectOrder.CHANGED)
            if is_one_county
            else (SubjectOrder.DIVISION,)
        )
