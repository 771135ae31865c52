"""Blinds: what stands for a subject or a person in everything that is public about a draw.

With plain identifiers a firm that knew its weight could find out whether it was drawn, and published weights would
publish the risk level. A blind is an HMAC under the draw's secret salt. Its opening is a committed row of blind,
identifier and a nonce; without the nonce a neighbour's hash in a proof could be opened by trying known identifiers.
"""

import hashlib
from enum import StrEnum
from typing import NamedTuple

from chalicelib.domain.draw import SEPARATOR, InvalidDrawError, keyed_hash

SALT_BYTES = 32


class OpeningRole(StrEnum):
    """Whose blind is opened."""

    SUBJECT = "subject"
    INSPECTOR = "inspector"


class OpeningRow(NamedTuple):
    """A leaf of an opening tree."""

    blind: str
    identifier: str
    nonce: str


class Blinder:
    """Makes the blinds and nonces of one draw from its salt (32 secret bytes)."""

    def __init__(self, salt: bytes) -> None:
        if len(salt) != SALT_BYTES:
            raise InvalidDrawError(problem="salt_length", expected=SALT_BYTES)
        self._salt = salt

    @property
    def salt_sha256(self) -> str:
        """What the commitment says of the salt."""
        return hashlib.sha256(self._salt).hexdigest()

    def blind(self, role: OpeningRole, identifier: str) -> str:
        """A subject's blind is HMAC-SHA256(salt, identifier); a person's has "person" ␟ before the identifier."""
        if not identifier or SEPARATOR in identifier:
            raise InvalidDrawError(problem="identifier", identifier=identifier)
        parts = (identifier,) if role is OpeningRole.SUBJECT else ("person", identifier)
        return keyed_hash(self._salt, *parts).hex()

    def subject(self, identifier: str) -> str:
        return self.blind(OpeningRole.SUBJECT, identifier)

    def person(self, identifier: str) -> str:
        return self.blind(OpeningRole.INSPECTOR, identifier)

    def opening(self, role: OpeningRole, identifier: str) -> OpeningRow:
        """The row that opens this blind; its nonce is HMAC-SHA256(salt, "open" ␟ blind)."""
        blind = self.blind(role, identifier)
        return OpeningRow(blind, identifier, keyed_hash(self._salt, "open", blind).hex())
