"""Openings hold for their own identifier and give no neighbour away."""

import pytest

from chalicelib.domain.draw import InvalidDrawError
from chalicelib.domain.draw_blind import OpeningRole
from chalicelib.domain.draw_opening import Opening, open_blinds, open_everything, opening_bytes
from chalicelib.domain.draw_rows import RowsRoot, row_bytes
from chalicelib.domain.merkle import leaf_hash, verify_inclusion
from tests.unit.verify.draw_case import SALT, freeze, members

SUBJECTS = [*(member.subject for member in members()), "subject-900", "subject-901"]
PEOPLE = [f"{body}-{n}" for body in ("commerce", "emergency") for n in range(4)] + ["emergency-9"]


def holds(opening: Opening, committed: RowsRoot) -> bool:
    return verify_inclusion(
        leaf_hash(row_bytes([opening.blind, opening.identifier, opening.nonce])),
        opening.position,
        committed.count,
        [bytes.fromhex(node) for node in opening.proof],
        bytes.fromhex(committed.root),
    )


def test_every_subject_and_person_can_be_opened() -> None:
    commitment = freeze().commitment

    subjects = open_blinds("d", SALT, OpeningRole.SUBJECT, reversed(SUBJECTS), SUBJECTS)
    people = open_blinds("d", SALT, OpeningRole.INSPECTOR, PEOPLE, PEOPLE)

    assert len(subjects) == commitment.openings.count == 42
    assert all(holds(each, commitment.openings) for each in subjects)
    assert all(holds(each, commitment.inspectors.openings) for each in people)
    assert not any(holds(each, commitment.openings) for each in people)


def test_an_opening_holds_for_nobody_else() -> None:
    commitment = freeze().commitment
    own, other = open_blinds("d", SALT, OpeningRole.SUBJECT, SUBJECTS, ["subject-003", "subject-007"])

    for field in ("identifier", "blind", "nonce", "position"):
        assert not holds(own.model_copy(update={field: getattr(other, field)}), commitment.openings)


def test_a_neighbours_hash_does_not_open_by_trying_names() -> None:
    (opening,) = open_blinds("d", SALT, OpeningRole.SUBJECT, SUBJECTS, ["subject-003"])
    rows = freeze().rows["pool"].rows or []

    guesses = {
        leaf_hash(row_bytes(guess)).hex()
        for row in rows
        for subject in SUBJECTS
        for guess in ([row[0], subject], [row[0], subject, ""], [row[0], subject, opening.nonce])
    }

    assert not guesses & set(opening.proof)


def test_an_unknown_identifier_cannot_be_opened() -> None:
    with pytest.raises(InvalidDrawError, match="not_in_the_draw"):
        open_blinds("d", SALT, OpeningRole.SUBJECT, SUBJECTS, ["subject-003", "nobody"])
    assert open_blinds("d", SALT, OpeningRole.SUBJECT, [], []) == []


def test_the_full_opening_lists_everybody_and_the_salt() -> None:
    opening = open_everything("d", SALT, reversed(SUBJECTS), PEOPLE)

    assert (opening.salt, opening.subjects, opening.people) == (SALT.hex(), sorted(SUBJECTS), sorted(PEOPLE))
    assert b'"kind":"draw_full_opening/1"' in opening_bytes(opening)
