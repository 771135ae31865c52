"""What the food risk class is computed from, as versioned data: sizes, kinds of food, findings and bands of classes."""

from functools import cache
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chalicelib.contract.figure import FigureFile
from chalicelib.domain.item import Severity
from chalicelib.domain.label import Code

_FILE = Path(__file__).parent / "food_rules.json"


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class ScaleStep(_Data):
    """Up to this size (no limit when None) the scale is worth the points of this figure."""

    up_to: int | None
    points: Code


class ScaleRule(_Data):
    """How the size of these forms of business is measured (an attribute of the register) and what it is worth."""

    business_forms: tuple[Code, ...] = Field(min_length=1)
    measured_by: Code
    steps: tuple[ScaleStep, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _steps_rise_without_end(self) -> Self:
        limits = [one.up_to for one in self.steps]
        known = [one for one in limits[:-1] if one is not None]
        if limits[-1] is not None or len(known) != len(limits) - 1 or known != sorted(set(known)):
            raise ValueError("steps rise, and only the last one has no limit")
        return self


class FoodKind(_Data):
    """A kind of food (a yes-or-no attribute of the register) and the figure with its points."""

    attribute: Code
    points: Code


class RiskClassBand(_Data):
    """A food risk class holds strictly above this figure's points (None: from nought)."""

    risk_class: str
    above: Code | None = None


class FoodRules(FigureFile):
    """food_rules.json."""

    scales: tuple[ScaleRule, ...] = Field(min_length=1)
    food_kinds: tuple[FoodKind, ...] = Field(min_length=1)
    finding_points: dict[Severity, Code]
    risk_classes: tuple[RiskClassBand, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_resolve(self) -> Self:
        used = {step.points for rule in self.scales for step in rule.steps}
        used |= {one.points for one in self.food_kinds} | set(self.finding_points.values())
        used |= {one.above for one in self.risk_classes if one.above}
        self.must_hold(used)
        if set(self.finding_points) != set(Severity):
            raise ValueError("findings of every severity have points")
        if self.risk_classes[0].above is not None or any(one.above is None for one in self.risk_classes[1:]):
            raise ValueError("only the lowest class starts from nought")
        return self


@cache
def food_rules() -> FoodRules:
    """The rules that ship with the package."""
    return FoodRules.read(_FILE)
