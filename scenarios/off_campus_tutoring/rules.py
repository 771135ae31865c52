"""Figures of tutoring fees as versioned data: how much one charge may cover and how large a deposit is."""

import json
from datetime import date
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict

from chalicelib.contract.figure import DerivedLabel, Figure, derived_label, figure_on

_FILE = Path(__file__).parent / "tutoring_rules.json"


class TutoringRules(BaseModel):
    """tutoring_rules.json."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    figures: tuple[Figure, ...]
    derived: tuple[DerivedLabel, ...]

    def figure(self, figure_id: str, on: date) -> int:
        """The value in force on a day of China's calendar. Raises RecordNotFoundError."""
        return figure_on(self.figures, figure_id, on).value

    def words(self, derived_id: str) -> DerivedLabel:
        """The words of a derived value. Raises RecordNotFoundError."""
        return derived_label(self.derived, derived_id)


@cache
def tutoring_rules() -> TutoringRules:
    """The rules that ship with the package."""
    body = json.loads(_FILE.read_bytes())
    return TutoringRules.model_validate({key: value for key, value in body.items() if key != "$schema"})
