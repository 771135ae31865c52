"""Screening of cracks, tilt and settlement: integer figures that say whether an appraisal is asked for.

A screening never grades a building: A–D comes from an appraisal body alone. Lengths of cracks and settlement are in
0.01 mm, tilt in 0.01 permille, rates in 0.01 mm per month of 30 days or per day. A ratio is rounded up, so that a
reading is strictly above a whole threshold exactly when the true value is; only the tilt of our own proposal, which
begins at its figure, is rounded down. Thresholds live in evaluation.json, figures in house_rules.json.
"""

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.contract.figure import FigureFile
from chalicelib.domain.evaluation_rules import Indicator
from chalicelib.domain.item import Answer, Compliance

MONTH_DAYS: Final = 30
TILT_PARTS: Final = 100_000
"""Of 0.01 permille in one."""
SUSTAINED_DAYS: Final = "sustained_settlement_days"
"""Figure: how many days two periods of settlement cover together before their rate counts as sustained."""
STOREYS: Final = "storeys"
STANDARD_STOREYS: Final = "standard_storeys"
"""Indicator whose threshold tells the standard's low buildings from its taller ones; never a reading of its own, and
apart from `storeys`, which a tenant may set for its own scores."""
ASKED: Final = "appraisal_asked"
"""Indicator that counts the readings beyond a threshold: any of them asks for an appraisal."""
_QUESTIONS: Final = {
    "crack": "crack_width",
    "displacement": "tilt_displacement",
    "height": "tilt_height",
    "earlier": "settlement_earlier",
    "earlier_days": "settlement_earlier_days",
    "later": "settlement_later",
    "later_days": "settlement_later_days",
    "storeys": "storeys_counted",
}
MEASURED: Final = tuple(key for field, key in _QUESTIONS.items() if field != STOREYS)
"""Question keys whose answers are measured on the building."""
EXCAVATION: Final = "excavation_near"


@cache
def house_rules() -> FigureFile:
    """house_rules.json. Raises pydantic's ValidationError."""
    return FigureFile.read(Path(__file__).parent / "house_rules.json")


class Measurements(BaseModel):
    """What was measured. crack and settlements: 0.01 mm; displacement and height: mm; None: not measured."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    crack: int | None = Field(default=None, ge=0)
    displacement: int | None = Field(default=None, ge=0)
    height: int | None = Field(default=None, ge=0)
    earlier: int | None = Field(default=None, ge=0)
    earlier_days: int | None = Field(default=None, ge=0)
    later: int | None = Field(default=None, ge=0)
    later_days: int | None = Field(default=None, ge=0)
    storeys: int | None = Field(default=None, ge=0)
    is_beside_excavation: bool = False

    @property
    def tilt(self) -> int | None:
        """0.01 permille, rounded up."""
        return ratio_up(self.displacement, TILT_PARTS, self.height)

    @property
    def tilt_reached(self) -> int | None:
        """0.01 permille, rounded down: at a whole figure exactly when the true tilt is at or above it."""
        return None if self.displacement is None or not self.height else self.displacement * TILT_PARTS // self.height

    @property
    def monthly_rates(self) -> tuple[int | None, int | None]:
        """Of the earlier and the later period, in 0.01 mm per 30 days, rounded up."""
        return (
            ratio_up(self.earlier, MONTH_DAYS, self.earlier_days),
            ratio_up(self.later, MONTH_DAYS, self.later_days),
        )

    def sustained_rate(self, least_days: int) -> int | None:
        """The smaller of both monthly rates; None unless both periods are known and cover `least_days` together."""
        earlier, later = self.monthly_rates
        if earlier is None or later is None or (self.earlier_days or 0) + (self.later_days or 0) < least_days:
            return None
        return min(earlier, later)


def ratio_up(part: int | None, times: int, whole: int | None) -> int | None:
    """part × times ÷ whole, rounded up; None while something is missing or the whole is nought."""
    return None if part is None or not whole else -(-part * times // whole)


def read_measurements(measures: Mapping[str, int], answers: Mapping[str, Answer]) -> Measurements:
    """By question key from measures, else from answers; what is missing or negative counts as not measured."""
    found: dict[str, int] = {}
    for field, key in _QUESTIONS.items():
        answer = answers.get(key)
        value = measures.get(key, answer.number if answer else None)
        if value is not None and value >= 0:
            found[field] = value
    near = answers.get(EXCAVATION)
    is_near = bool(measures.get(EXCAVATION)) or bool(near and near.compliance is Compliance.NON_COMPLIANT)
    return Measurements.model_validate({**found, "is_beside_excavation": is_near})


def screen_measurements(
    measured: Measurements, indicators: Mapping[str, Indicator], sustained_days: int
) -> dict[str, int]:
    """Reading of each screening indicator that the measurements allow, in the order of the screening.

    Which figure of the standard fits depends on other readings: a crack counts there only where tilt goes with it, and
    a building of unknown storeys is held to the stricter figure. Both comparisons use the indicators' own thresholds.
    sustained_days: the value of SUSTAINED_DAYS.
    """
    tilt = measured.tilt
    reaches = _reaches(indicators)
    is_tall = measured.storeys is None or reaches(STANDARD_STOREYS, measured.storeys)
    readings = {
        "wall_crack_width": measured.crack,
        "overall_tilt": measured.tilt_reached,
        "settlement_rate": measured.monthly_rates[1],
        "settlement_rate_sustained": measured.sustained_rate(sustained_days),
        "settlement_rate_daily": ratio_up(measured.later, 1, measured.later_days)
        if measured.is_beside_excavation
        else None,
        "standard_tilt_with_crack": tilt if measured.crack else None,
        "standard_crack_with_tilt": _together(measured.crack, tilt, reaches),
        "standard_tilt_high": tilt if is_tall else None,
        "standard_tilt_low": None if is_tall else tilt,
    }
    screened = {key: value for key, value in readings.items() if value is not None and key in indicators}
    if screened and ASKED in indicators:
        screened[ASKED] = sum(indicators[key].level_of(value) is not None for key, value in screened.items())
    return screened


def _together(crack: int | None, tilt: int | None, reaches: Callable[[str, int], bool]) -> int | None:
    if crack is None or tilt is None:
        return None
    return crack if reaches("standard_tilt_with_crack", tilt) else 0


def _reaches(indicators: Mapping[str, Indicator]) -> Callable[[str, int], bool]:
    def reaches(name: str, value: int) -> bool:
        return name in indicators and indicators[name].level_of(value) is not None

    return reaches
