"""Sealed values: open for their purpose, unchanged, in time; else not at all."""

from datetime import timedelta

import pytest

from chalicelib.web.sealing import seal, unseal
from tests.web.site import NOW

SECRET = b"s" * 32
UNTIL = NOW + timedelta(minutes=1)


def test_a_sealed_value_opens_again_and_does_not_show_itself() -> None:
    text = seal(SECRET, "login", {"verifier": "secret-word", "标": "值"}, until=UNTIL)

    assert unseal(SECRET, "login", text, now=NOW) == {"verifier": "secret-word", "标": "值"}
    assert text.isascii()
    assert "secret-word" not in text


def test_it_ends() -> None:
    text = seal(SECRET, "login", {}, until=UNTIL)

    assert unseal(SECRET, "login", text, now=UNTIL) is None


def test_another_purpose_or_secret_does_not_open_it() -> None:
    text = seal(SECRET, "login", {"a": 1}, until=UNTIL)

    assert unseal(SECRET, "flash", text, now=NOW) is None
    assert unseal(b"t" * 32, "login", text, now=NOW) is None


@pytest.mark.parametrize("position", [0, 40, 60, -1])
def test_a_changed_character_does_not_open(position: int) -> None:
    text = seal(SECRET, "login", {"a": 1}, until=UNTIL)
    changed = list(text)
    changed[position] = "A" if changed[position] != "A" else "Q"

    assert unseal(SECRET, "login", "".join(changed), now=NOW) is None


@pytest.mark.parametrize("text", ["", "rubbish", "a.b.c.d.e", "eyJhbGciOiJub25lIn0.e30."])
def test_rubbish_does_not_open(text: str) -> None:
    assert unseal(SECRET, "login", text, now=NOW) is None
