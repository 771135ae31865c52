"""Manifest of a scenario package: what it is called, whom it concerns and which departments take part."""

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from chalicelib.domain.condition import Scalar
from chalicelib.domain.label import Code, Label
from chalicelib.domain.register_columns import Choice, Column, ColumnType

CONTRACT_VERSION = 1
"""Version of the contract that this code speaks; a package built for another one is refused."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class DepartmentLabel(_Data):
    """A department's code and its usual Chinese name; a tenant maps the code to its own department."""

    code: Code
    label: Label = Field(min_length=1)


class SubjectKindLabel(_Data):
    """A kind of subject that the scenario regulates."""

    code: Code
    label: Label = Field(min_length=1)


class Attribute(_Data):
    """An attribute of a subject that conditions may look at, and the register's column that tells it.

    synonyms: other headers that files use for it; choices: only of type `choice`; default: the value of a subject of
    which the register says nothing (none: it is not known, and conditions on it do not hold); subject_kinds: those
    that have it, empty for all of the scenario; moves_evaluation: whether a subject is evaluated anew when it changes.
    """

    code: Code
    label: Label = Field(min_length=1)
    type: ColumnType
    synonyms: tuple[str, ...] = ()
    choices: tuple[Choice, ...] = ()
    default: Scalar | None = None
    subject_kinds: tuple[Code, ...] = ()
    moves_evaluation: bool = False

    @model_validator(mode="after")
    def _default_fits(self) -> Self:
        if bool(self.choices) != (self.type is ColumnType.CHOICE):
            raise ValueError("choices belong to type choice, which needs them")
        if self.default is None or self.fits(self.default):
            return self
        if self.choices and isinstance(self.default, str):
            raise ValueError("the default is one of the choices")
        raise ValueError(f"the default is no {self.type.value}")

    def fits(self, value: Scalar) -> bool:
        """Whether the attribute may have this value, by its type and its choices."""
        kinds: dict[ColumnType, type] = {ColumnType.BOOLEAN: bool, ColumnType.INTEGER: int}
        is_known = not self.choices or value in {one.code for one in self.choices}
        return type(value) is kinds.get(self.type, str) and is_known

    @property
    def column(self) -> Column:
        """As a column of the register."""
        return Column(
            id=self.code,
            label=self.label,
            type=self.type,
            synonyms=self.synonyms,
            choices=self.choices,
            default=self.default,
            is_attribute=True,
            subject_kinds=self.subject_kinds,
        )


class Manifest(_Data):
    """Identity of one version. `version_on` is the day on which the version's law was looked at; every basis given as
    verified must be in force on it."""

    name: Code
    label: Label = Field(min_length=1)
    summary: Label = Field(min_length=1)
    version: str = Field(pattern=r"^\d+\.\d+\.\d+$")
    version_on: date
    contract_version: int
    subject_kinds: tuple[SubjectKindLabel, ...] = Field(min_length=1)
    attributes: tuple[Attribute, ...] = ()
    lead_department: Code
    departments: tuple[DepartmentLabel, ...] = Field(min_length=1)
    owners: tuple[str, ...] = Field(min_length=1)
    languages: tuple[str, ...] = ("en",)

    @field_validator("contract_version")
    @classmethod
    def _is_spoken(cls, version: int) -> int:
        """Of the field alone: a newer contract has fields that are not known here, and this is why."""
        if version != CONTRACT_VERSION:
            raise ValueError(f"contract version {CONTRACT_VERSION} is spoken here")
        return version

    @model_validator(mode="after")
    def _lead_takes_part(self) -> Self:
        if self.lead_department not in self.department_codes:
            raise ValueError("the lead department is one of the departments")
        return self

    @property
    def department_codes(self) -> tuple[str, ...]:
        return tuple(one.code for one in self.departments)

    @property
    def partner_departments(self) -> tuple[str, ...]:
        return tuple(code for code in self.department_codes if code != self.lead_department)

    @property
    def subject_kind_codes(self) -> tuple[str, ...]:
        return tuple(one.code for one in self.subject_kinds)

    @property
    def register_columns(self) -> tuple[Column, ...]:
        """What a register may tell of this scenario's subjects besides the columns that every register has."""
        return tuple(one.column for one in self.attributes)

    @property
    def moving_attributes(self) -> frozenset[str]:
        """Codes of the attributes whose change asks for an evaluation."""
        return frozenset(one.code for one in self.attributes if one.moves_evaluation)

    def tells_evaluation(self, attributes: Mapping[str, Scalar]) -> bool:
        """Whether a subject's attributes say anything that an evaluation rests on, beyond what holds of every one."""
        moving = (one for one in self.attributes if one.moves_evaluation)
        return any(attributes.get(one.code) not in (None, False, "", one.default) for one in moving)

    def kind_labels(self, codes: Iterable[str]) -> list[str]:
        """Names of kinds of subject, in the order of the manifest."""
        wanted = set(codes)
        return [one.label for one in self.subject_kinds if one.code in wanted]

    def department_label(self, code: str) -> str:
        """The department's name, the code itself when the package does not know it."""
        return next((one.label for one in self.departments if one.code == code), code)
