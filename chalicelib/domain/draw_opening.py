"""Openings: how a subject finds its own place in a draw after the inspection, and an auditor everybody's."""

from collections.abc import Collection, Iterable
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.checkpoint import canonical
from chalicelib.domain.draw import Digest32, InvalidDrawError
from chalicelib.domain.draw_blind import Blinder, OpeningRole
from chalicelib.domain.draw_rows import row_bytes, sorted_rows
from chalicelib.domain.merkle import inclusion_proofs, leaf_hash


class Opening(BaseModel):
    """The opening of one blind: shows which row of the public pool (or exclusion list) is this subject's or person's.

    proof: RFC 6962 audit path (hex) of the leaf (blind, identifier, nonce) in the committed opening tree.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["draw_opening/1"] = "draw_opening/1"
    draw_id: str
    role: OpeningRole
    identifier: str
    blind: Digest32
    nonce: Digest32
    position: int = Field(ge=0)
    proof: list[Digest32]


class FullOpening(BaseModel):
    """For overseer and auditors only: the salt and every identifier, from which all blinds are recomputed."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    kind: Literal["draw_full_opening/1"] = "draw_full_opening/1"
    draw_id: str
    salt: Digest32
    subjects: list[str]
    people: list[str]


def open_blinds(
    draw_id: str, salt: bytes, role: OpeningRole, identifiers: Iterable[str], wanted: Collection[str]
) -> list[Opening]:
    """Openings of the wanted identifiers, sorted by blind.

    identifiers: all subjects (pool and excluded), or all people (eligible and excluded), as they were frozen. Keeps
    32 bytes for each. Raises InvalidDrawError for a wanted identifier that is not among them.
    """
    blinder, asked = Blinder(salt), set(wanted)
    hashes, rows = bytearray(), {}
    blinds = sorted_rows((blinder.blind(role, identifier), identifier) for identifier in identifiers)
    for position, (_, identifier) in enumerate(blinds):
        row = blinder.opening(role, str(identifier))
        hashes += leaf_hash(row_bytes(row))
        if identifier in asked:
            rows[position] = row
    if len(rows) < len(asked):
        raise InvalidDrawError(problem="not_in_the_draw", missing=len(asked) - len(rows))

    def leaf_hash_at(position: int) -> bytes:
        return bytes(hashes[32 * position : 32 * position + 32])

    proofs = inclusion_proofs(rows, len(hashes) // 32 if hashes else 0, leaf_hash_at)
    return [
        Opening(
            draw_id=draw_id,
            role=role,
            identifier=row.identifier,
            blind=row.blind,
            nonce=row.nonce,
            position=position,
            proof=[node.hex() for node in proofs[position]],
        )
        for position, row in sorted(rows.items())
    ]


def open_everything(draw_id: str, salt: bytes, subjects: Iterable[str], people: Iterable[str]) -> FullOpening:
    """The auditors' opening; anybody who has it can name every blind of this draw."""
    return FullOpening(draw_id=draw_id, salt=salt.hex(), subjects=sorted(subjects), people=sorted(people))


def opening_bytes(opening: Opening | FullOpening) -> bytes:
    """The opening as the file that the verifier reads."""
    return canonical(_json(opening))


def _json(model: BaseModel) -> Any:
    return model.model_dump(mode="json")
