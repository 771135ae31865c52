"""Counting what there must be one of for each: a record for every day, a certificate for every pair of hands."""

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.contract.quantity import WHOLE, ratio_rounded_down

DAYS_IN_WEEK = 7


class Coverage(BaseModel):
    """So many are needed, so many are there. More than needed never makes up for anything."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    needed: int = Field(ge=0)
    held: int = Field(ge=0)

    @property
    def missing(self) -> int:
        return max(self.needed - self.held, 0)

    @property
    def basis_points(self) -> int | None:
        """The share that is there, at most the whole and rounded down, so that 100 % is said only when nothing is
        missing; None where none is needed."""
        share = ratio_rounded_down(self.held, self.needed)
        return None if share is None else min(share, WHOLE)


def weekly_records(opening_days: int, records: int) -> Coverage:
    """Weekly records against the full weeks in which the shop was open."""
    return Coverage(needed=opening_days // DAYS_IN_WEEK, held=records)
