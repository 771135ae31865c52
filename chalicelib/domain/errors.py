"""Errors of the domain: one base, a stable code each, and the values that fill the message.

Texts live with the web layer, which alone maps a code to an HTTP status and to Chinese and English words.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict, Field


class FieldProblem(BaseModel):
    """One thing that is wrong with one field of an input.

    field: dotted path of the field as the caller named it; code: stable snake_case reason;
    details: values for the message's placeholders.
    """

    model_config = ConfigDict(frozen=True)

    field: str
    code: str
    details: dict[str, str | int] = Field(default_factory=dict)


class YijianshiError(Exception):
    """Base of every error that the product raises on purpose. `code` is part of the API."""

    code: ClassVar[str] = "error"

    def __init__(self, **details: Any) -> None:
        super().__init__(self.code, details)
        self.details = details


class InvalidInputError(YijianshiError):
    """The input cannot be taken; `problems` name every field and the way to mend it."""

    code = "invalid_input"

    def __init__(self, problems: list[FieldProblem], **details: Any) -> None:
        super().__init__(**details)
        self.problems = problems


@contextmanager
def collecting(problems: list[FieldProblem]) -> Iterator[None]:
    """What is wrong with one field is added to these problems, so that the other fields are looked at too."""
    try:
        yield
    except InvalidInputError as error:
        problems += error.problems


class RecordNotFoundError(YijianshiError):
    """No such record, or none that the caller may know of: the two look the same from outside."""

    code = "not_found"


class NotAllowedError(YijianshiError):
    """The actor is known, but this act is not theirs."""

    code = "not_allowed"


class NotAuthenticatedError(YijianshiError):
    """Nobody is signed in, or the token does not hold."""

    code = "not_authenticated"


class ConflictError(YijianshiError):
    """Somebody changed the record since it was read; read it again and decide anew."""

    code = "conflict"


class IllegalTransitionError(YijianshiError):
    """The record's state does not allow this step. Details: `state`, `step`."""

    code = "illegal_transition"


class AlreadyExistsError(YijianshiError):
    """A record with this identity is already there. Details: `kind`, `identity`."""

    code = "already_exists"


class TenantRequiredError(YijianshiError):
    """A call reached the storage without a tenant: a fault of ours, never of the caller."""

    code = "tenant_required"
