"""The trade's indicators from what was answered, measured and registered. Measures come before answers."""

from collections.abc import Callable, Mapping
from typing import NamedTuple

from chalicelib.contract.quantity import read_quantity
from chalicelib.domain.item import Answer
from scenarios.catering.coverage import Coverage, weekly_records
from scenarios.catering.kitchen_waste import KitchenWaste, grams_per_meal, oil_returned


class Reading(NamedTuple):
    """An indicator's quantities, by the name of their question, in the order in which `value` takes them."""

    quantities: tuple[str, ...]
    value: Callable[..., int | None]


def _waste_difference(logged: int, collected: int) -> int | None:
    return KitchenWaste(logged=logged, collected=collected).difference_basis_points


def _daily_coverage(days: int, records: int) -> int | None:
    return Coverage(needed=days, held=records).basis_points


def _weekly_coverage(days: int, records: int) -> int | None:
    return weekly_records(days, records).basis_points


def _uncertified(staff: int, certificates: int) -> int:
    return Coverage(needed=staff, held=certificates).missing


READINGS: Mapping[str, Reading] = {
    "waste_difference_ratio": Reading(("kitchen_waste_logged", "kitchen_waste_collected"), _waste_difference),
    "waste_per_meal": Reading(("kitchen_waste_collected", "meals_served"), grams_per_meal),
    "waste_oil_ratio": Reading(("cooking_oil_bought", "waste_oil_handed_over"), oil_returned),
    "daily_control_coverage": Reading(("opening_days", "daily_control_records"), _daily_coverage),
    "weekly_check_coverage": Reading(("opening_days", "weekly_check_records"), _weekly_coverage),
    "uncertified_staff": Reading(("staff_handling_food", "health_certificates_held"), _uncertified),
}
"""Indicator id -> what it is computed from."""


def indicator_values(measures: Mapping[str, int], answers: Mapping[str, Answer]) -> dict[str, int | None]:
    """Every indicator that rests on quantities; None while one of them is missing or the ratio says nothing."""
    values: dict[str, int | None] = {}
    for indicator, reading in READINGS.items():
        known = [value for name in reading.quantities if (value := read_quantity(name, measures, answers)) is not None]
        values[indicator] = reading.value(*known) if len(known) == len(reading.quantities) else None
    return values
