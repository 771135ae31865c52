"""Screening arithmetic: whole figures, rounded up, measured against thresholds that are data."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.item import Answer, Compliance
from scenarios.self_built_housing.screening import (
    EXCAVATION,
    MEASURED,
    SUSTAINED_DAYS,
    Measurements,
    ratio_up,
    read_measurements,
    screen_measurements,
)
from tests.shipped import SHIPPED

HOUSING = SHIPPED.get("self_built_housing")
INDICATORS = {one.id: one for one in HOUSING.evaluation.indicators}
DAYS = next(one.value for one in HOUSING.figures if one.id == SUSTAINED_DAYS)
lengths = st.integers(0, 10**7)
spans = st.integers(1, 10**6)


def levels(**measured):
    readings = screen_measurements(Measurements(**measured), INDICATORS, DAYS)
    return {key: INDICATORS[key].level_of(value) for key, value in readings.items() if INDICATORS[key].level_of(value)}


@pytest.mark.parametrize(
    ("crack", "level"), [(0, None), (499, None), (500, "yellow"), (999, "yellow"), (1000, "red"), (1001, "red")]
)
def test_crack_width_in_hundredths_of_a_millimetre(crack, level):
    assert levels(crack=crack).get("wall_crack_width") == level


@pytest.mark.parametrize(
    ("displacement", "tilt", "level"),
    [
        (0, 0, None),
        (61, 610, None),
        (69, 690, None),
        (70, 700, "yellow"),
        (91, 910, "yellow"),
        (99, 990, "yellow"),
        (100, 1000, "red"),
    ],
)
def test_our_figures_of_tilt_begin_at_the_hundredth_of_a_permille(displacement, tilt, level):
    measured = Measurements(displacement=displacement, height=10_000)

    assert measured.tilt == measured.tilt_reached == tilt
    assert levels(displacement=displacement, height=10_000).get("overall_tilt") == level


@given(lengths, spans, st.integers(0, 10_000))
def test_tilt_is_at_or_above_a_figure_exactly_when_the_true_ratio_is(displacement, height, figure):
    measured = Measurements(displacement=displacement, height=height)

    assert (measured.tilt > figure) is (displacement * 100_000 > figure * height)
    assert (measured.tilt_reached >= figure) is (displacement * 100_000 >= figure * height)


@pytest.mark.parametrize(
    ("displacement", "height", "reached"),
    [(100, 10_000, set()), (100_001, 10_000_000, {"standard_tilt_with_crack"})],
)
def test_the_standards_border_is_exact(displacement, height, reached):
    assert levels(crack=1, displacement=displacement, height=height).keys() & {"standard_tilt_with_crack"} == reached


@given(lengths, spans, st.integers(0, 2000))
def test_settlement_rate_is_above_a_figure_exactly_when_the_true_rate_is(settled, days, figure):
    rate = Measurements(later=settled, later_days=days).monthly_rates[1]

    assert (rate > figure) is (settled * 30 > figure * days)


@given(st.tuples(lengths, spans), st.tuples(lengths, spans))
def test_sustained_settlement_needs_both_periods(earlier, later):
    measured = Measurements(earlier=earlier[0], earlier_days=earlier[1], later=later[0], later_days=later[1])
    sustained = screen_measurements(measured, INDICATORS, 0)["settlement_rate_sustained"]

    is_red = INDICATORS["settlement_rate_sustained"].level_of(sustained) == "red"
    assert is_red is all(settled * 30 > 400 * days for settled, days in (earlier, later))


@pytest.mark.parametrize(
    ("earlier", "later", "is_read"), [(3, 3, False), (29, 29, False), (31, 28, True), (1, 58, True)]
)
def test_settlement_is_sustained_only_over_two_months(earlier, later, is_read):
    measured = Measurements(earlier=1000, earlier_days=earlier, later=1000, later_days=later)

    assert ("settlement_rate_sustained" in screen_measurements(measured, INDICATORS, DAYS)) is is_read


@given(st.integers(0, 3000), lengths, spans, st.one_of(st.none(), st.integers(1, 9)))
def test_worse_measurements_never_look_better(crack, displacement, height, storeys):
    before = levels(crack=crack, displacement=displacement, height=height, storeys=storeys)
    after = levels(crack=crack + 1, displacement=displacement + 1, height=height, storeys=storeys)

    assert {key for key, level in before.items() if level == "red"} <= {
        key for key, level in after.items() if level == "red"
    }


@given(lengths, spans)
def test_every_building_is_held_to_one_tilt_figure_and_unknown_storeys_to_the_stricter(displacement, height):
    def of(storeys):
        readings = screen_measurements(
            Measurements(displacement=displacement, height=height, storeys=storeys), INDICATORS, DAYS
        )
        return {"standard_tilt_low", "standard_tilt_high"} & set(readings)

    assert of(2) == {"standard_tilt_low"}
    assert of(3) == of(None) == {"standard_tilt_high"}


def test_a_tenant_that_sets_its_own_storeys_does_not_move_the_standards_tilt():
    own = INDICATORS["storeys"].model_copy(update={"thresholds": ()})
    measured = Measurements(displacement=250, height=10_000, storeys=3)

    assert "standard_tilt_high" in screen_measurements(measured, INDICATORS | {"storeys": own}, DAYS)
    assert not INDICATORS["standard_storeys"].is_configurable


@pytest.mark.parametrize(
    ("crack", "displacement", "reached"), [(1001, 101, True), (1000, 101, False), (1001, 100, False), (1001, 0, False)]
)
def test_the_standards_crack_counts_only_with_tilt(crack, displacement, reached):
    found = levels(crack=crack, displacement=displacement, height=10_000)

    assert ("standard_crack_with_tilt" in found) is reached


def test_daily_settlement_counts_only_beside_an_excavation():
    period = {"later": 601, "later_days": 3}

    assert "settlement_rate_daily" not in levels(**period)
    assert levels(**period, is_beside_excavation=True)["settlement_rate_daily"] == "red"


@pytest.mark.parametrize(("part", "whole"), [(None, 3), (3, None), (3, 0)])
def test_nothing_is_computed_from_what_is_missing(part, whole):
    assert ratio_up(part, 1000, whole) is None


def test_measures_come_before_answers_and_a_negative_figure_is_no_measurement():
    answers = {key: Answer(number=10) for key in MEASURED} | {EXCAVATION: Answer(compliance=Compliance.NON_COMPLIANT)}

    assert read_measurements({}, answers).crack == 10
    assert read_measurements({}, answers).is_beside_excavation
    assert read_measurements({"crack_width": 30}, answers).crack == 30
    assert read_measurements({"crack_width": -1}, {}) == Measurements()


def test_without_a_tenants_indicator_nothing_is_screened_by_it():
    known = {key: one for key, one in INDICATORS.items() if key == "overall_tilt"}

    measured = Measurements(crack=2000, displacement=5, height=100)
    assert screen_measurements(measured, known, DAYS) == {"overall_tilt": 5000}


@pytest.mark.parametrize(
    ("measured", "asked"),
    [({"crack": 499}, 0), ({"crack": 500}, 1), ({"crack": 1001, "displacement": 11, "height": 1000}, 4)],
)
def test_every_reading_beyond_a_threshold_asks_for_an_appraisal(measured, asked):
    readings = screen_measurements(Measurements(**measured), INDICATORS, DAYS)

    assert readings["appraisal_asked"] == asked
    assert "appraisal_asked" not in screen_measurements(Measurements(), INDICATORS, DAYS)
