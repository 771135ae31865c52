"""Figures of the gas rules: inspection intervals and service lives of cylinders, cycles of safety checks at users.

A cylinder is told by its type; each type names its figures. Law fixes that cylinders are inspected and scrapped and
that users are checked, not how often: that is in technical rules, so those figures say how far they are confirmed.
"""

from functools import cache
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chalicelib.contract.figure import FigureFile
from chalicelib.domain.label import Code

_FILE = Path(__file__).parent / "gas_rules.json"


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CylinderType(_Data):
    """A type of cylinder and the ids of its figures, all in months: how often it is inspected, how long it serves, and
    how long at most when an assessment lets it go on (None: nothing lets it)."""

    id: Code
    inspection_interval: Code
    service_life: Code
    extended_life: Code | None = None


class UserGroup(_Data):
    """A group of users and the figure (months) within which each of them is checked at home or on the premises."""

    id: Code
    check_cycle: Code


class StateLabel(_Data):
    """Words for a state of a lot of cylinders."""

    id: Code
    label: str
    label_en: str


class GasRules(FigureFile):
    """gas_rules.json."""

    cylinder_types: tuple[CylinderType, ...] = Field(min_length=1)
    user_groups: tuple[UserGroup, ...] = Field(min_length=1)
    lot_states: tuple[StateLabel, ...]

    @model_validator(mode="after")
    def _names_resolve(self) -> Self:
        used = {one.check_cycle for one in self.user_groups}
        for kind in self.cylinder_types:
            used |= {x for x in (kind.inspection_interval, kind.service_life, kind.extended_life) if x}
        self.must_hold(used)
        return self

    def cylinder_type(self, type_id: str) -> CylinderType | None:
        return next((one for one in self.cylinder_types if one.id == type_id), None)

    def user_group(self, group_id: str) -> UserGroup | None:
        return next((one for one in self.user_groups if one.id == group_id), None)

    def lot_state(self, state_id: str) -> StateLabel | None:
        return next((one for one in self.lot_states if one.id == state_id), None)


@cache
def gas_rules() -> GasRules:
    """The rules that ship with the package."""
    return GasRules.read(_FILE)
