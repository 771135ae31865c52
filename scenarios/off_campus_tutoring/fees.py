"""Prepaid tutoring fees: what covers the lessons not yet taught, what one charge may take, what goes back.

All amounts are whole fen. What must be there is rounded up and what covers it down, so a fen that is missing shows; the
price of lessons taught is rounded down, so the doubt is the family's.
"""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.contract.quantity import ratio_rounded_down, share_rounded_up
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from scenarios.off_campus_tutoring.rules import TutoringRules


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Custody(_Data):
    """unconsumed: fees received and not yet taught; balance: money in the custody account."""

    unconsumed: int = Field(ge=0)
    balance: int = Field(ge=0)

    @property
    def shortfall(self) -> int:
        """What is missing, never below nought."""
        return max(0, self.unconsumed - self.balance)

    @property
    def coverage(self) -> int | None:
        """Balance ÷ unconsumed in basis points; None when nothing is owed."""
        return ratio_rounded_down(self.balance, self.unconsumed)


class Deposit(_Data):
    """period_fees: fees of all students in one charging period; balance: the deposit that was paid in."""

    period_fees: int = Field(ge=0)
    balance: int = Field(ge=0)

    def required(self, share_basis_points: int) -> int:
        return share_rounded_up(self.period_fees, share_basis_points)

    def coverage(self, share_basis_points: int) -> int | None:
        """Deposit ÷ required in basis points; None when nothing is required."""
        return ratio_rounded_down(self.balance, self.required(share_basis_points))


class Charge(_Data):
    """The largest values found in the ledger, each None while it is not known. `amount` is limited only for
    non-academic tutoring."""

    months: int | None = None
    lessons: int | None = None
    amount: int | None = None
    days_ahead: int | None = None

    def limits_exceeded(self, rules: TutoringRules, on: date, *, is_academic: bool) -> int | None:
        """How many of the limits of that day are exceeded; None while nothing is known."""
        pairs = [(self.months, "fee_period"), (self.lessons, "fee_lessons"), (self.days_ahead, "fee_ahead")]
        pairs += [] if is_academic else [(self.amount, "fee_amount")]
        known = [(value, limit) for value, limit in pairs if value is not None]
        return sum(value > rules.figure(limit, on) for value, limit in known) if known else None


class Course(_Data):
    """A course that a family leaves: paid fen, lessons agreed with gifts among them, lessons taught.

    Raises InvalidInputError from `refund` when more was taught than agreed.
    """

    paid: int = Field(ge=0)
    lessons: int = Field(ge=1)
    taught: int = Field(ge=0)

    @property
    def refund(self) -> int:
        """The price of the lessons that were not taught."""
        if self.taught > self.lessons:
            raise InvalidInputError([FieldProblem(field="refund_sample_taught", code="out_of_range")])
        return self.paid - self.paid * self.taught // self.lessons

    def short_of(self, returned: int) -> int:
        """What is still owed after `returned` fen."""
        return max(0, self.refund - returned)
