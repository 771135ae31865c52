"""Public lotteries whose rounds may be named as a beacon: their numbers as versioned data."""

import json
from datetime import datetime
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.beacon import LotteryRound, NumberGroup
from chalicelib.domain.checkpoint import utc_text
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.label import Code, Label

_LOTTERIES = Path(__file__).parent / "data" / "lotteries.json"


class Lottery(BaseModel):
    """label: the name that a certificate shows; numbers: the kinds of balls of one round."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code
    label: Label
    numbers: list[NumberGroup] = Field(min_length=1)

    def round_of(self, number: str, due_at: datetime) -> LotteryRound:
        """One round, by its published number; due_at: when its numbers will exist."""
        return LotteryRound(source=self.label, round=number, due_at=utc_text(due_at), numbers=self.numbers)


@cache
def lotteries() -> tuple[Lottery, ...]:
    body = json.loads(_LOTTERIES.read_text(encoding="utf-8"))
    return tuple(Lottery.model_validate(entry) for entry in body["lotteries"])


def lottery(code: str) -> Lottery:
    """Raises RecordNotFoundError."""
    found = next((each for each in lotteries() if each.code == code), None)
    if found is None:
        raise RecordNotFoundError(kind="lottery", id=code)
    return found
