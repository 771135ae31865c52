"""A number is found however people write it."""

from datetime import date

import pytest

from chalicelib.domain.human_number import HumanNumber, read_number

TODAY = date(2026, 11, 23)


@pytest.mark.parametrize(
    ("text", "number"),
    [
        ("南综监计〔2026〕12号", HumanNumber(2026, 12)),
        ("〔2025〕7号", HumanNumber(2025, 7)),
        ("南综监计（2026）12号-3", HumanNumber(2026, 12, 3)),
        ("南综监抽〔2026〕12-1号", HumanNumber(2026, 12, 1, is_draw=True)),
        ("2026-12", HumanNumber(2026, 12)),
        ("12号", HumanNumber(2026, 12)),
        ("12", HumanNumber(2026, 12)),
    ],
)
def test_a_number_as_people_type_it(text, number):
    assert read_number(text, TODAY) == number


@pytest.mark.parametrize("text", ["", "加油站", "91450105MA0007591Y", "桂A12345", "民族大道2026"])
def test_other_text_is_no_number(text):
    assert read_number(text, TODAY) is None
