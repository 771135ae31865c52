"""Screening of cracks, tilt and settlement: integer figures that say whether an appraisal is asked for.

A screening never grades a building: A–D comes from an appraisal body alone. Lengths of cracks and settlement are in
0.01 mm, tilt in permille, rates in 0.01 mm per month of 30 days or per day. Every ratio is rounded up, so that a
reading is strictly above a whole threshold exactly when the true value is. Thresholds live in evaluation.json.
"""

from collections.abc import Callable, Mapping
from typing import Final

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.evaluation_rules import Indicator
from chalicelib.domain.item import Answer, Compliance

MONTH_DAYS: Final = 30
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
        """Permille, rounded up."""
        return ratio_up(self.displacement, 1000, self.height)

    @property
    def monthly_rates(self) -> tuple[int | None, int | None]:
        """Of the earlier and the later period, in 0.01 mm per 30 days, rounded up."""
        return (
            ratio_up(self.earlier, MONTH_DAYS, self.earlier_days),
            ratio_up(self.later, MONTH_DAYS, self.later_days),
        )


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


def screen_measurements(measured: Measurements, indicators: Mapping[str, Indicator]) -> dict[str, int]:
    """Reading of each screening indicator that the measurements allow, in the order of the screening.

    Which figure of the standard fits depends on other readings: a crack counts there only where tilt goes with it, and
    a building of unknown storeys is held to the stricter figure. Both comparisons use the indicators' own thresholds.
    """
    tilt, (earlier, later) = measured.tilt, measured.monthly_rates
    reaches = _reaches(indicators)
    is_tall = measured.storeys is None or reaches(STANDARD_STOREYS, measured.storeys)
    readings = {
        "wall_crack_width": measured.crack,
        "overall_tilt": tilt,
        "settlement_rate": later,
        "settlement_rate_sustained": None if earlier is None or later is None else min(earlier, later),
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
