"""Refusals of the draw's services."""

from chalicelib.domain.errors import FieldProblem, IllegalTransitionError, InvalidInputError, NotAllowedError


class CommitmentNotLoggedError(IllegalTransitionError):
    """The signed checkpoint that covers the commitment is not there yet; randomness has to wait for it."""

    code = "commitment_not_logged"


class SecondPersonNeededError(NotAllowedError):
    """Who began a step may not confirm it."""

    code = "second_person_needed"


def refuse(field: str, code: str, **details: str | int) -> InvalidInputError:
    """One problem with one field."""
    return InvalidInputError([FieldProblem(field=field, code=code, details=details)])
