"""Figures of the gas rules: inspection intervals and service lives of cylinders, cycles of safety checks at users.

A cylinder is told by its type; each type names its figures. Law fixes that cylinders are inspected and scrapped and
that users are checked, not how often: that is in technical rules, so those figures say how far they are confirmed.
"""

import json
from datetime import date
from functools import cache
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chalicelib.contract.figure import DerivedLabel, Figure, derived_label, figure_on
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


class GasRules(_Data):
    """gas_rules.json."""

    figures: tuple[Figure, ...]
    cylinder_types: tuple[CylinderType, ...] = Field(min_length=1)
    user_groups: tuple[UserGroup, ...] = Field(min_length=1)
    derived: tuple[DerivedLabel, ...]
    lot_states: tuple[StateLabel, ...]

    @model_validator(mode="after")
    def _names_resolve(self) -> Self:
        used = {one.check_cycle for one in self.user_groups}
        for kind in self.cylinder_types:
            used |= {x for x in (kind.inspection_interval, kind.service_life, kind.extended_life) if x}
        if missing := used - {one.id for one in self.figures}:
            raise ValueError(f"no figure {', '.join(sorted(missing))}")
        return self

    def figure(self, figure_id: str, on: date) -> int:
        """The value in force on a day of China's calendar. Raises RecordNotFoundError."""
        return figure_on(self.figures, figure_id, on).value

    def cylinder_type(self, type_id: str) -> CylinderType | None:
        return next((one for one in self.cylinder_types if one.id == type_id), None)

    def user_group(self, group_id: str) -> UserGroup | None:
        return next((one for one in self.user_groups if one.id == group_id), None)

    def lot_state(self, state_id: str) -> StateLabel | None:
        return next((one for one in self.lot_states if one.id == state_id), None)

    def words(self, derived_id: str) -> DerivedLabel:
        """The words of a derived value. Raises RecordNotFoundError."""
        return derived_label(self.derived, derived_id)


@cache
def gas_rules() -> GasRules:
    """The rules that ship with the package."""
    return GasRules.model_validate_json(json.dumps(json.loads(_FILE.read_text(encoding="utf-8"))))
