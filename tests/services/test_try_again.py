"""A write that met another is tried anew, so often and no more."""

import pytest

from chalicelib.domain.errors import AlreadyExistsError, ConflictError
from chalicelib.services.try_again import TRIES, try_again


def attempts(refusals, error):
    """An attempt that is refused so often, and a list of what it was asked."""
    asked = []

    def attempt():
        asked.append(len(asked))
        if len(asked) <= refusals:
            raise error
        return "written"

    return attempt, asked


@pytest.mark.parametrize("refusals", [0, 1, TRIES - 1])
def test_what_another_wrote_in_between_is_met_by_another_try(refusals):
    attempt, asked = attempts(refusals, ConflictError(kind="number"))

    assert try_again(attempt, about="number") == "written"
    assert len(asked) == refusals + 1


def test_a_refusal_that_goes_on_is_raised():
    attempt, asked = attempts(TRIES, ConflictError())

    with pytest.raises(ConflictError):
        try_again(attempt)
    assert len(asked) == TRIES


@pytest.mark.parametrize(
    ("error", "also"),
    [(ConflictError(kind="plan"), {"about": "number"}), (ConflictError(reason="x"), {"about": "number"}),
     (AlreadyExistsError(kind="report"), {})],
)  # fmt: skip
def test_what_is_not_for_us_to_decide_anew_is_raised_at_once(error, also):
    attempt, asked = attempts(1, error)

    with pytest.raises(type(error)):
        try_again(attempt, **also)
    assert len(asked) == 1


def test_other_refusals_count_where_they_are_named():
    attempt, _ = attempts(1, AlreadyExistsError(kind="evaluation"))

    assert try_again(attempt, refusals=(ConflictError, AlreadyExistsError)) == "written"
