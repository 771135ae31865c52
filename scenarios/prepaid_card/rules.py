"""Figures of the card rules as versioned data: amounts, shares and terms, each with its days of validity and its basis.

Nothing here is law by itself: a figure names the bases that it rests on, or is a proposal of ours. Of a figure's
versions the newest one in force on the day counts, so an old quarter is always judged by the figures of that quarter.
"""

from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chalicelib.contract.figure import FigureFile
from chalicelib.domain.label import Code

_FILE = Path(__file__).parent / "card_rules.json"


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


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

    @property
    def is_open_to_all(self) -> bool:
        return not (self.attribute or self.revenue_at_least or self.capital_at_least)


class CapBase(StrEnum):
    """Of what the cap on prepaid money is a share."""

    PRIOR_YEAR_REVENUE = "prior_year_revenue"
    PRIOR_YEAR_TOTAL_REVENUE = "prior_year_total_revenue"
    REGISTERED_CAPITAL = "registered_capital"


class CapRule(_Data):
    """How high the prepaid balance may be. The first that fits counts; an empty narrowing fits everybody."""

    category: Code | None = None
    is_young: bool | None = None
    trades: tuple[Code, ...] = ()
    base: CapBase
    share: Code


class CardRules(FigureFile):
    """card_rules.json."""

    commerce_trades: tuple[Code, ...]
    commerce_legal_forms: tuple[Code, ...]
    categories: tuple[CategoryRule, ...] = Field(min_length=1)
    caps: tuple[CapRule, ...] = Field(min_length=1)

    @model_validator(mode="after")
    def _names_resolve(self) -> Self:
        used = {one.share for one in self.caps}
        for one in self.categories:
            used |= {x for x in (one.revenue_at_least, one.capital_at_least, one.escrow_share) if x}
        self.must_hold(used)
        if not self.categories[-1].is_open_to_all:
            raise ValueError("the last category takes everybody")
        return self


@cache
def card_rules() -> CardRules:
    """The rules that ship with the package."""
    return CardRules.read(_FILE)
