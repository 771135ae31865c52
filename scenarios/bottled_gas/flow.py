"""Do the cylinders and the gas of a period add up? Whole cylinders and whole kilograms; ratios in basis points.

Cylinders: full ones at the beginning + filled + brought back full = delivered + full ones at the end + emptied or
withdrawn. What is missing left without a record; what is too many was filled without one.
"""

from pydantic import BaseModel, ConfigDict, Field

from scenarios.bottled_gas.ratio import rounded_down, rounded_up

FLOW = (
    "cylinders_opening",
    "cylinders_filled",
    "cylinders_returned_full",
    "cylinders_delivered",
    "cylinders_withdrawn",
    "cylinders_closing",
)
GAS = ("gas_opening_kg", "gas_purchased_kg", "gas_filled_kg", "gas_closing_kg")


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class CylinderFlow(_Data):
    """Full cylinders of one station and period."""

    opening: int = Field(ge=0)
    filled: int = Field(ge=0)
    returned_full: int = Field(ge=0)
    delivered: int = Field(ge=0)
    withdrawn: int = Field(ge=0)
    closing: int = Field(ge=0)

    @property
    def missing(self) -> int:
        """Full cylinders that should be there and are not; less than nought: more left or lie there than came."""
        return self.opening + self.filled + self.returned_full - self.delivered - self.withdrawn - self.closing

    @property
    def difference_basis_points(self) -> int | None:
        """|missing| in basis points of what was on hand, rounded up; None when nothing was on hand."""
        return rounded_up(abs(self.missing), self.opening + self.filled + self.returned_full)


class GasBalance(_Data):
    """Gas of one station and period in kilograms, by the weighbridge and the filling scales."""

    opening: int = Field(ge=0)
    purchased: int = Field(ge=0)
    filled: int = Field(ge=0)
    closing: int = Field(ge=0)

    @property
    def unaccounted(self) -> int:
        """Gas that came and was neither filled on record nor is still there; less than nought: more was filled."""
        return self.opening + self.purchased - self.filled - self.closing

    @property
    def unaccounted_basis_points(self) -> int | None:
        """|unaccounted| in basis points of what was on hand, rounded up; None when nothing was on hand."""
        return rounded_up(abs(self.unaccounted), self.opening + self.purchased)


def traced_share(traced: int, delivered: int) -> int | None:
    """Deliveries whose cylinder and user were scanned, in basis points of all, rounded down; None without any, or when
    more were scanned than delivered (the figures are of different periods)."""
    return None if traced > delivered else rounded_down(traced, delivered)


def share_of_filled(count: int, filled: int) -> int | None:
    """A part of the cylinders filled (others' ones, overdue ones) in basis points, rounded up: one among ten thousand
    is not none. None when none was filled or the part is more than the whole."""
    return None if count > filled else rounded_up(count, filled)


def net_shortage(nominal_grams: int, measured_grams: int) -> int | None:
    """What the weighed net content lacks, in basis points of the nominal, rounded up; nought when nothing lacks."""
    return rounded_up(max(0, nominal_grams - measured_grams), nominal_grams)
