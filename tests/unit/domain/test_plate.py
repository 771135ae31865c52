"""Plates: what is read, what fits, what is refused."""

import pytest

from chalicelib.domain.plate import PlateForm, plate_problem, plate_rules, read_plate


def test_every_layout_takes_its_example_and_nothing_is_shown_as_law() -> None:
    rules = plate_rules()
    assert rules.source == "product_rule" and "GA 36" in rules.standard
    for form in rules.forms:
        for layout in form.layouts:
            assert plate_problem(layout.example, form.code) is None, layout.code


def test_what_people_write_between_the_parts_is_no_part_of_the_plate() -> None:
    assert read_plate(" 桂a·12 345 ") == read_plate("桂Ａ-12345") == "桂A12345"
    assert read_plate("桂A•D12345") == "桂AD12345"


@pytest.mark.parametrize(
    "plate",
    ["123", "桂", "🚗🚗🚗", "桂A1234", "桂A123456", "桂AI2345", "桂AABCDE", "桂112345", "国A12345", "桂AZ12345"],
)
def test_what_no_mainland_vehicle_has_is_refused(plate: str) -> None:
    assert plate_problem(read_plate(plate), PlateForm.STANDARD) == "plate_form"


def test_an_explicit_choice_takes_other_plates_but_no_pictures() -> None:
    for plate in ("临桂A12345", "51A12345", "กข1234", "桂A1*3*5", "123"):
        assert plate_problem(read_plate(plate), PlateForm.OTHER) is None, plate
    for plate in ("桂", "🚗🚗🚗", "桂桂桂", "--"):
        assert plate_problem(read_plate(plate) or "-", PlateForm.OTHER) == "plate_unreadable", plate
