"""A write that met another of the same moment is tried anew, from what is stored then."""

from collections.abc import Callable
from typing import TypeVar

from chalicelib.domain.errors import ConflictError, YijianshiError

TRIES = 5
Given = TypeVar("Given")


def try_again(
    attempt: Callable[[], Given],
    *,
    about: str | None = None,
    refusals: tuple[type[YijianshiError], ...] = (ConflictError,),
) -> Given:
    """What the attempt gives, which reads what it decides on itself. A refusal that goes on is raised, and at once one
    that is about another kind than this: what the caller had read has moved on, and is not for us to decide anew."""
    for _ in range(TRIES - 1):
        try:
            return attempt()
        except refusals as error:
            if about is not None and error.details.get("kind") != about:
                raise
    return attempt()
