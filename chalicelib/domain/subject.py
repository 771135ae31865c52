"""Subjects of supervision (监管对象): more than companies, related to each other, each in any number of scenarios.

The record names no tenant: storage keeps it under one. Phone and the responsible person's name are personal data,
masked before they leave (`chalicelib.domain.text`).
"""

import re
from datetime import datetime
from enum import StrEnum
from typing import Annotated, ClassVar, Self

from pydantic import AfterValidator, BaseModel, ConfigDict, Field, model_validator

from chalicelib.domain.access import Resource
from chalicelib.domain.condition import Scalar
from chalicelib.domain.label import Code
from chalicelib.domain.plate import MAX_PLATE, PlateForm
from chalicelib.domain.record import Record, UtcTime
from chalicelib.domain.subject_kind import CodeUse, SubjectKind, kind_rules
from chalicelib.domain.text import check_uscc, normalise

__all__ = [
    "DEFAULT_DRAW_GRADE",
    "TOMBSTONES",
    "Attributes",
    "CoordinateSystem",
    "DrawGrade",
    "ResponsiblePerson",
    "ScenarioMembership",
    "Subject",
    "SubjectDraft",
    "SubjectFields",
    "SubjectKind",
    "SubjectStatus",
]

Attributes = dict[str, Scalar]
"""What a scenario's package declares about a subject: whole numbers, texts, truths; days as ISO 8601 text."""


class SubjectStatus(StrEnum):
    """Only `active` subjects enter a pool; the others are excluded with this as the reason."""

    ACTIVE = "active"
    SUSPENDED = "suspended"
    CLOSED = "closed"
    MOVED = "moved"
    MERGED = "merged"
    HANDED_OVER = "handed_over"


TOMBSTONES = frozenset({SubjectStatus.MERGED, SubjectStatus.HANDED_OVER})
"""What only a merge or a hand-over sets: the record stays so that old links and codes lead on; nothing changes it."""


class CoordinateSystem(StrEnum):
    """wgs84: what a satellite receiver gives; gcj02: what domestic map services give, hundreds of metres away."""

    WGS84 = "wgs84"
    GCJ02 = "gcj02"


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


def _coordinates(text: str) -> str:
    """ "lat,lon" in degrees, with up to seven decimals."""
    if not text:
        return text
    found = re.fullmatch(r"(-?\d{1,2}(?:\.\d{1,7})?),(-?\d{1,3}(?:\.\d{1,7})?)", text)
    if not found or abs(float(found[1])) > 90 or abs(float(found[2])) > 180:
        raise ValueError("coordinates are latitude and longitude in degrees")
    return text


Coordinates = Annotated[str, AfterValidator(_coordinates)]


class ResponsiblePerson(BaseModel):
    """Somebody who answers for a subject, besides its `responsible_person`. role: a code of subject_kinds.json."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    role: Code
    name: str = Field(min_length=1, max_length=60)
    phone: str = Field(default="", max_length=30)


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
    kind_attributes: what subject_kinds.json declares for the kind; a scenario's are in its membership.
    source: where it came from, e.g. "import:<job id>". located_at: "lat,lon" in degrees, in `coordinate_system`.
    """

    model_config = ConfigDict(extra="forbid")

    kind: SubjectKind = SubjectKind.COMPANY
    name: str = Field(min_length=1, max_length=200)
    code: CreditCode | None = None
    operator_code: CreditCode | None = None
    division: DivisionCode
    address: str = Field(default="", max_length=400)
    located_at: Coordinates = ""
    coordinate_system: CoordinateSystem = CoordinateSystem.WGS84
    plate: str = Field(default="", max_length=MAX_PLATE)
    plate_form: PlateForm = PlateForm.STANDARD
    photos: tuple[str, ...] = ()
    phone: str = Field(default="", max_length=30)
    responsible_person: str = Field(default="", max_length=60)
    responsible_people: tuple[ResponsiblePerson, ...] = ()
    status: SubjectStatus = SubjectStatus.ACTIVE
    kind_attributes: Attributes = Field(default_factory=dict)
    memberships: tuple[ScenarioMembership, ...] = ()
    source: str = Field(default="", max_length=100)

    @model_validator(mode="after")
    def _can_be_told_apart(self) -> Self:
        rules = kind_rules(self.kind)
        if rules.code_use is CodeUse.REQUIRED and self.code is None:
            raise ValueError("a company has a code")
        if rules.code_use is CodeUse.NONE:
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
    """A registered subject. `version` counts its changes.

    merged_into: the survivor, of a merged duplicate; absorbed: the duplicates that were merged into this one, those
    merged into them included; hand_over_id: the offer under way to another tenant; handed_to: the tenant that has it.
    changed_at: the act that last saved it, in whole milliseconds; storage keeps it beside the body.
    """

    KIND: ClassVar[str] = "subject"

    merged_into: str = ""
    absorbed: tuple[str, ...] = ()
    hand_over_id: str = ""
    handed_to: str = ""
    changed_at: UtcTime | None = Field(default=None, exclude=True)

    def touch(self, at: datetime) -> None:
        self.changed_at = at.replace(microsecond=at.microsecond // 1000 * 1000)

    @property
    def resource(self) -> Resource:
        return Resource(divisions=frozenset({self.division}), subjects=frozenset(self.all_ids))

    @property
    def all_ids(self) -> tuple[str, ...]:
        """Its own identifier and those of the duplicates merged into it: visits and findings stay under these."""
        return (self.id, *self.absorbed)

    @property
    def is_tombstone(self) -> bool:
        return self.status in TOMBSTONES

    @property
    def cap_code(self) -> str:
        """Under which visits are counted against an annual cap: all subjects of one operator count together. A subject
        whose operator is not known counts alone."""
        return self.operator_code or self.code or self.id

    @property
    def held_plate(self) -> str:
        """The plate that no other vehicle may have, "" of what is no vehicle, is closed or kept elsewhere now."""
        is_gone = self.is_tombstone or self.status is SubjectStatus.CLOSED
        return "" if is_gone or self.kind is not SubjectKind.VEHICLE else self.plate

    @property
    def is_drawable(self) -> bool:
        return self.status is SubjectStatus.ACTIVE

    def without(self, scenarios: frozenset[str]) -> Self:
        """Without its memberships in these scenarios."""
        return self.with_changes(memberships=tuple(one for one in self.memberships if one.scenario not in scenarios))

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
