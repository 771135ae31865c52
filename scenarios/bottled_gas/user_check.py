"""Safety checks at users (入户安检): who is due, how many are covered, how many hazards are mended.

A visit to a closed door is recorded but covers nobody: the user stays due.
"""

from datetime import date

from pydantic import BaseModel, ConfigDict, Field

from scenarios.bottled_gas.months import add_months
from scenarios.bottled_gas.ratio import rounded_down
from scenarios.bottled_gas.rules import GasRules

USERS = ("users_total", "users_checked", "users_not_met", "user_hazards_found", "user_hazards_mended")


class CheckRound(BaseModel):
    """One cycle of checks of a group of users. `not_met`: nobody was in, or the check was refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    users: int = Field(ge=0)
    checked: int = Field(ge=0)
    not_met: int = Field(default=0, ge=0)
    hazards_found: int = Field(default=0, ge=0)
    hazards_mended: int = Field(default=0, ge=0)

    @property
    def is_consistent(self) -> bool:
        """Nobody is counted twice, and no more is mended than was found."""
        return self.checked + self.not_met <= self.users and self.hazards_mended <= self.hazards_found

    @property
    def coverage(self) -> int | None:
        """Checked ÷ users in basis points, rounded down; None without users or when the figures cannot be."""
        return rounded_down(self.checked, self.users) if self.is_consistent else None

    @property
    def not_visited(self) -> int | None:
        """Users to whom nobody went in the cycle; None when the figures cannot be."""
        return self.users - self.checked - self.not_met if self.is_consistent else None

    @property
    def mended_share(self) -> int | None:
        """Hazards mended ÷ found in basis points, rounded down; None when none was found."""
        return rounded_down(self.hazards_mended, self.hazards_found) if self.is_consistent else None


def next_check_due(group_id: str, last_checked_on: date, rules: GasRules, on: date) -> date | None:
    """The first day on which the check is overdue, by the cycle in force on a day; None for a group that the rules do
    not know."""
    group = rules.user_group(group_id)
    if group is None:
        return None
    return add_months(last_checked_on, rules.figure(group.check_cycle, on))
