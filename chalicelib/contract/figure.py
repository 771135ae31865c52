"""Figures of a package as versioned data: amounts, shares, terms and limits, each with its days of validity and basis.

Nothing here is law by itself: a figure names the bases that it rests on, or is a proposal of ours. Of a figure's
versions the newest one in force on the day counts, so an old period is always judged by the figures of that period.
Items, paragraphs and clocks of the package name a figure instead of repeating it (`contract/figure_uses.py`).
"""

import json
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.label import Code


class FigureUnit(StrEnum):
    """What `value` counts; basis points are hundredths of a per cent."""

    FEN = "fen"
    BASIS_POINTS = "basis_points"
    HOUR = "hour"
    DAY = "day"
    WORKING_DAY = "working_day"
    MONTH = "month"
    COUNT = "count"
    POINT = "point"

    @property
    def decimals(self) -> int:
        """People write fen as yuan and basis points as per cent, with two decimals."""
        return 2 if self in (FigureUnit.FEN, FigureUnit.BASIS_POINTS) else 0


class FigureStatus(StrEnum):
    """How far a figure may be relied on. A proposal is the platform's own and is never shown as law."""

    VERIFIED = "verified"
    TO_BE_CONFIRMED = "to_be_confirmed"
    PROPOSAL = "proposal"


class FigureRange(BaseModel):
    """Within what a tenant may set a figure, both ends included, in the figure's unit."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    minimum: int = Field(ge=0)
    maximum: int = Field(ge=0)

    def holds(self, value: int) -> bool:
        return self.minimum <= value <= self.maximum


_UNIT_WORDS = {
    FigureUnit.FEN: ("元", " yuan", " yuan"),
    FigureUnit.BASIS_POINTS: ("%", "%", "%"),
    FigureUnit.HOUR: ("小时", " hour", " hours"),
    FigureUnit.DAY: ("天", " day", " days"),
    FigureUnit.WORKING_DAY: ("个工作日", " working day", " working days"),
    FigureUnit.MONTH: ("个月", " month", " months"),
    FigureUnit.COUNT: ("", "", ""),
    FigureUnit.POINT: ("分", " point", " points"),
}
"""As it stands behind a number: in Chinese, in English behind one, and behind any other."""


def amount_words(value: int, unit: FigureUnit, is_chinese: bool) -> str:
    """A value as people read it: 500000 fen is 5000元, 2000 basis points are 20%."""
    whole, rest = divmod(value, 100) if unit.decimals else (value, 0)
    tail = f".{rest:02d}".rstrip("0") if rest else ""
    chinese, one, several = _UNIT_WORDS[unit]
    return f"{whole}{tail}{chinese if is_chinese else one if value == 1 else several}"


class Figure(BaseModel):
    """One version of one number. `effective_to` is the first day on which it no longer holds. tenant_range: within what
    a tenant may set it, none where nobody may: law stays law, so never of a verified figure, and of one that rests on a
    text still to be confirmed only away from its value to one side, the stricter."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Code
    version: int = Field(default=1, ge=1)
    label: str = Field(min_length=1)
    label_en: str = Field(min_length=1)
    value: int = Field(ge=0)
    unit: FigureUnit
    status: FigureStatus
    legal_basis_ids: tuple[Code, ...] = ()
    note: str = ""
    effective_from: date
    effective_to: date | None = None
    tenant_range: FigureRange | None = None

    @model_validator(mode="after")
    def _law_stays_law(self) -> Self:
        held = self.tenant_range
        if held is None:
            return self
        if self.status is FigureStatus.VERIFIED:
            raise ValueError("a verified figure is law: no tenant sets it")
        if not held.holds(self.value):
            raise ValueError("tenant_range holds the figure's own value")
        return self

    @property
    def may_be_loosened(self) -> bool:
        """Whether a tenant could set a figure of a text still to be confirmed to either side of the package's value. A
        property and no validator: a tenant's own value lies inside the range."""
        held = self.tenant_range
        is_open = held is not None and self.value not in (held.minimum, held.maximum)
        return is_open and self.status is FigureStatus.TO_BE_CONFIRMED

    @model_validator(mode="after")
    def _source_is_honest(self) -> Self:
        if (self.status is FigureStatus.PROPOSAL) is bool(self.legal_basis_ids):
            raise ValueError("a proposal cites nothing, every other figure cites its basis")
        if self.effective_to and self.effective_to <= self.effective_from:
            raise ValueError("effective_to is after effective_from")
        return self

    def is_in_force(self, on: date) -> bool:
        return self.effective_from <= on and (self.effective_to is None or on < self.effective_to)


def figure_on(figures: Iterable[Figure], figure_id: str, on: date) -> Figure:
    """The newest version in force on a day of China's calendar. Raises RecordNotFoundError."""
    found = [one for one in figures if one.id == figure_id and one.is_in_force(on)]
    if not found:
        raise RecordNotFoundError(kind="figure", id=figure_id)
    return max(found, key=lambda one: one.version)


class DerivedLabel(BaseModel):
    """Words for a value that is computed from answers and is no indicator."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Code
    label: str
    label_en: str
    formula: str
    formula_en: str


def derived_label(labels: Iterable[DerivedLabel], derived_id: str) -> DerivedLabel:
    """The words of a derived value. Raises RecordNotFoundError."""
    for one in labels:
        if one.id == derived_id:
            return one
    raise RecordNotFoundError(kind="derived_label", id=derived_id)


class FigureFile(BaseModel):
    """The file of a package's figures, with the words of what is computed from them. A trade's own tables stand beside
    them in a class of its own; a table names figures by their ids."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    figures: tuple[Figure, ...]
    derived: tuple[DerivedLabel, ...] = ()

    def with_figures(self, figures: tuple[Figure, ...]) -> Self:
        """The same tables with the figures of a scenario, as a tenant may have set them. A version that was frozen
        before figures were part of it has none, and goes by ours."""
        return self.model_copy(update={"figures": figures}) if figures else self

    @classmethod
    def read(cls, path: Path) -> Self:
        """Raises pydantic's ValidationError."""
        body = json.loads(path.read_bytes())
        return cls.model_validate({name: value for name, value in body.items() if name != "$schema"})

    def figure(self, figure_id: str, on: date) -> int:
        """The value in force on a day of China's calendar. Raises RecordNotFoundError."""
        return figure_on(self.figures, figure_id, on).value

    def words(self, derived_id: str) -> DerivedLabel:
        """The words of a derived value. Raises RecordNotFoundError."""
        return derived_label(self.derived, derived_id)

    def must_hold(self, named: Iterable[str]) -> None:
        """Raises ValueError for figures that a table names and the file lacks."""
        if missing := set(named) - {one.id for one in self.figures}:
            raise ValueError(f"no figure {', '.join(sorted(missing))}")
