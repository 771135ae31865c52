"""Self-check (自查) as data of a package: which items an owner without training can answer, in which words, how often.

Nothing here is stored: it says what is asked and when it is due. Days are dates of China's calendar.
"""

from datetime import date, timedelta
from enum import StrEnum

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.label import Code, Label


class SelfCheckCycle(StrEnum):
    """How often; from the shortest. Weeks begin on Monday."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"


class SelfCheckRule(BaseModel):
    """A check item in the owner's words. The question is answered with yes when all is well; `guidance` says how to
    look, `mend` what to do at once when it is not."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    cycle: SelfCheckCycle
    question: Label = Field(min_length=1)
    guidance: Label = ""
    mend: Label = ""


class SelfCheckRound(BaseModel):
    """One cycle of the trade under its own name (日管控): who goes round, and what comes of it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Code
    cycle: SelfCheckCycle
    title: Label = Field(min_length=1)
    performed_by: Label = Field(min_length=1)
    introduction: Label = ""
    legal_basis_ids: tuple[Code, ...] = ()


_MONTHS = {SelfCheckCycle.MONTHLY: 1, SelfCheckCycle.QUARTERLY: 3, SelfCheckCycle.YEARLY: 12}


def shortest_cycle(cycles: tuple[SelfCheckCycle, ...]) -> SelfCheckCycle:
    """The one that comes round most often; at least one is given."""
    return min(cycles, key=list(SelfCheckCycle).index)


def period_of(cycle: SelfCheckCycle, day: date) -> tuple[date, date]:
    """The first and the last day of the period to which `day` belongs: itself, its week, month, quarter or year."""
    if cycle is SelfCheckCycle.DAILY:
        return day, day
    if cycle is SelfCheckCycle.WEEKLY:
        monday = day - timedelta(days=day.weekday())
        return monday, monday + timedelta(days=6)
    months = _MONTHS[cycle]
    first = date(day.year, (day.month - 1) // months * months + 1, 1)
    after = first.month - 1 + months
    return first, date(first.year + after // 12, after % 12 + 1, 1) - timedelta(days=1)


def is_due(cycle: SelfCheckCycle, last_done_on: date | None, today: date) -> bool:
    """Whether the check of the period of `today` is still to be done."""
    return last_done_on is None or last_done_on < period_of(cycle, today)[0]
