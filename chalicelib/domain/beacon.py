"""Where a draw's randomness comes from: named inside the commitment, and in existence only after it.

Two kinds. A public lottery round is announced in advance and its numbers are typed in afterwards, where everybody can
compare them. Departments' secret seeds are committed by their SHA-256 and revealed later; one that is withheld is
replaced by the lottery round that the commitment names as fallback. A beacon that could not be verified with what a
city office has at hand is not offered (see the decision page on the draw).
"""

import hashlib
import re
import unicodedata
from collections.abc import Iterable, Sequence
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chalicelib.domain.checkpoint import HexDigest, UtcText
from chalicelib.domain.errors import YijianshiError

SECRET_BYTES = 32


class InvalidBeaconError(YijianshiError):
    """A beacon or its value cannot be taken. Details: `problem` (snake_case), `source`, `round`."""

    code = "invalid_beacon"


class NumberGroup(BaseModel):
    """One kind of ball: how many are drawn, from which numbers, and whether they are written in ascending order."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    count: int = Field(ge=1, le=100)
    lowest: int = Field(ge=0)
    highest: int = Field(ge=1, le=999_999)
    is_ascending: bool


class LotteryRound(BaseModel):
    """A draw of a public lottery, named in advance. due_at: when its numbers will exist."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str = Field(min_length=1, max_length=80)
    round: str = Field(min_length=1, max_length=80)
    due_at: UtcText
    numbers: list[NumberGroup] = Field(min_length=1, max_length=10)


class PublicLottery(LotteryRound):
    """Randomness from a lottery round; the fallback is a later round, should this one not be held."""

    kind: Literal["public_lottery"] = "public_lottery"
    fallback: LotteryRound


class CommitReveal(BaseModel):
    """Randomness from one department. source: department; round: SHA-256 (hex) of its 32 secret bytes.

    due_at: a reveal later than this counts as withheld. The fallback round is held after it, so that nobody who
    decides whether to reveal can know what withholding would bring.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["commit_reveal"] = "commit_reveal"
    source: str = Field(min_length=1, max_length=80)
    round: HexDigest
    due_at: UtcText
    fallback: LotteryRound


Beacon = Annotated[PublicLottery | CommitReveal, Field(discriminator="kind")]


class BeaconUse(StrEnum):
    """Whether the announced source was used or its fallback."""

    PRIMARY = "primary"
    FALLBACK = "fallback"


class BeaconValue(BaseModel):
    """What a beacon turned out to be. value: canonical numbers or the secret in hex; known_at: when it became known."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    used: BeaconUse
    value: str = Field(min_length=1, max_length=400)
    known_at: UtcText

    def to_bytes(self) -> bytes:
        """The bytes whose SHA-256 enters the seed: the text itself, so never the committed hash of a secret."""
        return self.value.encode()


class BeaconSet(BaseModel):
    """The beacons of one draw: at least one source; where departments commit seeds, at least two different ones."""

    model_config = ConfigDict(frozen=True)

    beacons: list[Beacon] = Field(min_length=1, max_length=10)

    @model_validator(mode="after")
    def _check(self) -> "BeaconSet":
        secrets = [beacon for beacon in self.beacons if isinstance(beacon, CommitReveal)]
        if secrets and len({beacon.source for beacon in secrets}) < 2:
            raise ValueError("seeds come from two or more departments")
        if len({(beacon.source, beacon.round) for beacon in self.beacons}) < len(self.beacons):
            raise ValueError("a beacon is named twice")
        if len({beacon.round for beacon in secrets}) < len(secrets):
            raise ValueError("two departments committed the same seed")
        last_reveal = max((beacon.due_at for beacon in secrets), default="")
        for beacon in self.beacons:
            if beacon.fallback.due_at <= max(beacon.due_at, last_reveal):
                raise ValueError("a fallback is later than what it replaces and than every reveal")
        return self


def secret_commitment(secret: bytes) -> str:
    """What a department commits: SHA-256 (hex) of its 32 secret bytes."""
    if len(secret) != SECRET_BYTES:
        raise InvalidBeaconError(problem="secret_length", expected=SECRET_BYTES)
    return hashlib.sha256(secret).hexdigest()


def normalise_numbers(text: str, groups: Sequence[NumberGroup]) -> str:
    """Lottery numbers in their one canonical form: ASCII, padded to equal width, one space between, groups in order.

    Takes full-width digits and any separators, or all digits in one run. Raises InvalidBeaconError when the numbers
    are not as many, as high or as distinct as announced.
    """
    plain = unicodedata.normalize("NFKC", text)
    widths = [len(str(group.highest)) for group in groups for _ in range(group.count)]
    runs = re.findall(r"[0-9]+", plain)
    if len(runs) == 1 and len(widths) > 1 and len(runs[0]) == sum(widths):
        ends = [sum(widths[: index + 1]) for index in range(len(widths))]
        runs = [runs[0][end - width : end] for end, width in zip(ends, widths, strict=True)]
    if len(runs) != len(widths) or any(character.isalpha() for character in plain):
        raise InvalidBeaconError(problem="number_count", expected=len(widths), found=len(runs))
    words: list[str] = []
    for group in groups:
        numbers = [int(run) for run in runs[len(words) : len(words) + group.count]]
        if any(not group.lowest <= number <= group.highest for number in numbers):
            raise InvalidBeaconError(problem="number_range", lowest=group.lowest, highest=group.highest)
        if group.is_ascending:
            if len(set(numbers)) < len(numbers):
                raise InvalidBeaconError(problem="number_repeated")
            numbers.sort()
        words.extend(str(number).zfill(len(str(group.highest))) for number in numbers)
    return " ".join(words)


def lottery_value(beacon: Beacon, text: str, known_at: UtcText, *, used: BeaconUse = BeaconUse.PRIMARY) -> BeaconValue:
    """The value of a lottery beacon, or of any beacon's fallback round, from the numbers as somebody typed them."""
    if used is BeaconUse.PRIMARY and isinstance(beacon, CommitReveal):
        raise InvalidBeaconError(problem="not_a_lottery", source=beacon.source, round=beacon.round)
    held = beacon.fallback if used is BeaconUse.FALLBACK or isinstance(beacon, CommitReveal) else beacon
    value = BeaconValue(used=used, value=normalise_numbers(text, held.numbers), known_at=known_at)
    check_beacon_value(beacon, value)
    return value


def reveal_value(beacon: CommitReveal, secret: bytes, known_at: UtcText) -> BeaconValue:
    """The value of a revealed seed. Raises InvalidBeaconError when it is not the committed one, or too late."""
    value = BeaconValue(used=BeaconUse.PRIMARY, value=secret.hex(), known_at=known_at)
    check_beacon_value(beacon, value)
    return value


def check_beacon_value(beacon: Beacon, value: BeaconValue) -> None:
    """Raise InvalidBeaconError unless the value is canonical, in time, and opens the committed seed."""

    def refuse(problem: str) -> InvalidBeaconError:
        return InvalidBeaconError(problem=problem, source=beacon.source, round=beacon.round)

    if value.used is BeaconUse.PRIMARY and isinstance(beacon, CommitReveal):
        if not re.fullmatch(r"[0-9a-f]{64}", value.value):
            raise refuse("secret_length")
        if secret_commitment(bytes.fromhex(value.value)) != beacon.round:
            raise refuse("not_the_committed_seed")
        if value.known_at > beacon.due_at:
            raise refuse("revealed_too_late")
        return
    held = beacon.fallback if value.used is BeaconUse.FALLBACK or isinstance(beacon, CommitReveal) else beacon
    if normalise_numbers(value.value, held.numbers) != value.value:
        raise refuse("not_canonical")
    if value.known_at < held.due_at:
        raise refuse("known_before_it_was_held")


def check_later_than(checkpoint_at: UtcText, beacons: Iterable[Beacon], values: Iterable[BeaconValue] = ()) -> None:
    """Raise InvalidBeaconError unless all randomness came after the checkpoint that covers the commitment.

    Lottery rounds, fallbacks and reveal deadlines are compared as announced; values by when they became known.
    """
    for beacon in beacons:
        if min(beacon.due_at, beacon.fallback.due_at) <= checkpoint_at:
            raise InvalidBeaconError(
                problem="not_later_than_checkpoint", source=beacon.source, round=beacon.round, at=beacon.due_at
            )
    for value in values:
        if value.known_at <= checkpoint_at:
            raise InvalidBeaconError(problem="known_before_checkpoint", at=value.known_at)
