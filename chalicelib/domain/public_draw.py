"""What everybody may know of a draw: written beside the record, without any name (data model, `PUB#`)."""

from typing import ClassVar

from pydantic import Field

from chalicelib.domain.beacon import Beacon, BeaconValue
from chalicelib.domain.checkpoint import SignedCheckpoint
from chalicelib.domain.draw import Selection, Stratum
from chalicelib.domain.random_draw import DrawState, RandomDraw, beacon_value
from chalicelib.domain.record import Record, UtcTime


class PublicDraw(Record):
    """The public projection of a frozen, drawn or void draw; `id` is the draw's.

    values: what each beacon turned out to be, None while it is not known.
    certificate_sha256 names the file that may be downloaded.
    """

    KIND: ClassVar[str] = "public_draw"

    number: str
    title: str
    scenario: str
    state: DrawState
    selection: Selection
    strata: list[Stratum]
    uniform_k: int
    registered: int
    excluded: dict[str, int]
    pool: int
    frozen_at: UtcTime
    commitment_sha256: str
    position: int | None = None
    checkpoint: SignedCheckpoint | None = None
    beacons: list[Beacon]
    values: list[BeaconValue | None] = Field(default_factory=list)
    fallback_reasons: list[str] = Field(default_factory=list)
    seed: str | None = None
    drawn_at: UtcTime | None = None
    drawn_count: int = 0
    assigned_count: int = 0
    certificate_sha256: str = ""
    void_reason: str = ""
    void_at: UtcTime | None = None
    replaces: str | None = None


def public_draw_of(draw: RandomDraw, version: int = 0) -> PublicDraw:
    """The projection of a frozen draw. version: that of the projection being replaced, 0 for a new one."""
    if draw.commitment is None or draw.frozen_at is None:
        raise ValueError("a draw is public once its pool is frozen")
    return PublicDraw(
        id=draw.id,
        version=version,
        number=draw.number,
        title=draw.plan_title,
        scenario=draw.scenario,
        state=draw.state,
        selection=draw.selection,
        strata=draw.strata,
        uniform_k=draw.uniform_k,
        registered=draw.figures.registered,
        excluded=draw.figures.excluded,
        pool=draw.figures.pool,
        frozen_at=draw.frozen_at,
        commitment_sha256=draw.commitment_sha256,
        position=draw.position,
        checkpoint=draw.checkpoint,
        beacons=draw.commitment.beacons,
        values=[beacon_value(draw, beacon) for beacon in draw.commitment.beacons],
        fallback_reasons=[entry.reason for entry in draw.entries if entry.reason and entry.confirmed_at],
        seed=draw.seed,
        drawn_at=draw.drawn_at,
        drawn_count=draw.drawn_count,
        assigned_count=draw.assigned_count,
        certificate_sha256=draw.certificate_sha256,
        void_reason=draw.voiding.reason if draw.voiding and draw.state is DrawState.VOID else "",
        void_at=draw.voiding.confirmed_at if draw.voiding and draw.state is DrawState.VOID else None,
        replaces=draw.replaces,
    )
