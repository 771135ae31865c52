"""When cylinders are due and when they are scrapped; cycles of checks at users; months."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.contract.figure import FigureStatus
from chalicelib.domain.errors import RecordNotFoundError
from scenarios.bottled_gas.cylinder import CylinderLot, CylinderState, lot_dates
from scenarios.bottled_gas.months import add_months
from scenarios.bottled_gas.rules import GasRules, gas_rules
from scenarios.bottled_gas.user_check import next_check_due

RULES = gas_rules()
TODAY = date(2026, 11, 20)
DAYS = st.dates(date(2015, 1, 1), date(2035, 12, 31))


def lot(**change):
    return CylinderLot.model_validate({"type_id": "steel_small", "made_on": date(2022, 3, 31)} | change)


@pytest.mark.parametrize(
    ("day", "months", "then"),
    [
        ("2026-01-31", 1, "2026-02-28"),
        ("2024-01-31", 1, "2024-02-29"),
        ("2024-02-29", 48, "2028-02-29"),
        ("2024-02-29", 12, "2025-02-28"),
        ("2026-11-20", -1, "2026-10-20"),
        ("2026-01-15", -1, "2025-12-15"),
    ],
)
def test_months_are_calendar_months(day, months, then):
    assert add_months(date.fromisoformat(day), months) == date.fromisoformat(then)


@given(DAYS, st.integers(0, 240), st.integers(0, 240))
def test_more_months_never_end_earlier(day, few, more):
    assert (add_months(day, few) <= add_months(day, more)) is (few <= more)


@pytest.mark.parametrize(
    ("day", "state"),
    [
        ("2026-02-27", CylinderState.IN_DATE),
        ("2026-02-28", CylinderState.DUE_SOON),
        ("2026-03-30", CylinderState.DUE_SOON),
        ("2026-03-31", CylinderState.OVERDUE),
        ("2030-03-30", CylinderState.OVERDUE),
        ("2030-03-31", CylinderState.PAST_LIFE),
    ],
)
def test_a_cylinder_never_inspected_counts_from_its_making(day, state):
    dates = lot_dates(lot(), RULES, TODAY)

    assert dates.state_on(date.fromisoformat(day)) is state


def test_the_earlier_of_computed_date_and_mark_counts():
    free = lot_dates(lot(last_inspected_on=date(2026, 3, 1)), RULES, TODAY)
    marked = lot_dates(lot(last_inspected_on=date(2026, 3, 1), marked_until=date(2029, 12, 31)), RULES, TODAY)
    later = lot_dates(lot(last_inspected_on=date(2026, 3, 1), marked_until=date(2033, 1, 1)), RULES, TODAY)

    assert free.inspection_ends_on == later.inspection_ends_on == date(2030, 3, 1)
    assert marked.inspection_ends_on == date(2030, 1, 1)
    assert marked.inspection_days_left(date(2029, 12, 31)) == 1


def test_no_inspection_lets_a_cylinder_go_on_past_its_life_but_an_assessment_does():
    made = date(2018, 5, 20)
    inspected = lot(made_on=made, last_inspected_on=date(2026, 5, 1))
    extended = lot(made_on=made, last_inspected_on=date(2026, 5, 1), is_life_extended=True)

    assert lot_dates(inspected, RULES, TODAY).state_on(TODAY) is CylinderState.PAST_LIFE
    assert lot_dates(extended, RULES, TODAY).state_on(TODAY) is CylinderState.IN_DATE
    assert lot_dates(extended, RULES, TODAY).life_ends_on == date(2030, 5, 20)


def test_large_cylinders_are_inspected_more_often():
    small, large = (lot_dates(lot(type_id=one), RULES, TODAY) for one in ("steel_small", "steel_large"))

    assert large.inspection_ends_on < small.inspection_ends_on


def test_what_cannot_be_judged_is_left_out():
    assert lot_dates(lot(type_id="composite"), RULES, TODAY) is None
    assert lot_dates(lot(last_inspected_on=date(2020, 1, 1)), RULES, TODAY) is None
    with pytest.raises(RecordNotFoundError):
        lot_dates(lot(), RULES, date(2010, 1, 1))


@given(DAYS, st.integers(0, 3000), st.booleans(), DAYS)
def test_states_only_get_worse(made_on, inspected_after, extended, day):
    one = lot(made_on=made_on, last_inspected_on=made_on + timedelta(days=inspected_after), is_life_extended=extended)
    dates = lot_dates(one, RULES, TODAY)
    order = list(CylinderState)

    assert order.index(dates.state_on(day)) <= order.index(dates.state_on(day + timedelta(days=1)))
    is_usable = dates.state_on(day) in (CylinderState.IN_DATE, CylinderState.DUE_SOON)
    assert is_usable is (dates.inspection_days_left(day) > 0)


@pytest.mark.parametrize(("day", "left"), [("2026-02-27", 1), ("2026-02-28", 0), ("2026-03-31", -31)])
def test_inspection_is_asked_for_a_month_before_validity_ends(day, left):
    dates = lot_dates(lot(), RULES, TODAY)

    assert dates.request_days_left(date.fromisoformat(day)) == left


def test_every_state_has_its_words():
    assert {one.id for one in RULES.lot_states} == set(CylinderState)


@pytest.mark.parametrize(
    ("group", "due"), [("household", "2027-05-25"), ("catering", "2026-11-25"), ("other_unit", "2026-11-25")]
)
def test_each_group_of_users_has_its_cycle(group, due):
    assert next_check_due(group, date(2026, 5, 25), RULES, TODAY) == date.fromisoformat(due)


def test_an_unknown_group_has_no_cycle():
    assert next_check_due("nobody", TODAY, RULES, TODAY) is None


def test_only_what_the_statute_says_is_verified_and_cycles_are_proposals():
    by_status = {status: {one.id for one in RULES.figures if one.status is status} for status in FigureStatus}

    assert by_status[FigureStatus.VERIFIED] == {"request_months"}
    assert {one.check_cycle for one in RULES.user_groups} < by_status[FigureStatus.PROPOSAL]
    used = {x for one in RULES.cylinder_types for x in (one.inspection_interval, one.service_life, one.extended_life)}
    assert used == by_status[FigureStatus.TO_BE_CONFIRMED]


def test_a_type_without_its_figure_is_refused():
    body = RULES.model_dump()
    body["cylinder_types"] = [{"id": "odd", "inspection_interval": "nowhere", "service_life": "steel_life_months"}]

    with pytest.raises(ValueError, match="nowhere"):
        GasRules.model_validate(body)
