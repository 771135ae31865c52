"""The record of a random draw (双随机抽取): its beacons, the frozen pool in figures, the proof, the result, a voiding.

What the mathematics needs is in `draw*.py` and `beacon.py`. The lists of subjects and people lie in the object store;
the record holds their hashes. A draw is open while its beacons are named, frozen once C is fixed, drawn, or void.
"""

from datetime import date
from enum import StrEnum
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.access import Resource
from chalicelib.domain.beacon import (
    Beacon,
    BeaconUse,
    BeaconValue,
    CommitReveal,
    LotteryRound,
    PublicLottery,
    lottery_value,
)
from chalicelib.domain.checkpoint import SignedCheckpoint, utc_text
from chalicelib.domain.draw import Digest32, Selection, Stratum
from chalicelib.domain.draw_commitment import Commitment
from chalicelib.domain.draw_inspector import InspectorTeam
from chalicelib.domain.record import Record, UtcTime


class DrawState(StrEnum):
    OPEN = "open"
    FROZEN = "frozen"
    DRAWN = "drawn"
    VOID = "void"


class SeedPlace(BaseModel):
    """One department's secret seed. place: department code; source: its name as the certificate has it; sha256: empty
    until committed; revealed: the seed, once it was shown in time."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    place: str = Field(min_length=1, max_length=80)
    source: str = Field(min_length=1, max_length=80)
    department_id: str
    sha256: str = Field(default="", pattern=r"^([0-9a-f]{64})?$")
    committed_by: str = ""
    committed_for: str | None = None
    committed_at: UtcTime | None = None
    revealed: BeaconValue | None = None
    revealed_by: str = ""


class NumbersEntry(BaseModel):
    """A lottery round's numbers, canonical, as one person typed them and another confirmed them.

    reason: why the fallback was used in place of a lottery round that was announced.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    round: str
    value: str
    entered_by: str
    entered_for: str | None = None
    entered_at: UtcTime
    confirmed_by: str = ""
    confirmed_at: UtcTime | None = None
    reason: str = Field(default="", max_length=200)


class GradeFigures(BaseModel):
    """One grade of the pool: tickets of each member, members, and how many were drawn (None before the draw)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    grade: str
    weight: int
    pool: int
    drawn: int | None = None


class PoolFigures(BaseModel):
    """registered = excluded + pool. people: eligible officers; recusals: pairs of subject and officer kept apart."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    registered: int = 0
    excluded: dict[str, int] = Field(default_factory=dict)
    grades: list[GradeFigures] = Field(default_factory=list)
    people: int = 0
    people_excluded: dict[str, int] = Field(default_factory=dict)
    recusals: int = 0

    @property
    def excluded_count(self) -> int:
        return sum(self.excluded.values())

    @property
    def pool(self) -> int:
        return self.registered - self.excluded_count


class Voiding(BaseModel):
    """Asked for by one person, confirmed by another."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: str = Field(min_length=4, max_length=400)
    asked_by: str
    asked_for: str | None = None
    asked_at: UtcTime
    confirmed_by: str = ""
    confirmed_at: UtcTime | None = None


class RandomDraw(Record):
    """One draw of one plan.

    annual_caps: acting-body id → published number of visits a year. reveal_due_at: UTC text by which seeds are shown.
    frozen_sha256, snapshot_sha256, result_sha256, certificate_sha256 name objects of the store by their content.
    position and checkpoint: where the evidence log holds C, None until that is signed.
    """

    KIND: ClassVar[str] = "random_draw"

    plan_id: str
    plan_title: str
    scenario: str
    number: str
    sequence: int = Field(ge=1)
    divisions: list[str]
    departments: list[str]
    period_from: date
    period_to: date
    state: DrawState = DrawState.OPEN
    opened_by: str
    opened_at: UtcTime

    seeds: list[SeedPlace] = Field(default_factory=list)
    reveal_due_at: str = ""
    lottery: PublicLottery | None = None
    fallback: LotteryRound
    entries: list[NumbersEntry] = Field(default_factory=list)
    max_visits: int | None = Field(default=None, ge=1)
    annual_caps: dict[str, int] = Field(default_factory=dict)

    selection: Selection
    uniform_k: int = 0
    teams: list[InspectorTeam] = Field(default_factory=list)
    strata: list[Stratum] = Field(default_factory=list)
    figures: PoolFigures = PoolFigures()
    job_id: str = ""
    commitment: Commitment | None = None
    commitment_sha256: str = ""
    frozen_at: UtcTime | None = None
    frozen_by: str = ""
    frozen_event_id: str = ""
    frozen_sha256: str = ""
    snapshot_sha256: str = ""
    position: int | None = None
    checkpoint: SignedCheckpoint | None = None

    seed: Digest32 | None = None
    drawn_at: UtcTime | None = None
    drawn_count: int = 0
    assigned_count: int = 0
    missing_count: int = 0
    result_sha256: str = ""
    certificate_sha256: str = ""

    voiding: Voiding | None = None
    replaces: str | None = None

    @property
    def resource(self) -> Resource:
        return Resource(divisions=frozenset(self.divisions), departments=frozenset(self.departments))

    @property
    def uncommitted(self) -> list[SeedPlace]:
        """Places that have not committed a seed yet."""
        return [seed for seed in self.seeds if not seed.sha256]

    def place(self, place: str) -> SeedPlace | None:
        return next((seed for seed in self.seeds if seed.place == place), None)

    def with_place(self, changed: SeedPlace) -> Self:
        return self.with_changes(seeds=[changed if changed.place == seed.place else seed for seed in self.seeds])

    def entry(self, round_: LotteryRound) -> NumbersEntry | None:
        return next((e for e in self.entries if (e.source, e.round) == (round_.source, round_.round)), None)

    def with_entry(self, changed: NumbersEntry) -> Self:
        others = [e for e in self.entries if (e.source, e.round) != (changed.source, changed.round)]
        return self.with_changes(entries=[*others, changed])

    def beacons(self) -> list[Beacon]:
        """What C names, the lottery first; every seed has to be committed by then."""
        reveals: list[Beacon] = [
            CommitReveal(source=seed.source, round=seed.sha256, due_at=self.reveal_due_at, fallback=self.fallback)
            for seed in self.seeds
        ]
        return [self.lottery, *reveals] if self.lottery else reveals


def beacon_value(draw: RandomDraw, beacon: Beacon) -> BeaconValue | None:
    """What this beacon turned out to be, None while it is not known. Only confirmed numbers count."""
    if isinstance(beacon, CommitReveal):
        seed = next((seed for seed in draw.seeds if seed.sha256 == beacon.round), None)
        if seed and seed.revealed:
            return seed.revealed
    else:
        entry = draw.entry(beacon)
        if entry and entry.confirmed_at:
            return lottery_value(beacon, entry.value, utc_text(entry.entered_at))
    entry = draw.entry(beacon.fallback)
    if entry and entry.confirmed_at:
        return lottery_value(beacon, entry.value, utc_text(entry.entered_at), used=BeaconUse.FALLBACK)
    return None


def beacon_values(draw: RandomDraw) -> list[BeaconValue] | None:
    """One value for every beacon of C, in its order; None until all are known."""
    if draw.commitment is None:
        return None
    values = [beacon_value(draw, beacon) for beacon in draw.commitment.beacons]
    known = [value for value in values if value is not None]
    return known if len(known) == len(values) else None


def wanted_rounds(draw: RandomDraw, now: str) -> list[LotteryRound]:
    """The rounds whose numbers are still missing and, by `now` (UTC text), may be typed in.

    A fallback is wanted only when what it replaces did not come: a seed after its deadline, or a lottery round without
    numbers after the fallback was held.
    """
    if draw.commitment is None or draw.state is not DrawState.FROZEN:
        return []
    found: list[LotteryRound] = []
    for beacon in draw.commitment.beacons:
        if beacon_value(draw, beacon) is not None:
            continue
        rounds = [beacon.fallback] if isinstance(beacon, CommitReveal) else [beacon, beacon.fallback]
        found += [r for r in rounds if r.due_at <= now and r not in found]
    return found


def replaces_lottery(draw: RandomDraw, round_: LotteryRound) -> bool:
    """Whether this round would stand in for an announced lottery round, which needs a public reason."""
    lottery = draw.lottery
    return lottery is not None and (lottery.source, lottery.round) != (round_.source, round_.round)
