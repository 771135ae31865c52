"""Kinds of subject as versioned data: what each must have, its attributes with their limits, how kinds may relate."""

import json
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.condition import Scalar
from chalicelib.domain.label import Code

_KINDS = Path(__file__).parent / "data" / "subject_kinds.json"


class SubjectKind(StrEnum):
    COMPANY = "company"
    PREMISES = "premises"
    BUILDING = "building"
    SITE = "site"
    CARD_PROGRAMME = "card_programme"
    TANK = "tank"
    VEHICLE = "vehicle"
    EQUIPMENT_LOT = "equipment_lot"
    UNKNOWN_OPERATOR = "unknown_operator"


class RelationKind(StrEnum):
    OPERATED_BY = "operated_by"
    LOCATED_IN = "located_in"
    PART_OF = "part_of"


class AttributeType(StrEnum):
    """money: whole fen. date: ISO 8601 text. choice: the code of one of its choices."""

    TEXT = "text"
    INTEGER = "integer"
    MONEY = "money"
    DATE = "date"
    BOOLEAN = "boolean"
    CHOICE = "choice"


class CodeUse(StrEnum):
    REQUIRED = "required"
    OPTIONAL = "optional"
    NONE = "none"


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


class Wording(_Data):
    """A code with its words in both languages."""

    code: Code
    label: str
    label_en: str

    def words(self, locale: str) -> str:
        return self.label_en if locale == "en" else self.label


class KindAttribute(Wording):
    """minimum, maximum: of a number (fen for money); maximum of a text: its length in characters."""

    type: AttributeType
    minimum: int | None = None
    maximum: int | None = None
    unit: str = ""
    unit_en: str = ""
    choices: tuple[Wording, ...] = ()

    def problem(self, value: Scalar) -> str | None:
        """The code of what is wrong with a value, None when it fits."""
        if self.type is AttributeType.BOOLEAN:
            return None if isinstance(value, bool) else "unknown_choice"
        if self.type in (AttributeType.INTEGER, AttributeType.MONEY):
            if isinstance(value, bool) or not isinstance(value, int):
                return "not_a_number"
            is_low = self.minimum is not None and value < self.minimum
            return "out_of_range" if is_low or (self.maximum is not None and value > self.maximum) else None
        if not isinstance(value, str):
            return "invalid"
        if self.type is AttributeType.CHOICE:
            return None if value in {one.code for one in self.choices} else "unknown_choice"
        if self.type is AttributeType.DATE:
            return None if _is_date(value) else "not_a_date"
        return "too_long" if self.maximum is not None and len(value) > self.maximum else None


class KindRules(_Data):
    """needs_plate, needs_address: what a form has to be given; may_merge_into_any: it may turn out to be a subject of
    another kind."""

    code: SubjectKind
    code_use: CodeUse
    needs_plate: bool = False
    needs_address: bool = True
    may_merge_into_any: bool = False
    attributes: tuple[KindAttribute, ...] = ()


class RelationRules(Wording):
    """from_kinds, to_kinds: pairs that may relate so. is_hierarchy: nothing may lie within itself."""

    code: RelationKind
    reverse: str
    reverse_en: str
    is_hierarchy: bool
    from_kinds: tuple[SubjectKind, ...] = Field(alias="from")
    to_kinds: tuple[SubjectKind, ...] = Field(alias="to")

    def allows(self, source: SubjectKind, target: SubjectKind) -> bool:
        return source in self.from_kinds and target in self.to_kinds

    def words_of(self, locale: str, *, is_reverse: bool) -> str:
        if is_reverse:
            return self.reverse_en if locale == "en" else self.reverse
        return self.words(locale)


class SubjectLimits(_Data):
    """How many a subject may have: relations (both directions), subjects above it in a hierarchy, photos, responsible
    people. undo_days: how long a merge or a split can be undone."""

    relations: int
    ancestors: int
    photos: int
    people: int
    undo_days: int


def _is_date(text: str) -> bool:
    try:
        return date.fromisoformat(text).isoformat() == text
    except ValueError:
        return False


@cache
def _data() -> Any:
    return json.loads(_KINDS.read_text(encoding="utf-8"))


@cache
def kind_rules(kind: SubjectKind) -> KindRules:
    """What holds for this kind."""
    return KindRules.model_validate(next(entry for entry in _data()["kinds"] if entry["code"] == kind.value))


@cache
def relation_rules(kind: RelationKind) -> RelationRules:
    return RelationRules.model_validate(next(entry for entry in _data()["relations"] if entry["code"] == kind.value))


@cache
def responsible_roles() -> tuple[Wording, ...]:
    """In which roles somebody may be responsible."""
    return tuple(Wording.model_validate(entry) for entry in _data()["roles"])


@cache
def subject_limits() -> SubjectLimits:
    return SubjectLimits.model_validate(_data()["limits"])


def relations_between(source: SubjectKind, target: SubjectKind) -> tuple[RelationKind, ...]:
    """The ways in which a subject of one kind may relate to one of another."""
    return tuple(kind for kind in RelationKind if relation_rules(kind).allows(source, target))
