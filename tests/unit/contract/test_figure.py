"""Figures as versioned data."""

from datetime import date

import pytest
from pydantic import ValidationError

from chalicelib.contract.figure import DerivedLabel, Figure, derived_label, figure_on
from chalicelib.domain.errors import RecordNotFoundError


def figure(value, version, effective_from, effective_to=None, **more):
    return Figure.model_validate(
        {
            "id": "interval",
            "version": version,
            "label": "周期",
            "label_en": "Interval",
            "value": value,
            "unit": "month",
            "status": "proposal",
            "effective_from": effective_from,
            "effective_to": effective_to,
        }
        | more
    )


OLD = figure(36, 1, "2020-01-01", "2026-01-01")
NEW = figure(48, 2, "2026-01-01")


@pytest.mark.parametrize(("day", "value"), [("2020-01-01", 36), ("2025-12-31", 36), ("2026-01-01", 48)])
def test_an_old_day_is_judged_by_the_figure_of_that_day(day, value):
    assert figure_on([NEW, OLD], "interval", date.fromisoformat(day)).value == value


def test_the_newest_version_in_force_counts_and_before_all_there_is_none():
    corrected = figure(60, 3, "2026-01-01")

    assert figure_on([corrected, NEW], "interval", date(2026, 6, 1)).value == 60
    with pytest.raises(RecordNotFoundError):
        figure_on([OLD], "interval", date(2019, 12, 31))


@pytest.mark.parametrize(
    "change",
    [
        {"legal_basis_ids": ("law",)},
        {"status": "verified"},
        {"effective_to": "2020-01-01"},
        {"value": -1},
    ],
)
def test_a_figure_says_honestly_what_it_rests_on(change):
    with pytest.raises(ValidationError):
        figure(**{"value": 36, "version": 1, "effective_from": "2020-01-01"} | change)


def test_words_of_a_derived_value():
    words = DerivedLabel(id="cap", label="上限", label_en="Cap", formula="甲", formula_en="A")

    assert derived_label([words], "cap") is words
    with pytest.raises(RecordNotFoundError):
        derived_label([words], "floor")
