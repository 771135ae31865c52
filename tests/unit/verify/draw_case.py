"""A small invented draw, from pool to signed certificate, for the tests of the draw and of its verifiers."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from chalicelib.domain.beacon import (
    BeaconUse,
    BeaconValue,
    CommitReveal,
    LotteryRound,
    NumberGroup,
    PublicLottery,
    lottery_value,
    reveal_value,
    secret_commitment,
)
from chalicelib.domain.checkpoint import Ed25519Signer, canonical, cosign_checkpoint, sign_checkpoint, utc_text
from chalicelib.domain.draw import Selection, Stratum
from chalicelib.domain.draw_certificate import (
    DrawResult,
    EvidenceReference,
    SignedCertificate,
    VoidState,
    compute_draw,
    inline_reader,
    issue_certificate,
)
from chalicelib.domain.draw_commitment import (
    DrawRules,
    ExcludedSubject,
    Inspector,
    PastVisit,
    PoolMember,
    Recusal,
    RowsName,
)
from chalicelib.domain.draw_freeze import FrozenDraw, RowsTarget, freeze_draw
from chalicelib.domain.draw_inspector import InspectorTeam
from chalicelib.domain.merkle import Frontier, inclusion_proof, leaf_hash, merkle_root, sm3

SALT = hashlib.sha256(b"salt of the test").digest()
SECRETS = {"commerce": hashlib.sha256(b"one").digest(), "justice": hashlib.sha256(b"two").digest()}
SIGNER = Ed25519Signer(hashlib.sha256(b"coordinator key").digest())
COSIGNER = Ed25519Signer(hashlib.sha256(b"justice key").digest())
FROZEN_AT = datetime(2026, 11, 20, 9, 30, 12, tzinfo=UTC)
BALLS = [
    NumberGroup(count=6, lowest=1, highest=33, is_ascending=True),
    NumberGroup(count=1, lowest=1, highest=16, is_ascending=False),
]


def at(hours: int) -> str:
    """A time text so many hours after the pool was frozen."""
    return utc_text(FROZEN_AT + timedelta(hours=hours))


def lottery_round(number: str, hours: int) -> LotteryRound:
    return LotteryRound(source="double colour ball", round=number, due_at=at(hours), numbers=BALLS)


def beacons() -> list[PublicLottery | CommitReveal]:
    fallback = lottery_round("2026136", 140)
    lottery = PublicLottery(**lottery_round("2026134", 50).model_dump(), fallback=fallback)
    reveals = [
        CommitReveal(source=department, round=secret_commitment(secret), due_at=at(90), fallback=fallback)
        for department, secret in SECRETS.items()
    ]
    return [lottery, *reveals]


def values(withheld: str = "") -> list[BeaconValue]:
    """The beacons' values; a department that withholds its seed is replaced by the fallback."""
    result = []
    for beacon in beacons():
        if isinstance(beacon, PublicLottery):
            result.append(lottery_value(beacon, "01 07 10 25 28 30 + 16", at(51)))
        elif beacon.source == withheld:
            result.append(lottery_value(beacon, "02 03 11 12 20 33 + 05", at(141), used=BeaconUse.FALLBACK))
        else:
            result.append(reveal_value(beacon, SECRETS[beacon.source], at(80)))
    return result


def members(count: int = 40) -> list[PoolMember]:
    strata = ("城区", "县（市）")
    return [PoolMember(f"subject-{n:03d}", (1, 2, 4, 8, 16)[n % 5], strata[n % 3 == 0]) for n in range(count)]


def rules(**changes: Any) -> DrawRules:
    base = {
        "draw_id": "2026-18-1",
        "tenant": "gx450100",
        "selection": Selection.WEIGHTED,
        "strata": [Stratum(name="城区", k=5), Stratum(name="县（市）", k=3)],
        "uniform_k": 2,
        "beacons": beacons(),
        "teams": [InspectorTeam(acting_body="commerce"), InspectorTeam(acting_body="emergency")],
        "max_visits": 8,
    }
    return DrawRules.model_validate(base | changes)


def freeze(draw_rules: DrawRules | None = None, targets: dict[RowsName, RowsTarget] | None = None) -> FrozenDraw:
    return freeze_draw(
        draw_rules or rules(),
        salt=SALT,
        members=members(),
        excluded=[ExcludedSubject("subject-900", "annual_cap_reached"), ExcludedSubject("subject-901", "closed_down")],
        inspectors=[
            *(Inspector(f"commerce-{n}", "commerce") for n in range(4)),
            *(Inspector(f"emergency-{n}", "emergency") for n in range(4)),
            Inspector("emergency-9", "emergency", "on_leave"),
        ],
        recusals=[Recusal(f"subject-{n:03d}", "commerce-1", "relative") for n in range(20)],
        past_visits=[PastVisit(f"subject-{n:03d}", f"emergency-{n % 4}") for n in range(40)],
        targets=targets,
    )


def evidence(frozen: FrozenDraw, others: int = 6, signer: Ed25519Signer = SIGNER) -> EvidenceReference:
    """The commitment's leaf among those of other events, under a signed and cosigned checkpoint."""
    leaf = {
        "event_id": "01K00000000000000000000000",
        "type": "pool_frozen",
        "actor": "person-1",
        "at": at(0),
        "objects": {"commitment": frozen.commitment.digest().hex(), "data": "0" * 64},
    }
    leaves = [b"event %d" % n for n in range(others)]
    leaves.insert(3, canonical(leaf))
    hashes = [leaf_hash(each) for each in leaves]
    frontier = Frontier()
    for each in hashes:
        frontier.append_hash(each)
    checkpoint = sign_checkpoint(
        signer,
        tenant=frozen.commitment.tenant,
        tree_size=len(leaves),
        root_sha256=frontier.root(),
        root_sm3=merkle_root(leaves, sm3),
        at=FROZEN_AT + timedelta(minutes=1),
    )
    return EvidenceReference(
        leaf=leaf,
        position=3,
        proof=[node.hex() for node in inclusion_proof(3, len(leaves), hashes.__getitem__)],
        checkpoint=cosign_checkpoint(checkpoint, COSIGNER),
    )


@dataclass(frozen=True)
class Case:
    frozen: FrozenDraw
    result: DrawResult
    certificate: SignedCertificate


def case(withheld: str = "", void: VoidState | None = None, draw_rules: DrawRules | None = None) -> Case:
    frozen = freeze(draw_rules)
    known = values(withheld)
    result = compute_draw(frozen.commitment, known, inline_reader(frozen.rows))
    certificate = issue_certificate(
        frozen.commitment,
        frozen.rows,
        evidence(frozen),
        values=known,
        result=result,
        signer=SIGNER,
        keys=[COSIGNER.key],
        issued_at=FROZEN_AT + timedelta(days=7),
        void=void,
    )
    return Case(frozen, result, certificate)


def resigned(document: dict[str, Any], signer: Ed25519Signer = SIGNER) -> dict[str, Any]:
    """The document as its issuer, who holds the key, would sign it after changing it."""
    changed: dict[str, Any] = json.loads(json.dumps(document))
    changed.pop("signature", None)
    changed["signature"] = signer.sign(canonical(changed)).hex()
    return changed
