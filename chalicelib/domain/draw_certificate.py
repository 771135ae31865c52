"""The certificate of a draw: one public JSON document from which anybody recomputes the draw over blinds."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.beacon import BeaconValue, check_beacon_value, check_later_than
from chalicelib.domain.checkpoint import (
    HexDigest,
    HexSignature,
    KeyId,
    PublicKey,
    SignedCheckpoint,
    Signer,
    UtcText,
    canonical,
    utc_text,
    verify_checkpoint,
)
from chalicelib.domain.draw import Digest32, Drawn, InvalidDrawError, PoolRow, derive_seed, draw_subjects
from chalicelib.domain.draw_commitment import Commitment, DrawId, RowsName
from chalicelib.domain.draw_inspector import Assignment, PersonRow, assign_inspectors
from chalicelib.domain.draw_rows import Row, Rows
from chalicelib.domain.merkle import leaf_hash, verify_inclusion

LEAF_OBJECT = "commitment"  # the name under which the leaf's `objects` hold C
RowsReader = Callable[[RowsName], Iterable[Row]]


class EvidenceReference(BaseModel):
    """Where the evidence log holds C. leaf: the event's leaf, whose objects name C; proof: RFC 6962 audit path, hex."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    leaf: dict[str, Any]
    position: int = Field(ge=0)
    proof: list[HexDigest]
    checkpoint: SignedCheckpoint


class VoidState(BaseModel):
    """Why a draw does not count. The certificate stays public; `replaced_by` names the draw that was held instead."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    reason: str = Field(min_length=1, max_length=400)
    voided_at: UtcText
    replaced_by: DrawId | None = None


class DrawResult(BaseModel):
    """What follows from commitment and beacons, and from nothing else. Subjects stand in ticket order."""

    model_config = ConfigDict(frozen=True)

    seed: Digest32
    drawn: list[Drawn]
    assignments: list[Assignment]


class Certificate(BaseModel):
    """Everything but the signature. A draw voided before its randomness existed has no seed and no results."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["draw_certificate/1"] = "draw_certificate/1"
    commitment: Commitment
    commitment_sha256: Digest32
    rows: dict[RowsName, Rows]
    beacon_values: list[BeaconValue]
    seed: Digest32 | None
    drawn: list[Drawn]
    assignments: list[Assignment]
    evidence: EvidenceReference
    keys: list[PublicKey] = Field(min_length=1, max_length=10)
    issued_at: UtcText
    void: VoidState | None = None
    key_id: KeyId


class SignedCertificate(Certificate):
    """A certificate under its issuer's signature over the RFC 8785 form of all other fields."""

    signature: HexSignature

    def signed_bytes(self) -> bytes:
        """The bytes under the signature."""
        return canonical(self.model_dump(mode="json", exclude={"signature"}))

    def to_bytes(self) -> bytes:
        """The public document, canonical."""
        return canonical(self.model_dump(mode="json"))


def inline_reader(rows: Mapping[RowsName, Rows]) -> RowsReader:
    """A reader for lists that stand in the certificate itself; InvalidDrawError for one that is in a file."""

    def read(name: RowsName) -> Iterator[Row]:
        inline = rows[name].rows
        if inline is None:
            raise InvalidDrawError(problem="rows_in_a_file", rows=name.value)
        return (tuple(row) for row in inline)

    return read


def compute_draw(
    commitment: Commitment,
    values: Sequence[BeaconValue],
    read: RowsReader,
    *,
    on_progress: Callable[[int], None] | None = None,
) -> DrawResult:
    """Compute the draw. values: one per beacon of the commitment, in its order. Each list is read once.

    Raises InvalidBeaconError for a value that is not what the commitment announced.
    """
    if len(values) != len(commitment.beacons):
        raise InvalidDrawError(problem="beacon_missing", expected=len(commitment.beacons), found=len(values))
    for beacon, value in zip(commitment.beacons, values, strict=True):
        check_beacon_value(beacon, value)
    seed = derive_seed(commitment.digest(), [value.to_bytes() for value in values])
    drawn = draw_subjects(
        seed,
        (PoolRow(str(row[0]), int(row[1]), str(row[2])) for row in read(RowsName.POOL)),
        commitment.strata,
        commitment.uniform_k,
        on_progress=on_progress,
    )
    assignments = assign_inspectors(
        seed,
        [each.blind for each in drawn],
        commitment.inspectors.teams,
        (PersonRow(str(row[0]), str(row[1])) for row in read(RowsName.PEOPLE)),
        max_visits=commitment.inspectors.max_visits,
        recusals=((str(row[0]), str(row[1])) for row in read(RowsName.RECUSALS)),
        past_visits=((str(row[0]), str(row[1])) for row in read(RowsName.PAST_VISITS)),
    )
    return DrawResult(seed=seed.hex(), drawn=drawn, assignments=assignments)


def check_evidence(commitment: Commitment, evidence: EvidenceReference, keys: Sequence[PublicKey]) -> None:
    """Raise unless the leaf names C, stands in the checkpoint's tree, and the checkpoint's signatures hold."""
    objects = evidence.leaf.get("objects")
    if not isinstance(objects, dict) or objects.get(LEAF_OBJECT) != commitment.digest().hex():
        raise InvalidDrawError(problem="leaf_without_commitment")
    checkpoint = evidence.checkpoint
    if checkpoint.tenant != commitment.tenant:
        raise InvalidDrawError(problem="checkpoint_of_another_tenant", tenant=checkpoint.tenant)
    is_included = verify_inclusion(
        leaf_hash(canonical(evidence.leaf)),
        evidence.position,
        checkpoint.tree_size,
        [bytes.fromhex(node) for node in evidence.proof],
        bytes.fromhex(checkpoint.root_sha256),
    )
    if not is_included:
        raise InvalidDrawError(problem="leaf_not_in_checkpoint")
    verify_checkpoint(checkpoint, {key.key_id: key for key in keys})


def issue_certificate(
    commitment: Commitment,
    rows: Mapping[RowsName, Rows],
    evidence: EvidenceReference,
    *,
    values: Sequence[BeaconValue],
    result: DrawResult | None,
    signer: Signer,
    keys: Sequence[PublicKey],
    issued_at: datetime,
    void: VoidState | None = None,
) -> SignedCertificate:
    """Issue the public certificate. keys: those of checkpoint and cosigners; the signer's own is added.

    result: None only for a draw that was voided before its beacons were known (`values` empty then). Raises
    InvalidBeaconError when randomness is not later than the checkpoint that covers C; that may be why a draw is void.
    """
    if result is None and (void is None or values):
        raise InvalidDrawError(problem="no_result")
    known = {key.key_id: key for key in [signer.key, *keys]}
    check_evidence(commitment, evidence, list(known.values()))
    if void is None:
        check_later_than(evidence.checkpoint.at, commitment.beacons, values)
    certificate = Certificate(
        commitment=commitment,
        commitment_sha256=commitment.digest().hex(),
        rows=dict(rows),
        beacon_values=list(values),
        seed=result.seed if result else None,
        drawn=result.drawn if result else [],
        assignments=result.assignments if result else [],
        evidence=evidence,
        keys=list(known.values()),
        issued_at=utc_text(issued_at),
        void=void,
        key_id=signer.key.key_id,
    )
    signature = signer.sign(canonical(certificate.model_dump(mode="json"))).hex()
    return SignedCertificate.model_validate({**certificate.model_dump(), "signature": signature})
