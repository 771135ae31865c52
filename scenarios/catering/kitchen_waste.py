"""Does the kitchen's waste add up? What the ledger says left the kitchen, what the collector's slips say arrived, and
how much a meal leaves behind. Weights are whole kilograms, the share of a meal whole grams."""

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.contract.quantity import ratio_rounded_down, ratio_rounded_up

GRAMS = 1_000


class KitchenWaste(BaseModel):
    """One period: waste in the shop's ledger, waste on the collector's slips."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    logged: int = Field(ge=0)
    collected: int = Field(ge=0)

    @property
    def difference(self) -> int:
        """|ledger − slips|, kilograms."""
        return abs(self.logged - self.collected)

    @property
    def difference_basis_points(self) -> int | None:
        """The difference in basis points of the ledger, rounded up so that "above 10 %" stays exact; None without any
        waste in the ledger, when the ratio says nothing."""
        return ratio_rounded_up(self.difference, self.logged)


def grams_per_meal(collected: int, meals: int) -> int | None:
    """What the collector took per meal served, rounded down so that "below 50 g" stays exact; None without meals."""
    return ratio_rounded_down(collected, meals, GRAMS)


def oil_returned(bought: int, handed_over: int) -> int | None:
    """Waste oil handed over in basis points of the oil bought, rounded down; None where none was bought."""
    return ratio_rounded_down(handed_over, bought)
