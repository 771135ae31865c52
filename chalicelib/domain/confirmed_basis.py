"""A tenant's confirmation of one legal basis, as a record: who confirmed what text, when."""

from typing import ClassVar

from chalicelib.domain.legal_basis import BasisConfirmation
from chalicelib.domain.record import Record


class ConfirmedBasis(Record):
    """`id` is `<scenario>.<basis id>`; a confirmation given anew replaces the earlier one, kept in the history."""

    KIND: ClassVar[str] = "confirmed_basis"

    scenario: str
    confirmation: BasisConfirmation
