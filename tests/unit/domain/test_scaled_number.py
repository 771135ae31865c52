"""Numbers as people type them."""

import pytest

from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.scaled_number import scaled_number


@pytest.mark.parametrize(("text", "wanted"), [("", None), ("1.05", 105), ("１，０００．５", 100050), ("-3", -300)])
def test_what_is_typed_is_kept_in_hundredths(text: str, wanted: int | None) -> None:
    assert scaled_number(text, 2) == wanted


@pytest.mark.parametrize("text", ["abc", "1.055", "NaN", "Infinity", "9e999999", "1e16"])
def test_what_cannot_be_kept_is_refused_by_its_field(text: str) -> None:
    with pytest.raises(InvalidInputError) as refused:
        scaled_number(text, 2, "price")
    assert refused.value.problems[0].field == "price"
