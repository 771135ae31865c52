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
    """Orders that an index keeps: the whole tenant's by name; county after county by division, kind and name; one
    county's by the last change, newest first; a scenario's by the stratum of the draw, D first."""

    DIVISION = "division"
    NAME = "name"
    CHANGED = "changed"
    GRADE = "grade"


class SubjectQuery(BaseModel):
    """Filters; empty means all. text: part of a name, beginning of a code, an address or a plate. grade: within the
    scenario. order: None is the first of those `offered`; hits of a text come in the order of what follows.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    text: str = Field(default="", max_length=MAX_TEXT)
    division: DivisionCode | None = None
    kind: SubjectKind | None = None
    scenario: Code | None = None
    grade: DrawGrade | None = None
    status: SubjectStatus | None = None
    order: SubjectOrder | None = None

    @model_validator(mode="after")
    def _is_offered(self) -> Self:
        if self.order and self.order not in self.offered([self.division] if self.division else [], may_see_risk=True):
            raise ValueError("no index keeps this order for these filters")
        if self.grade and not self.scenario:
            raise ValueError("a grade is that of a scenario")
        return self

    @property
    def is_empty(self) -> bool:
        return self.model_copy(update={"order": None}) == SubjectQuery()

    def offered(self, divisions: Sequence[str], *, may_see_risk: bool) -> tuple[SubjectOrder, ...]:
        """Orders that these filters can be listed in, the natural one first. divisions: to which the list is limited,
        by choice or by the person's reach; none for the whole tenant."""
        if self.text:
            return ()
        if self.scenario:
            return (SubjectOrder.DIVISION, SubjectOrder.GRADE) if may_see_risk else (SubjectOrder.DIVISION,)
        if not divisions:
            return (SubjectOrder.NAME, SubjectOrder.DIVISION)
        is_one_county = len(divisions) == 1 and level_of(divisions[0]) not in (DivisionLevel.REGION, DivisionLevel.CITY)
        return (SubjectOrder.DIVISION, SubjectOrder.CHANGED) if is_one_county else (SubjectOrder.DIVISION,)
