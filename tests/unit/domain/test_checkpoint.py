"""Signed checkpoints: what holds, and everything that does not."""

from datetime import UTC, datetime

import pytest
from pydantic import ValidationError

from chalicelib.domain.checkpoint import (
    Ed25519Signer,
    PublicKey,
    SignatureRefusedError,
    SignedCheckpoint,
    cosign_checkpoint,
    sign_checkpoint,
    utc_text,
    verify_checkpoint,
    verify_signature,
)
from chalicelib.domain.merkle import sha256, sm3

AT = datetime(2026, 11, 20, 9, 30, 12, 345678, tzinfo=UTC)
SIGNER, OTHER = Ed25519Signer(sha256(b"one")), Ed25519Signer(sha256(b"two"))
KEYS = {SIGNER.key.key_id: SIGNER.key, OTHER.key.key_id: OTHER.key}


def checkpoint() -> SignedCheckpoint:
    return sign_checkpoint(
        SIGNER, tenant="gx450100", tree_size=7, root_sha256=sha256(b"root"), root_sm3=sm3(b"root"), at=AT
    )


def test_rfc_8032_vector() -> None:
    # RFC 8032 §7.1, test 2.
    signer = Ed25519Signer(bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb"))

    signature = signer.sign(b"\x72").hex()

    assert signer.key.public_key == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    assert signature.startswith("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da")
    assert verify_signature(signer.key, signature, b"\x72")
    assert not verify_signature(signer.key, signature, b"\x73")


def test_a_signed_checkpoint_holds_and_survives_json() -> None:
    signed = cosign_checkpoint(checkpoint(), OTHER)

    again = SignedCheckpoint.model_validate_json(signed.model_dump_json())

    assert again.at == "2026-11-20T09:30:12.345Z"
    verify_checkpoint(again, KEYS)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("tenant", "gx450500"),
        ("tree_size", 8),
        ("root_sha256", "0" * 64),
        ("root_sm3", "0" * 64),
        ("at", "2026-11-20T09:30:12.346Z"),
        ("key_id", OTHER.key.key_id),
        ("signature", "0" * 128),
    ],
)
def test_any_changed_field_is_refused(field: str, value: str | int) -> None:
    changed = checkpoint().model_copy(update={field: value})

    with pytest.raises(SignatureRefusedError) as refused:
        verify_checkpoint(changed, KEYS)

    assert refused.value.details["problem"] == "bad_signature"


def test_the_trusted_keys_decide_not_the_message() -> None:
    with pytest.raises(SignatureRefusedError) as unknown:
        verify_checkpoint(checkpoint(), {OTHER.key.key_id: OTHER.key})
    with pytest.raises(SignatureRefusedError) as exchanged:
        verify_checkpoint(checkpoint(), {SIGNER.key.key_id: OTHER.key})

    assert unknown.value.details["problem"] == "unknown_key"
    assert exchanged.value.details["problem"] == "wrong_key"
    with pytest.raises(ValidationError):
        SignedCheckpoint.model_validate({**checkpoint().model_dump(), "algorithm": "none"})


def test_a_false_cosignature_is_refused() -> None:
    signed = cosign_checkpoint(checkpoint(), OTHER)
    stolen = signed.cosignatures[0].model_copy(update={"signature": signed.signature})

    with pytest.raises(SignatureRefusedError):
        verify_checkpoint(signed.model_copy(update={"cosignatures": [stolen]}), KEYS)


def test_the_key_id_binds_key_and_algorithm() -> None:
    expected = sha256(b"ed25519:" + bytes.fromhex(SIGNER.key.public_key)).hex()[:32]

    assert SIGNER.key.key_id == expected
    assert SIGNER.key.key_id != OTHER.key.key_id
    with pytest.raises(ValidationError):
        PublicKey.model_validate({"algorithm": "none", "public_key": "0" * 64})


def test_new_keys_differ_and_a_time_needs_its_zone() -> None:
    assert Ed25519Signer.generate().key != Ed25519Signer.generate().key
    with pytest.raises(ValueError, match="zone"):
        utc_text(AT.replace(tzinfo=None))
