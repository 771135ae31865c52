"""What a draw commits to before any randomness exists: the rules of the plan and the preimage of C."""

import hashlib
from enum import StrEnum
from typing import Annotated, Literal, NamedTuple

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

from chalicelib.domain.beacon import Beacon
from chalicelib.domain.checkpoint import canonical
from chalicelib.domain.draw import Digest32, Selection, Stratum
from chalicelib.domain.draw_inspector import InspectorTeam
from chalicelib.domain.draw_rows import RowsRoot
from chalicelib.domain.tenancy import TenantId

DrawId = Annotated[str, StringConstraints(pattern=r"^[A-Za-z0-9._-]{1,80}$")]


class PoolMember(NamedTuple):
    """A subject in the pool. weight: 1 to 16, always 1 under `ratio_by_grade`."""

    subject: str
    weight: int
    stratum: str


class ExcludedSubject(NamedTuple):
    """A subject left out of the pool. reason: snake_case code; free text could name people."""

    subject: str
    reason: str


class Inspector(NamedTuple):
    """A person whose certificate is valid on the period's dates; `reason` set when left out all the same."""

    person: str
    acting_body: str
    reason: str = ""


class Recusal(NamedTuple):
    """A person who must not go to a subject."""

    subject: str
    person: str
    reason: str


class PastVisit(NamedTuple):
    """A person who went to the subject the last time it was inspected."""

    subject: str
    person: str


class DrawRules(BaseModel):
    """What a plan decides about its draw before the pool is frozen. replaces: the voided draw that this one repeats."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    draw_id: DrawId
    tenant: TenantId
    selection: Selection
    strata: list[Stratum] = Field(min_length=1)
    uniform_k: int = Field(default=0, ge=0)
    beacons: list[Beacon]
    teams: list[InspectorTeam] = Field(default_factory=list)
    max_visits: int | None = Field(default=None, ge=1)
    replaces: DrawId | None = None


class InspectorCommitment(BaseModel):
    """The inspectors' part of C: team sizes, workload limit and a root per list."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    teams: list[InspectorTeam]
    max_visits: int | None
    people: RowsRoot
    exclusions: RowsRoot
    recusals: RowsRoot
    past_visits: RowsRoot
    openings: RowsRoot


class Commitment(BaseModel):
    """The preimage of C. N and pool_root: rows (blind, weight, stratum); openings: (blind, identifier, nonce)."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    algorithm: Literal["mt/1"] = "mt/1"
    draw_id: DrawId
    tenant: TenantId
    N: int = Field(ge=0)
    strata: list[Stratum]
    uniform_k: int = Field(ge=0)
    selection: Selection
    pool_root: Digest32
    openings: RowsRoot
    exclusions: RowsRoot
    inspectors: InspectorCommitment
    salt_sha256: Digest32
    beacons: list[Beacon]
    replaces: DrawId | None = None

    def digest(self) -> bytes:
        """C, 32 bytes: SHA-256 over the RFC 8785 form."""
        return hashlib.sha256(canonical(self.model_dump(mode="json"))).digest()


class RowsName(StrEnum):
    """The lists of rows that a certificate publishes."""

    POOL = "pool"
    EXCLUSIONS = "exclusions"
    PEOPLE = "people"
    PEOPLE_EXCLUSIONS = "people_exclusions"
    RECUSALS = "recusals"
    PAST_VISITS = "past_visits"
