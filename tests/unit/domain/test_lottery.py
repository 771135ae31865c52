from datetime import UTC, datetime

import pytest

from chalicelib.domain.beacon import normalise_numbers
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.lottery import lotteries, lottery


def test_a_round_carries_the_lotterys_name_and_numbers() -> None:
    held = lottery("double_colour_ball").round_of("2026134", datetime(2026, 11, 22, 13, 15, tzinfo=UTC))
    assert (held.source, held.round, held.due_at) == ("福彩双色球", "2026134", "2026-11-22T13:15:00.000Z")
    assert normalise_numbers("１ 7 10 25 28 30 + 16", held.numbers) == "01 07 10 25 28 30 16"


def test_codes_are_unique_and_an_unknown_one_is_refused() -> None:
    assert len({each.code for each in lotteries()}) == len(lotteries())
    with pytest.raises(RecordNotFoundError):
        lottery("roulette")
