"""Fuel reconciliation: does what came in, went out and lies in the tanks add up?

All quantities are whole litres of one period on one temperature basis; the ratio is in basis points of the purchases.
Thresholds are a proposal and live in evaluation.json, where a tenant sets its own.
"""

from collections.abc import Mapping

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.item import Answer

MEASURES = ("fuel_opening_litres", "fuel_purchases_litres", "fuel_sales_litres", "fuel_closing_litres")
DIFFERENCE_RATIO = "fuel_difference_ratio"
DIFFERENCE_LITRES = "fuel_difference_litres"


class FuelMovements(BaseModel):
    """Stock at both ends of a period and what moved in between, in litres."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    opening: int = Field(ge=0)
    purchases: int = Field(ge=0)
    sales: int = Field(ge=0)
    closing: int = Field(ge=0)

    @property
    def difference_litres(self) -> int:
        """|opening + purchases − sales − closing|."""
        return abs(self.opening + self.purchases - self.sales - self.closing)

    @property
    def difference_basis_points(self) -> int | None:
        """The difference in basis points of the purchases, rounded up so that "above 1 %" stays exact; None without
        purchases, when the ratio says nothing."""
        return -(-self.difference_litres * 10_000 // self.purchases) if self.purchases else None


def read_movements(measures: Mapping[str, int], answers: Mapping[str, Answer]) -> FuelMovements | None:
    """The four quantities by name from measures, else from answers; None while one is missing or negative."""
    values: list[int] = []
    for name in MEASURES:
        answer = answers.get(name)
        value = measures.get(name, answer.number if answer else None)
        if value is None or value < 0:
            return None
        values.append(value)
    return FuelMovements(**dict(zip(("opening", "purchases", "sales", "closing"), values, strict=True)))
