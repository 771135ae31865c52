"""Prepaid money of one quarter against the money set aside for it. All amounts are whole fen.

What must be set aside is rounded up and coverage is rounded down: a fen that is missing shows. How full the cap is, is
rounded up: a fen too much shows.
"""

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.contract.quantity import ratio_rounded_down, ratio_rounded_up, share_rounded_up


class QuarterlyReport(BaseModel):
    """Position at the end of a quarter: prepaid balance, money in the escrow account, and what an insurance or a bank
    guarantee covers instead."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    prepaid_balance: int = Field(ge=0)
    escrow_balance: int = Field(ge=0)
    guaranteed: int = Field(default=0, ge=0)

    def required(self, share_basis_points: int) -> int:
        """What has to be set aside at this share."""
        return share_rounded_up(self.prepaid_balance, share_basis_points)

    def shortfall(self, share_basis_points: int) -> int:
        """What is missing, never below nought: too much in one quarter is no credit for the next."""
        return max(0, self.required(share_basis_points) - self.escrow_balance - self.guaranteed)

    def coverage(self, share_basis_points: int) -> int | None:
        """Set aside ÷ required in basis points, rounded down: below 10 000 exactly when something is missing. None when
        nothing is required."""
        return ratio_rounded_down(self.escrow_balance + self.guaranteed, self.required(share_basis_points))

    def cap_usage(self, cap: int) -> int | None:
        """Prepaid balance ÷ cap in basis points, rounded up: above 10 000 exactly when the cap is exceeded. None when
        the cap is nought."""
        return ratio_rounded_up(self.prepaid_balance, cap)
