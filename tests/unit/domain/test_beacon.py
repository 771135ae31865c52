"""Beacons: canonical numbers, seeds that open what was committed, and randomness that came after the commitment."""

import hashlib

import pytest
from pydantic import ValidationError

from chalicelib.domain.beacon import (
    BeaconSet,
    BeaconUse,
    CommitReveal,
    InvalidBeaconError,
    NumberGroup,
    PublicLottery,
    check_later_than,
    lottery_value,
    normalise_numbers,
    reveal_value,
    secret_commitment,
)
from tests.unit.verify.draw_case import BALLS, SECRETS, at, beacons, lottery_round, values

LOTTERY, COMMERCE, JUSTICE = beacons()
assert isinstance(LOTTERY, PublicLottery)
assert isinstance(COMMERCE, CommitReveal)


@pytest.mark.parametrize(
    "typed",
    [
        "01 07 10 25 28 30 16",
        "1,7,10,25,28,30+16",
        "０１、０７、１０、２５、２８、３０｜１６",
        "30 28 25 10 07 01 - 16",
        "01071025283016",
        "  1  7 10 25\t28 30 16 ",
    ],
)
def test_numbers_have_one_form_however_they_are_typed(typed: str) -> None:
    assert normalise_numbers(typed, BALLS) == "01 07 10 25 28 30 16"


@pytest.mark.parametrize(
    ("typed", "problem"),
    [
        ("", "number_count"),
        ("01 07 10 25 28 30", "number_count"),
        ("01 07 10 25 28 30 16 02", "number_count"),
        ("round 01 07 10 25 28 30 16", "number_count"),
        ("01 07 10 25 28 34 16", "number_range"),
        ("01 07 10 25 28 30 17", "number_range"),
        ("00 07 10 25 28 30 16", "number_range"),
        ("01 07 07 25 28 30 16", "number_repeated"),
    ],
)
def test_numbers_that_cannot_be_are_refused(typed: str, problem: str) -> None:
    with pytest.raises(InvalidBeaconError) as refused:
        normalise_numbers(typed, BALLS)

    assert refused.value.details["problem"] == problem


def test_the_order_of_digits_counts_where_it_is_drawn() -> None:
    digits = [NumberGroup(count=3, lowest=0, highest=9, is_ascending=False)]

    assert normalise_numbers("909", digits) == "9 0 9"


def test_what_a_department_commits_does_not_give_the_seed_away() -> None:
    secret = SECRETS["commerce"]
    value = reveal_value(COMMERCE, secret, at(80))

    # C holds the commitment, so the seed must be derived from something that C does not tell.
    assert hashlib.sha256(value.to_bytes()).hexdigest() != COMMERCE.round
    assert value.value == secret.hex()


@pytest.mark.parametrize(
    ("secret", "hours", "problem"),
    [
        (SECRETS["justice"], 80, "not_the_committed_seed"),
        (SECRETS["commerce"], 91, "revealed_too_late"),
        (SECRETS["commerce"][:31], 80, "secret_length"),
    ],
)
def test_a_reveal_opens_the_commitment_in_time(secret: bytes, hours: int, problem: str) -> None:
    with pytest.raises(InvalidBeaconError) as refused:
        reveal_value(COMMERCE, secret, at(hours))

    assert refused.value.details["problem"] == problem


def test_a_withheld_seed_is_replaced_by_the_named_round() -> None:
    value = lottery_value(COMMERCE, "2 3 11 12 20 33 5", at(141), used=BeaconUse.FALLBACK)

    assert (value.used, value.value) == (BeaconUse.FALLBACK, "02 03 11 12 20 33 05")
    with pytest.raises(InvalidBeaconError, match="not_a_lottery"):
        lottery_value(COMMERCE, "2 3 11 12 20 33 5", at(141))
    with pytest.raises(InvalidBeaconError, match="known_before_it_was_held"):
        lottery_value(COMMERCE, "2 3 11 12 20 33 5", at(139), used=BeaconUse.FALLBACK)


def test_numbers_are_not_known_before_they_are_drawn() -> None:
    with pytest.raises(InvalidBeaconError, match="known_before_it_was_held"):
        lottery_value(LOTTERY, "01 07 10 25 28 30 16", at(49))


def test_randomness_is_later_than_the_checkpoint() -> None:
    check_later_than(at(1), beacons(), values())

    with pytest.raises(InvalidBeaconError, match="not_later_than_checkpoint"):
        check_later_than(at(50), beacons())
    with pytest.raises(InvalidBeaconError, match="known_before_checkpoint"):
        check_later_than(at(80), [], values())


def test_a_set_of_beacons_cannot_be_steered() -> None:
    assert BeaconSet(beacons=beacons()).beacons == beacons()
    early = COMMERCE.model_copy(update={"fallback": lottery_round("2026135", 85)})
    between = COMMERCE.model_copy(update={"due_at": at(60), "fallback": lottery_round("2026135", 80)})
    copied = JUSTICE.model_copy(update={"round": COMMERCE.round})
    alone = JUSTICE.model_copy(update={"source": "commerce"})

    for refused in ([], [COMMERCE], [COMMERCE, alone], [COMMERCE, copied], [LOTTERY, LOTTERY], [early, JUSTICE]):
        with pytest.raises(ValidationError):
            BeaconSet(beacons=refused)
    with pytest.raises(ValidationError, match="every reveal"):
        BeaconSet(beacons=[between, JUSTICE])


def test_a_secret_has_32_bytes() -> None:
    assert secret_commitment(b"\0" * 32) == hashlib.sha256(b"\0" * 32).hexdigest()
    with pytest.raises(InvalidBeaconError, match="secret_length"):
        secret_commitment(b"short")
