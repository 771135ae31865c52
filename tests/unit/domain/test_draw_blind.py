"""Blinds hide and bind."""

import hashlib
import hmac

import pytest

from chalicelib.domain.draw import InvalidDrawError
from chalicelib.domain.draw_blind import Blinder, OpeningRole

SALT = hashlib.sha256(b"salt").digest()


def test_a_blind_is_the_hmac_of_the_identifier() -> None:
    blinder = Blinder(SALT)

    assert blinder.subject("甲") == hmac.new(SALT, "甲".encode(), "sha256").hexdigest()
    assert blinder.person("甲") == hmac.new(SALT, "person\x1f甲".encode(), "sha256").hexdigest()
    assert blinder.salt_sha256 == hashlib.sha256(SALT).hexdigest()


def test_an_opening_carries_a_nonce_that_the_blind_does_not_tell() -> None:
    blinder = Blinder(SALT)

    row = blinder.opening(OpeningRole.SUBJECT, "甲")

    assert (row.blind, row.identifier) == (blinder.subject("甲"), "甲")
    assert row.nonce == hmac.new(SALT, f"open\x1f{row.blind}".encode(), "sha256").hexdigest()
    assert row.nonce != Blinder(hashlib.sha256(b"other").digest()).opening(OpeningRole.SUBJECT, "甲").nonce


@pytest.mark.parametrize("identifier", ["", "person\x1f甲"])
def test_an_identifier_cannot_pretend_to_be_a_person(identifier: str) -> None:
    with pytest.raises(InvalidDrawError, match="identifier"):
        Blinder(SALT).subject(identifier)


def test_a_salt_has_32_bytes() -> None:
    with pytest.raises(InvalidDrawError, match="salt_length"):
        Blinder(b"short")
