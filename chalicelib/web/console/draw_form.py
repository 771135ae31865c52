"""The form that opens a draw: reading it, and its values for showing it again."""

from datetime import datetime, timedelta
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.beacon import LotteryRound
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.lottery import lottery
from chalicelib.services.draw.open_draw import MOST_VISITS
from chalicelib.web.fields import Fields, invalid
from chalicelib.web.formats import SHANGHAI

CAP = "cap-"


class RoundInput(BaseModel):
    """A lottery round in an API call: the lottery's code, the round's number, when it is held (ISO 8601 with zone)."""

    model_config = ConfigDict(extra="forbid")

    lottery: str
    round: str = Field(min_length=1, max_length=40)
    due_at: datetime

    def to_round(self, field: str) -> LotteryRound:
        if self.due_at.tzinfo is None:
            raise invalid(f"{field}.due_at", "not_a_time")
        return lottery_round(field, self.lottery, self.round, self.due_at)


class OpenDrawInput(BaseModel):
    """Body of the API call that opens a draw."""

    model_config = ConfigDict(extra="forbid")

    seed_departments: list[str] = Field(default_factory=list, max_length=9)
    reveal_due_at: datetime | None = None
    lottery: RoundInput | None = None
    fallback: RoundInput
    max_visits: int | None = Field(default=None, ge=1, le=MOST_VISITS)
    annual_caps: dict[str, int] = Field(default_factory=dict)

    def values(self) -> dict[str, Any]:
        """What `open_draw` takes."""
        if self.reveal_due_at and self.reveal_due_at.tzinfo is None:
            raise invalid("reveal_due_at", "not_a_time")
        return {
            "seed_departments": self.seed_departments,
            "reveal_due_at": self.reveal_due_at,
            "lottery": self.lottery.to_round("lottery") if self.lottery else None,
            "fallback": self.fallback.to_round("fallback"),
            "max_visits": self.max_visits,
            "annual_caps": self.annual_caps,
        }


def lottery_round(field: str, code: str, number: str, due_at: datetime) -> LotteryRound:
    try:
        return lottery(code).round_of(number, due_at)
    except RecordNotFoundError:
        raise invalid(f"{field}_source", "unknown_choice") from None


def first_values(now: datetime, departments: list[str]) -> dict[str, Any]:
    """What the form shows at first: two seeds, shown by the day after tomorrow, a fallback the day after that."""
    today = now.astimezone(SHANGHAI)
    reveal = (today + timedelta(days=2)).strftime("%Y-%m-%dT17:00")
    fallback = (today + timedelta(days=4)).strftime("%Y-%m-%dT21:15")
    return {
        "seed_departments": departments,
        "reveal_due_at": reveal,
        "fallback_source": "double_colour_ball",
        "fallback_due_at": fallback,
    }


def read_form(form: Fields) -> dict[str, Any]:
    """What `open_draw` takes. Times are local, as browsers send them: 2026-11-25T17:00."""
    departments = form.many("seed_departments")
    rounds = {}
    for field in ("lottery", "fallback"):
        number = form.text(f"{field}_round")
        if not number and field == "lottery":
            continue
        due_at = form.moment(f"{field}_due_at")
        if not number:
            raise invalid("fallback_round", "required")
        if due_at is None:
            raise invalid(f"{field}_due_at", "required")
        rounds[field] = lottery_round(field, form.text(f"{field}_source"), number, due_at)
    reveal_due_at = form.moment("reveal_due_at")
    if departments and reveal_due_at is None:
        raise invalid("reveal_due_at", "required")
    caps = {name.removeprefix(CAP): form.integer(name) for name in form.names() if name.startswith(CAP)}
    return {
        "seed_departments": departments,
        "reveal_due_at": reveal_due_at,
        "lottery": rounds.get("lottery"),
        "fallback": rounds["fallback"],
        "max_visits": form.integer("max_visits"),
        "annual_caps": {body: cap for body, cap in caps.items() if cap is not None},
    }
