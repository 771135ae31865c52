"""Certificates: issued only over evidence that holds, for results that follow from commitment and beacons."""

from datetime import timedelta
from typing import Any

import pytest

from chalicelib.domain.beacon import BeaconUse, InvalidBeaconError
from chalicelib.domain.checkpoint import SignatureRefusedError, verify_signature
from chalicelib.domain.draw import InvalidDrawError
from chalicelib.domain.draw_certificate import (
    EvidenceReference,
    SignedCertificate,
    VoidState,
    check_evidence,
    compute_draw,
    inline_reader,
    issue_certificate,
)
from chalicelib.domain.draw_commitment import RowsName
from chalicelib.domain.draw_freeze import RowsTarget
from tests.unit.verify.draw_case import COSIGNER, FROZEN_AT, SECRETS, SIGNER, at, case, evidence, freeze, rules, values

KEYS = [SIGNER.key, COSIGNER.key]


def issue(**changes: Any) -> SignedCertificate:
    frozen = freeze()
    known = values()
    given = {
        "values": known,
        "result": compute_draw(frozen.commitment, known, inline_reader(frozen.rows)),
        "signer": SIGNER,
        "keys": KEYS,
        "issued_at": FROZEN_AT + timedelta(days=7),
    }
    reference = changes.pop("evidence", None) or evidence(frozen)
    return issue_certificate(frozen.commitment, frozen.rows, reference, **(given | changes))


def test_a_certificate_is_whole_signed_and_survives_json() -> None:
    certificate = case().certificate

    again = SignedCertificate.model_validate_json(certificate.to_bytes())

    assert again == certificate
    assert again.seed == case().result.seed
    assert verify_signature(SIGNER.key, again.signature, again.signed_bytes())


def test_the_result_is_fixed_to_the_byte() -> None:
    result = case().result

    assert result.seed == "de217cd6d1fd9d96944f27312ef216a9fdf06fe47d4926dd37fa45e5c6c70091"
    assert [each.blind[:8] for each in result.drawn[:3]] == ["405643dd", "a6f3f1b9", "4218c835"]
    assert [each.picks[0].blind[:8] for each in result.assignments[:2]] == ["d4e41177", "77bca4eb"]
    assert len(result.drawn) == 10


def test_every_drawn_subject_gets_every_team() -> None:
    result = case().result

    pairs = [(each.subject, each.acting_body) for each in result.assignments]
    assert pairs == [(each.blind, body) for each in result.drawn for body in ("commerce", "emergency")]


def test_another_beacon_is_another_draw() -> None:
    assert case("justice").result.seed != case("commerce").result.seed != case().result.seed
    assert case("justice").certificate.beacon_values[2].used is BeaconUse.FALLBACK


def test_values_must_be_those_announced() -> None:
    frozen, read = freeze(), inline_reader(freeze().rows)
    with pytest.raises(InvalidDrawError, match="beacon_missing"):
        compute_draw(frozen.commitment, values()[:2], read)
    swapped = [values()[0], values()[2], values()[1]]
    with pytest.raises(InvalidBeaconError, match="not_the_committed_seed"):
        compute_draw(frozen.commitment, swapped, read)


def test_evidence_must_hold_the_commitment() -> None:
    frozen, good = freeze(), evidence(freeze())
    check_evidence(frozen.commitment, good, KEYS)
    other = freeze(rules(draw_id="another"))

    wrong: dict[str, EvidenceReference] = {
        "leaf_without_commitment": good.model_copy(update={"leaf": {**good.leaf, "objects": {}}}),
        "leaf_not_in_checkpoint": good.model_copy(update={"leaf": {**good.leaf, "actor": "person-2"}}),
    }
    for problem, reference in wrong.items():
        with pytest.raises(InvalidDrawError, match=problem):
            check_evidence(frozen.commitment, reference, KEYS)
    with pytest.raises(InvalidDrawError, match="leaf_not_in_checkpoint"):
        check_evidence(frozen.commitment, good.model_copy(update={"position": 2}), KEYS)
    with pytest.raises(InvalidDrawError, match="leaf_without_commitment"):
        check_evidence(other.commitment, good, KEYS)
    with pytest.raises(SignatureRefusedError, match="unknown_key"):
        check_evidence(frozen.commitment, good, [SIGNER.key])


def test_a_checkpoint_of_another_tenant_is_refused() -> None:
    frozen, foreign = freeze(), evidence(freeze(rules(tenant="gx450500")))
    moved = foreign.model_copy(update={"leaf": evidence(frozen).leaf})

    with pytest.raises(InvalidDrawError, match="checkpoint_of_another_tenant"):
        check_evidence(frozen.commitment, moved, KEYS)


def test_no_certificate_over_randomness_that_was_there_before() -> None:
    early = [values()[0], *(each.model_copy(update={"known_at": at(0)}) for each in values()[1:])]

    with pytest.raises(InvalidBeaconError, match="known_before_checkpoint"):
        issue(values=early)


def test_a_void_draw_stays_public() -> None:
    void = VoidState(reason="开奖前名单被泄露", voided_at=at(20), replaced_by="2026-18-2")

    before = issue(values=[], result=None, void=void)
    after = issue(void=void)

    assert (before.seed, before.drawn, before.assignments) == (None, [], [])
    assert after.void == void
    assert after.drawn
    for wrong in ({"result": None}, {"result": None, "values": []}, {"result": None, "void": void}):
        with pytest.raises(InvalidDrawError, match="no_result"):
            issue(**wrong)


def test_a_list_in_a_file_is_read_by_the_callers_reader() -> None:
    lines: list[Any] = []
    frozen = freeze(targets={RowsName.POOL: RowsTarget("pool.jsonl", lines.append)})
    inline = inline_reader(frozen.rows)

    with pytest.raises(InvalidDrawError, match="rows_in_a_file"):
        compute_draw(frozen.commitment, values(), inline)
    result = compute_draw(frozen.commitment, values(), lambda name: lines if name is RowsName.POOL else inline(name))

    assert result == case().result


def test_the_certificate_tells_no_secret() -> None:
    text = case("justice").certificate.to_bytes().decode()

    assert SECRETS["justice"].hex() not in text
    assert "subject-0" not in text
