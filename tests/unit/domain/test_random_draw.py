from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from chalicelib.domain.beacon import BeaconUse, CommitReveal, LotteryRound, NumberGroup, PublicLottery, reveal_value
from chalicelib.domain.checkpoint import utc_text
from chalicelib.domain.draw import Selection, Stratum
from chalicelib.domain.draw_commitment import DrawRules, PoolMember
from chalicelib.domain.draw_freeze import freeze_draw
from chalicelib.domain.draw_todo import draw_todos
from chalicelib.domain.public_draw import public_draw_of
from chalicelib.domain.random_draw import (
    DrawState,
    NumbersEntry,
    RandomDraw,
    SeedPlace,
    beacon_value,
    beacon_values,
    replaces_lottery,
    wanted_rounds,
)

NOW = datetime(2026, 11, 23, tzinfo=UTC)
SECRETS = (bytes(32), bytes([1] * 32))
BALLS = [NumberGroup(count=2, lowest=1, highest=9, is_ascending=True)]


def after(days: int) -> str:
    return utc_text(NOW + timedelta(days=days))


def round_(number: str, days: int) -> LotteryRound:
    return LotteryRound(source="开奖", round=number, due_at=after(days), numbers=BALLS)


def draw(**changes: Any) -> RandomDraw:
    """A frozen draw with a lottery round on day 1, two seeds due on day 2 and the fallback on day 3."""
    import hashlib

    fallback = round_("3", 3)
    seeds = [
        SeedPlace(place=f"d{n}", source=f"部门{n}", department_id=f"d{n}", sha256=hashlib.sha256(secret).hexdigest())
        for n, secret in enumerate(SECRETS)
    ]
    made = RandomDraw(
        plan_id="p",
        plan_title="计划",
        scenario="refined_oil",
        number="1号",
        sequence=1,
        divisions=["450100000000"],
        departments=["d0"],
        period_from=date(2026, 12, 1),
        period_to=date(2026, 12, 2),
        opened_by="x",
        opened_at=NOW,
        seeds=seeds,
        reveal_due_at=after(2),
        lottery=PublicLottery(**round_("1", 1).model_dump(), fallback=fallback),
        fallback=fallback,
        selection=Selection.WEIGHTED,
    )
    rules = DrawRules(
        draw_id=made.id,
        tenant="gx450100",
        selection=Selection.WEIGHTED,
        strata=[Stratum(name="all", k=1)],
        beacons=made.beacons(),
    )
    frozen = freeze_draw(rules, salt=bytes(32), members=[PoolMember("a", 1, "all")])
    values = {"state": DrawState.FROZEN, "commitment": frozen.commitment, "commitment_sha256": "0", "frozen_at": NOW}
    return made.with_changes(**(values | changes))


def entered(number: str, days: int, *, is_confirmed: bool = True) -> NumbersEntry:
    at = NOW + timedelta(days=days)
    confirmed = {"confirmed_by": "second", "confirmed_at": at} if is_confirmed else {}
    return NumbersEntry(source="开奖", round=number, value="1 2", entered_by="first", entered_at=at, **confirmed)


def revealed(made: RandomDraw, *places: int) -> RandomDraw:
    for n in places:
        beacon = made.beacons()[n + 1]
        assert isinstance(beacon, CommitReveal)
        value = reveal_value(beacon, SECRETS[n], after(1))
        made = made.with_place(made.seeds[n].model_copy(update={"revealed": value}))
    return made


def test_a_round_is_wanted_when_it_is_due_and_a_fallback_when_something_did_not_come() -> None:
    made = draw()
    assert wanted_rounds(made, after(0)) == []
    assert [r.round for r in wanted_rounds(made, after(2))] == ["1"]
    assert [r.round for r in wanted_rounds(made, after(4))] == ["1", "3"]
    known = revealed(made.with_entry(entered("1", 1)), 0, 1)
    assert wanted_rounds(known, after(4)) == []
    assert wanted_rounds(made.with_changes(state=DrawState.VOID), after(4)) == []


def test_only_confirmed_numbers_count() -> None:
    made = revealed(draw(), 0, 1)
    assert beacon_values(made.with_entry(entered("1", 1, is_confirmed=False))) is None
    values = beacon_values(made.with_entry(entered("1", 1)))
    assert values is not None
    assert [value.used for value in values] == [BeaconUse.PRIMARY] * 3


def test_one_fallback_stands_in_for_everything_that_did_not_come() -> None:
    made = revealed(draw(), 0).with_entry(entered("3", 3))
    values = beacon_values(made)
    assert values is not None
    assert [value.used for value in values] == [BeaconUse.FALLBACK, BeaconUse.PRIMARY, BeaconUse.FALLBACK]


def test_a_fallback_in_place_of_a_lottery_needs_a_reason() -> None:
    made = draw()
    assert replaces_lottery(made, made.fallback)
    assert made.lottery is not None
    assert not replaces_lottery(made, made.lottery)
    assert not replaces_lottery(made.with_changes(lottery=None), made.fallback)


def test_the_projection_aligns_values_with_beacons_and_waits_for_confirmation() -> None:
    made = revealed(draw(), 1).with_entry(entered("1", 1, is_confirmed=False))
    public = public_draw_of(made, 4)
    assert public.version == 4
    assert [value is not None for value in public.values] == [False, False, True]
    with pytest.raises(ValueError, match="public once"):
        public_draw_of(made.with_changes(commitment=None))


def test_beacon_value_of_an_unknown_beacon_is_none() -> None:
    made = draw()
    assert all(beacon_value(made, beacon) is None for beacon in made.beacons())


def test_todos_follow_the_draw() -> None:
    made = draw()

    def topics(one: RandomDraw) -> list[str]:
        return sorted(todo.id for todo in draw_todos(one, NOW))

    assert topics(made) == ["seed_to_reveal.d0", "seed_to_reveal.d1"]
    unsealed = made.with_place(made.seeds[0].model_copy(update={"sha256": ""})).with_changes(state=DrawState.OPEN)
    assert topics(unsealed) == ["seed_to_commit.d0"]
    typed = revealed(made, 0, 1).with_entry(entered("1", 1, is_confirmed=False))
    assert topics(typed) == ["numbers_to_confirm.role.justice_supervisor"]
    assert topics(revealed(made, 0, 1).with_changes(state=DrawState.DRAWN)) == []
