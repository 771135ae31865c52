"""Metrics (运行指标): which figures are kept, what each means, and the ratios made of them. All of it is data.

A standing metric says how many are open now, by county and by the day on which each falls due; a flow says how many
came to pass in a month (`2026-11`, Shanghai time), by county.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.label import Code

_DATA = Path(__file__).parent / "data" / "metrics.json"
NOW = "now"
"""The period of standing metrics."""


class MetricKind(StrEnum):
    STANDING = "standing"
    FLOW = "flow"


class RatioForm(StrEnum):
    """percent: numerator of denominator; mean: numerator for each one of denominator."""

    PERCENT = "percent"
    MEAN = "mean"


class Words(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    zh: str
    en: str

    def told(self, locale: str) -> str:
        return self.en if locale == "en" else self.zh


class Metric(BaseModel):
    """One figure. record: the kind of record that it counts."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Code
    kind: MetricKind
    record: Code
    label: Words
    unit: Words
    meaning: Words


class Ratio(BaseModel):
    """A figure made of two flows of the same month."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: Code
    numerator: Code
    denominator: Code
    form: RatioForm
    label: Words

    def value(self, flows: Mapping[str, int]) -> float | None:
        """Percent (0–100) or mean; None while the denominator is nothing."""
        below = flows.get(self.denominator, 0)
        if not below:
            return None
        share = flows.get(self.numerator, 0) / below
        return share * 100 if self.form is RatioForm.PERCENT else share


class Figure(BaseModel):
    """One stored count. county: 12 digits or empty; due_on: None for flows and for what has no clock."""

    model_config = ConfigDict(frozen=True)

    metric: Code
    period: str = Field(pattern=r"^(now|\d{4}-\d{2})$")
    county: str = Field(default="", pattern=r"^(|\d{12})$")
    due_on: date | None = None
    value: int = 1


class Windows(BaseModel):
    """What counts as soon: working days before a deadline, days before a certificate ends."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    soon_working_days: int
    certificate_days: int


@cache
def _data() -> dict[str, Any]:
    found: dict[str, Any] = json.loads(_DATA.read_text(encoding="utf-8"))
    return found


@cache
def windows() -> Windows:
    return Windows.model_validate(_data()["windows"])


@cache
def metrics() -> tuple[Metric, ...]:
    """Every metric in the order of the file."""
    return tuple(Metric.model_validate(one) for one in _data()["metrics"])


@cache
def ratios() -> tuple[Ratio, ...]:
    return tuple(Ratio.model_validate(one) for one in _data()["ratios"])


def metric(name: str) -> Metric:
    """The metric of this name. Raises RecordNotFoundError."""
    found = next((one for one in metrics() if one.name == name), None)
    if found is None:
        raise RecordNotFoundError(kind="metric", id=name)
    return found


def month_of(day: date) -> str:
    return f"{day:%Y-%m}"


def total(
    figures: Iterable[Figure], name: str, *, county: str = "", start: date | None = None, before: date | None = None
) -> int:
    """The sum of a metric, of one county, and of what falls due from `start` on and before a day; what has no clock is
    neither late nor due."""
    return sum(
        one.value
        for one in figures
        if one.metric == name
        and (not county or one.county == county)
        and (start is None or (one.due_on is not None and one.due_on >= start))
        and (before is None or (one.due_on is not None and one.due_on < before))
    )
