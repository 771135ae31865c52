"""Metrics are data: each is counted by an entry, each ratio is made of flows, and sums keep to county and day."""

from datetime import date

import pytest

from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.metric import NOW, Figure, MetricKind, metric, metrics, ratios, total
from chalicelib.domain.metric_entry import COUNTED_KINDS

NANNING, BEIHAI = "450102000000", "450502000000"
FIGURES = [
    Figure(metric="finding_open", period=NOW, county=NANNING, due_on=date(2026, 11, 20), value=2),
    Figure(metric="finding_open", period=NOW, county=NANNING, due_on=date(2026, 11, 23), value=3),
    Figure(metric="finding_open", period=NOW, county=BEIHAI, value=5),
    Figure(metric="visit_open", period=NOW, county=NANNING, value=7),
]


def test_every_metric_counts_a_kind_that_has_entries_and_is_named_once():
    assert {one.record for one in metrics()} <= COUNTED_KINDS
    assert len({one.name for one in (*metrics(), *ratios())}) == len(metrics()) + len(ratios())
    for one in (*metrics(), *ratios()):
        assert one.label.told("zh")
        assert one.label.told("en").isascii()


@pytest.mark.parametrize("ratio", ratios(), ids=lambda one: one.name)
def test_a_ratio_is_made_of_two_flows(ratio):
    assert {metric(ratio.numerator).kind, metric(ratio.denominator).kind} == {MetricKind.FLOW}


def test_a_ratio_of_nothing_is_no_number():
    rate = next(one for one in ratios() if one.name == "rectification_on_time")

    assert rate.value({}) is None
    assert rate.value({"finding_closed": 4, "finding_passed_on_time": 3}) == 75


def test_sums_keep_to_metric_county_and_day():
    assert total(FIGURES, "finding_open") == 10
    assert total(FIGURES, "finding_open", county=NANNING) == 5
    assert total(FIGURES, "finding_open", before=date(2026, 11, 23)) == 2, "without a clock nothing is late"


def test_an_unknown_metric_is_not_found():
    with pytest.raises(RecordNotFoundError):
        metric("happiness")
