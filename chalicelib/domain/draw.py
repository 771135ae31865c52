"""The provable draw `mt/1`, "minimum ticket": tickets, their order, and the subjects that are drawn.

Integer and byte arithmetic only, so that any language recomputes the same result. With equal weights the draw is a
simple random sample; with integer weights it is the sequential draw without replacement of Efraimidis and Spirakis
(2006): the next one drawn is i with probability w_i / Σw over those that are left.

Nothing here holds the pool: rows pass by once, and what is kept grows with the number drawn.
"""

import hashlib
import hmac
from collections.abc import Callable, Iterable, Mapping
from enum import StrEnum
from typing import Annotated, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.domain.errors import YijianshiError

ALGORITHM = "mt/1"
SEPARATOR = "\x1f"
HIGHEST_WEIGHT = 16
WHOLE = 10_000  # a ratio of one, in basis points

Digest32 = Annotated[str, StringConstraints(pattern=r"^[0-9a-f]{64}$")]
Ticket = bytes


class InvalidDrawError(YijianshiError):
    """The rules or rows of a draw cannot be taken. Details: `problem` (snake_case) and the values that it is about."""

    code = "invalid_draw"


class Selection(StrEnum):
    """How a plan draws: strata by grade with their own ratios and equal weights, or integer weights."""

    RATIO_BY_GRADE = "ratio_by_grade"
    WEIGHTED = "weighted"


class Stratum(BaseModel):
    """A part of the pool and the number of subjects to draw from it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str = Field(min_length=1, max_length=80)
    k: int = Field(ge=0)


class PoolRow(NamedTuple):
    """One member of the pool as the public sees it. blind: 64 hex digits; weight: 1 to 16."""

    blind: str
    weight: int
    stratum: str


class DrawnBy(StrEnum):
    """Which of the two selections of a draw a subject came from."""

    UNIFORM = "uniform"
    STRATUM = "stratum"


class Drawn(BaseModel):
    """One drawn subject, with the ticket (hex) by which it was drawn."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    blind: Digest32
    stratum: str
    weight: int = Field(ge=1, le=HIGHEST_WEIGHT)
    drawn_by: DrawnBy
    ticket: Digest32


def keyed_hash(key: bytes, *parts: str) -> bytes:
    """HMAC-SHA256 over the parts in UTF-8 with U+001F between them."""
    return hmac.digest(key, SEPARATOR.join(parts).encode(), "sha256")


class Tickets:
    """The tickets of one seed. Keeps the two states that every HMAC begins with, which saves two thirds of the time."""

    def __init__(self, seed: bytes) -> None:
        """seed: at most 64 bytes, one block of SHA-256."""
        block = seed.ljust(64, b"\0")
        self._inner = hashlib.sha256(bytes(byte ^ 0x36 for byte in block))
        self._outer = hashlib.sha256(bytes(byte ^ 0x5C for byte in block))

    def business(self, blind: str, weight: int) -> Ticket:
        """T_i, the smallest of the subject's `weight` tickets: 32 bytes, compared as byte strings."""
        begun = self._inner.copy()
        begun.update(f"biz{SEPARATOR}{blind}{SEPARATOR}".encode())
        finish = self._finish
        if weight == 1:
            return finish(begun, b"1")
        return min([finish(begun, b"%d" % turn) for turn in range(1, weight + 1)])

    def uniform(self, blind: str) -> Ticket:
        """The one ticket, of the same size for everybody, by which the uniform share of a draw is drawn."""
        return self._finish(self._inner, f"uni{SEPARATOR}{blind}".encode())

    def _finish(self, begun: "hashlib._Hash", rest: bytes) -> Ticket:
        inner, outer = begun.copy(), self._outer.copy()
        inner.update(rest)
        outer.update(inner.digest())
        return outer.digest()


def derive_seed(commitment: bytes, beacons: Iterable[bytes]) -> bytes:
    """SHA256("mt/1" ‖ C ‖ SHA256(beacon_1) ‖ …); C is 32 bytes, a beacon is the UTF-8 of its canonical value."""
    digest = hashlib.sha256(ALGORITHM.encode() + commitment)
    for beacon in beacons:
        digest.update(hashlib.sha256(beacon).digest())
    return digest.digest()


def check_weight(weight: int) -> int:
    """The weight itself, if it is an integer from 1 to 16."""
    if isinstance(weight, bool) or not isinstance(weight, int) or not 1 <= weight <= HIGHEST_WEIGHT:
        raise InvalidDrawError(problem="weight_out_of_range", weight=str(weight), highest=HIGHEST_WEIGHT)
    return weight


def ticket_order(seed: bytes, weights: Mapping[str, int]) -> list[tuple[str, Ticket]]:
    """Every identifier with its ticket, the first drawn first. Identifiers stand where a draw has blinds."""
    tickets = Tickets(seed)
    drawn = [(tickets.business(name, check_weight(weight)), name) for name, weight in weights.items()]
    return [(name, ticket) for ticket, name in sorted(drawn)]


def draw_count(size: int, ratio: int) -> int:
    """How many of `size` a ratio in basis points (0 to 10000) takes: rounded up, so at least 1 when ratio > 0."""
    if not 0 <= ratio <= WHOLE:
        raise InvalidDrawError(problem="ratio_out_of_range", ratio=ratio)
    return (size * ratio + WHOLE - 1) // WHOLE


def strata_from_ratios(sizes: Mapping[str, int], ratios: Mapping[str, int]) -> list[Stratum]:
    """Strata in the order of their names. sizes: stratum → members; ratios: stratum → basis points, 0 if not named."""
    return [Stratum(name=name, k=draw_count(sizes[name], ratios.get(name, 0))) for name in sorted(sizes)]


_Offer = tuple[Ticket, str, PoolRow]


class _Smallest:
    """The `limit` smallest of what is offered. Holds at most twice that, and sorts only when that is full."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._kept: list[_Offer] = []
        self._threshold: _Offer | None = None

    def is_below(self, ticket: Ticket) -> bool:
        """Whether a ticket can still be among the smallest: spares building the row of one that cannot."""
        return self._limit > 0 and (self._threshold is None or ticket <= self._threshold[0])

    def offer(self, item: _Offer) -> None:
        if self._limit == 0 or (self._threshold is not None and item > self._threshold):
            return
        self._kept.append(item)
        if len(self._kept) >= 2 * self._limit + 64:
            self._shrink()

    def _shrink(self) -> None:
        self._kept.sort()
        del self._kept[self._limit :]
        self._threshold = self._kept[-1]

    def sorted(self) -> list[_Offer]:
        return sorted(self._kept)[: self._limit]


def draw_subjects(
    seed: bytes,
    rows: Iterable[PoolRow],
    strata: Iterable[Stratum],
    uniform_k: int = 0,
    *,
    on_progress: Callable[[int], None] | None = None,
) -> list[Drawn]:
    """The drawn subjects in ticket order (ticket, then blind), from one pass over the pool in any order.

    The uniform share comes first: the `uniform_k` smallest uniform tickets of the whole pool, whatever a subject's
    weight and stratum, so that this share alone is a fair sample. Then every stratum gives its k smallest business
    tickets among those not drawn yet; a stratum gives fewer only when all its members are drawn.
    on_progress is told the number of rows read, every 10,000 rows.
    """
    tickets = Tickets(seed)
    counts = {stratum.name: stratum.k for stratum in strata}
    uniform: _Smallest = _Smallest(uniform_k)
    kept: dict[str, _Smallest] = {name: _Smallest(k + uniform_k if k else 0) for name, k in counts.items()}
    for read, row in enumerate(rows, start=1):
        smallest = kept.get(row.stratum)
        if smallest is None:
            raise InvalidDrawError(problem="unknown_stratum", stratum=row.stratum)
        ticket = tickets.business(row.blind, row.weight)
        if smallest.is_below(ticket):
            smallest.offer((ticket, row.blind, row))
        if uniform_k:
            ticket = tickets.uniform(row.blind)
            if uniform.is_below(ticket):
                uniform.offer((ticket, row.blind, row))
        if on_progress is not None and read % 10_000 == 0:
            on_progress(read)

    drawn = [_drawn(row, DrawnBy.UNIFORM, ticket) for ticket, _, row in uniform.sorted()]
    taken = {each.blind for each in drawn}
    for name, k in counts.items():
        left = [item for item in kept[name].sorted() if item[1] not in taken]
        drawn.extend(_drawn(row, DrawnBy.STRATUM, ticket) for ticket, _, row in left[:k])
    return sorted(drawn, key=lambda each: (each.ticket, each.blind))


def _drawn(row: PoolRow, drawn_by: DrawnBy, ticket: Ticket) -> Drawn:
    return Drawn(blind=row.blind, stratum=row.stratum, weight=row.weight, drawn_by=drawn_by, ticket=ticket.hex())
