"""Figures of the card rules as versioned data: amounts, shares and terms, each with its days of validity and its basis.

Nothing here is law by itself: a figure names the bases that it rests on, or is a proposal of ours. Of a figure's
versions the newest one in force on the day counts, so an old quarter is always judged by the figures of that quarter.
"""

import json
from collections.abc import Iterable
from datetime import date
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.label import Code

_FILE = Path(__file__).parent / "card_rules.json"


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FigureUnit(StrEnum):
    """What `value` counts; basis points are hundredths of a per cent."""

    FEN = "fen"
    BASIS_POINTS = "basis_points"
    DAY = "day"
    MONTH = "month"
    COUNT = "count"


class FigureStatus(StrEnum):
    """How far a figure may be relied on. A proposal is the platform's own and is never shown as law."""

    VERIFIED = "verified"
    TO_BE_CONFIRMED = "to_be_confirmed"
    PROPOSAL = "proposal"


class Figure(_Data):
    """One version of one number. `effective_to` is the first day on which it no longer holds."""

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

    @model_validator(mode="after")
    def _source_is_honest(self) -> Self:
        if (self.status is FigureStatus.PROPOSAL) is bool(self.legal_basis_ids):
            raise ValueError("a proposal cites nothing, every other figure cites its basis")
        if self.effective_to and self.effective_to <= self.effective_from:
            raise ValueError("effective_to is after effective_from")
        return self

    def is_in_force(self, on: date) -> bool:
        return self.effective_from <= on and (self.effective_to is None or on < self.effective_to)


class CategoryRule(_Data):
    """A category of issuers. It fits by the attribute, or by one of the two figures (ids); the first that fits counts.
    `escrow_share` is a figure in basis points of the quarter's prepaid balance, None where none is required."""

    id: Code
    label: str
    label_en: str
    attribute: Code | None = None
    revenue_at_least: Code | None = None
    capital_at_least: Code | None = None
    escrow_share: Code | None = None
    filed_with: str
    filed_with_en: str

    @property
    def is_open_to_all(self) -> bool:
        return not (self.attribute or self.revenue_at_least or self.capital_at_least)


class CapBase(StrEnum):
    """Of what the cap on prepaid money is a share."""

    PRIOR_YEAR_REVENUE = "prior_year_revenue"
    REGISTERED_CAPITAL = "registered_capital"


class CapRule(_Data):
    """How high the prepaid balance may be. The first that fits counts; an empty narrowing fits everybody."""

    category: Code | None = None
    is_young: bool | None = None
    trades: tuple[Code, ...] = ()
    base: CapBase
    share: Code


class DerivedLabel(_Data):
    """Words for a value that is computed from answers and is no indicator."""

    id: Code
    label: str
    label_en: str
    formula: str
    formula_en: str


class CardRules(_Data):
    """card_rules.json."""

    figures: tuple[Figure, ...]
    commerce_trades: tuple[Code, ...]
    commerce_legal_forms: tuple[Code, ...]
    categories: tuple[CategoryRule, ...] = Field(min_length=1)
    caps: tuple[CapRule, ...] = Field(min_length=1)
    derived: tuple[DerivedLabel, ...]

    @model_validator(mode="after")
    def _names_resolve(self) -> Self:
        known = {one.id for one in self.figures}
        used = {one.share for one in self.caps}
        for one in self.categories:
            used |= {x for x in (one.revenue_at_least, one.capital_at_least, one.escrow_share) if x}
        if missing := used - known:
            raise ValueError(f"no figure {', '.join(sorted(missing))}")
        if not self.categories[-1].is_open_to_all:
            raise ValueError("the last category takes everybody")
        return self

    def figure(self, figure_id: str, on: date) -> int:
        """The value in force on a day of China's calendar. Raises RecordNotFoundError."""
        found = [one for one in self.figures if one.id == figure_id and one.is_in_force(on)]
        if not found:
            raise RecordNotFoundError(kind="card_figure", id=figure_id)
        return max(found, key=lambda one: one.version).value

    def words(self, derived_id: str) -> DerivedLabel:
        """The words of a derived value. Raises RecordNotFoundError."""
        return _named(self.derived, derived_id)


def _named(labels: Iterable[DerivedLabel], derived_id: str) -> DerivedLabel:
    for one in labels:
        if one.id == derived_id:
            return one
    raise RecordNotFoundError(kind="derived_label", id=derived_id)


@cache
def card_rules() -> CardRules:
    """The rules that ship with the package."""
    body = json.loads(_FILE.read_text(encoding="utf-8"))
    return CardRules.model_validate({key: value for key, value in body.items() if key != "$schema"})
