"""How much of a prepayment goes back (法释〔2025〕4号 15, 18–20). All amounts are whole fen.

What counts as consumed is rounded down to the fen, so the doubt is the consumer's; interest is not computed here.
"""

from pydantic import BaseModel, ConfigDict, Field


class Prepayment(BaseModel):
    """paid: what the consumer paid; bonus: what was given on top; consumed: taken off the card at list price."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    paid: int = Field(ge=0)
    bonus: int = Field(default=0, ge=0)
    consumed: int = Field(default=0, ge=0)

    def refund_not_for_consumers_reason(self) -> int:
        """The reason does not lie with the consumer: consumption counts at the reduced rate paid ÷ (paid + bonus)
        (18), at most what was paid."""
        granted = self.paid + self.bonus
        if granted == 0:
            return 0
        return self.paid - min(self.paid, self.consumed * self.paid // granted)

    def refund_for_consumers_reason(self) -> int:
        """The consumer's own reason: consumption counts at list price (19); nobody has to pay in addition (20)."""
        return max(0, self.paid - self.consumed)
