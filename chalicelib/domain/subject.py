"""Subjects of supervision (监管对象): more than companies, related to each other, each in any number of scenarios.

The record names no tenant: storage keeps it under one. Phone and the responsible person's name are personal data,
masked before they leave (`chalicelib.domain.text`).
"""

import re
from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from chalicelib.domain.access import Resource
from chalicelib.domain.condition import Scalar
from chalicelib.domain.label import Code
from chalicelib.domain.record import Record
from chalicelib.domain.text import check_uscc, normalise

Attributes = dict[str, Scalar]
"""What a scenario's package declares about a subject: whole numbers, texts, truths; days as ISO 8601 text."""


class SubjectKind(StrEnum):
    COMPANY = "company"
    PREMISES = "premises"
    BUILDING = "building"
    SITE = "site"
    CARD_PROGRAMME = "card_programme"
    TANK = "tank"
    VEHICLE = "vehicle"
    UNKNOWN_OPERATOR = "unknown_operator"


class SubjectStatus(StrEnum):
    """Only `active` subjects enter a pool; the others are excluded with this as the reason."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    MOVED = "moved"


class RelationKind(StrEnum):
    OPERATED_BY = "operated_by"
    LOCATED_IN = "located_in"
    PART_OF = "part_of"


class DrawGrade(StrEnum):
    """The stratum of the draw, A (drawn least) to D (drawn most); internal. Neither the `credit_grade`, which is
    disclosed, nor an appraisal's grade: evaluation maps `risk_level` and `credit_grade` to it."""

    A = "A"
    B = "B"
    C = "C"
    D = "D"


DEFAULT_DRAW_GRADE = DrawGrade.B
"""Without an evaluation: no recorded fact speaks for less or for more burden (infra/decisions/0003-six-steps.md)."""


def _division_code(text: str) -> str:
    if not re.fullmatch(r"[0-9]{12}", text):
        raise ValueError("a division code has twelve digits")
    return text


def _valid_code(text: str) -> str:
    found = check_uscc(text)
    if not found.is_valid:
        raise ValueError(found.problem)
    return found.value


DivisionCode = Annotated[str, AfterValidator(_division_code)]
CreditCode = Annotated[str, AfterValidator(_valid_code)]


class Relation(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: RelationKind
    subject_id: str = Field(min_length=1)


class ScenarioMembership(BaseModel):
    """That a scenario applies to a subject. is_default_grade: nobody has evaluated it yet."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scenario: Code
    draw_grade: DrawGrade = DEFAULT_DRAW_GRADE
    is_default_grade: bool = True
    attributes: Attributes = Field(default_factory=dict)


class SubjectFields(BaseModel):
    """What is known about a subject, before and after it is registered.

    code: unified social credit code (GB 32100-2015); for premises, tanks and the like it may be that of the operator.
    An unknown operator is known by its address, plate or photo (`photos`: SHA-256 of stored files).
    source: where it came from, e.g. "import:<job id>". located_at: "lat,lon" in degrees, WGS 84.
    """

    model_config = ConfigDict(extra="forbid")

    kind: SubjectKind = SubjectKind.COMPANY
    name: str = Field(min_length=1, max_length=200)
    code: CreditCode | None = None
    operator_code: CreditCode | None = None
    division: DivisionCode
    address: str = Field(default="", max_length=400)
    located_at: str = Field(default="", pattern=r"^(-?\d{1,2}(\.\d+)?,-?\d{1,3}(\.\d+)?)?$")
    plate: str = Field(default="", max_length=12)
    photos: tuple[str, ...] = ()
    phone: str = Field(default="", max_length=30)
    responsible_person: str = Field(default="", max_length=60)
    status: SubjectStatus = SubjectStatus.ACTIVE
    memberships: tuple[ScenarioMembership, ...] = ()
    relations: tuple[Relation, ...] = ()
    source: str = Field(default="", max_length=100)

    @model_validator(mode="after")
    def _can_be_told_apart(self) -> Self:
        if self.kind is SubjectKind.COMPANY and self.code is None:
            raise ValueError("a company has a code")
        if self.kind is SubjectKind.UNKNOWN_OPERATOR:
            if self.code or self.operator_code:
                raise ValueError("an unknown operator has no code")
            if not (self.address or self.plate or self.photos or self.located_at):
                raise ValueError("an unknown operator is known by a place, a plate or a photo")
        names = [membership.scenario for membership in self.memberships]
        if len(names) != len(set(names)):
            raise ValueError("a subject is in a scenario once")
        return self

    @property
    def search_name(self) -> str:
        return normalise(self.name)

    def membership(self, scenario: str) -> ScenarioMembership | None:
        return next((one for one in self.memberships if one.scenario == scenario), None)

    def attributes(self, scenario: str) -> Attributes:
        found = self.membership(scenario)
        return found.attributes if found else {}


class SubjectDraft(SubjectFields):
    """A subject that was read and checked but not yet registered."""

    def register(self, subject_id: str) -> "Subject":
        return Subject.model_validate(self.model_dump() | {"id": subject_id})


class Subject(SubjectFields, Record):
    """A registered subject. `version` counts its changes."""

    KIND: ClassVar[str] = "subject"

    @property
    def resource(self) -> Resource:
        return Resource(divisions=frozenset({self.division}), subjects=frozenset({self.id}))

    @property
    def cap_code(self) -> str:
        """Under which visits are counted against an annual cap: all subjects of one operator count together. A subject
        whose operator is not known counts alone."""
        return self.operator_code or self.code or self.id

    @property
    def is_drawable(self) -> bool:
        return self.status is SubjectStatus.ACTIVE

    def related(self, kind: RelationKind) -> tuple[str, ...]:
        return tuple(relation.subject_id for relation in self.relations if relation.kind is kind)

    def joined(self, scenario: str, attributes: Attributes | None = None) -> Self:
        """With a scenario's membership added, or its attributes replaced; its grade is kept."""
        held = self.membership(scenario) or ScenarioMembership(scenario=scenario)
        changed = held.model_copy(update={"attributes": held.attributes if attributes is None else attributes})
        return self._with_membership(changed)

    def graded(self, scenario: str, grade: DrawGrade) -> Self:
        """With the grade that an evaluation gave."""
        held = self.membership(scenario) or ScenarioMembership(scenario=scenario)
        return self._with_membership(held.model_copy(update={"draw_grade": grade, "is_default_grade": False}))

    def _with_membership(self, membership: ScenarioMembership) -> Self:
        others = tuple(one for one in self.memberships if one.scenario != membership.scenario)
        return self.with_changes(memberships=tuple(sorted((*others, membership), key=lambda one: one.scenario)))
