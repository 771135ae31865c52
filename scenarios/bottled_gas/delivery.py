"""Delivery vehicles: papers that end, and load against what the vehicle may carry."""

from collections.abc import Iterable
from datetime import date

from scenarios.bottled_gas.ratio import rounded_up

PAPERS = (
    "transport_permit_until",
    "driver_certificate_until",
    "escort_certificate_until",
    "vehicle_tested_until",
    "carrier_insurance_until",
)
"""Attributes of a delivery vehicle that say until when a paper holds (ISO 8601 dates)."""


def days_until_first_end(ends: Iterable[date], day: date) -> int | None:
    """Days for which all papers still hold, the last day counted as held: -1 when one ended yesterday. None while no
    paper's end is known."""
    return min(((end - day).days for end in ends), default=None)


def load_usage(cylinders: int, gross_grams_each: int, permitted_kg: int) -> int | None:
    """Gross weight of the load ÷ permitted load in basis points, rounded up; None while the permitted load is not
    known."""
    return rounded_up(cylinders * gross_grams_each, permitted_kg * 1000)
