"""The food risk class: points for what a business is and for what was found, by the figures of the day."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from chalicelib.contract.figure import FigureStatus
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.domain.item import Severity
from scenarios.catering.food_risk import assess, dynamic_points, food_kind_points, risk_class_of, static_points
from scenarios.catering.rules import FoodRules, food_rules
from tests.shipped import SHIPPED

RULES, DAY = food_rules(), date(2026, 11, 20)
CATERING = SHIPPED.get("catering")
KINDS = [one.attribute for one in RULES.food_kinds]
ATTRIBUTES = st.fixed_dictionaries(
    {"business_form": st.sampled_from(["restaurant", "canteen", "group_meal"]), "business_area": st.integers(0, 9_999)}
    | {"daily_diners": st.integers(0, 9_999)},
    optional={kind: st.booleans() for kind in KINDS},
)
FINDINGS = st.lists(st.sampled_from(list(Severity)), max_size=12)


@pytest.mark.parametrize(
    ("form", "size", "points"),
    [
        ("restaurant", 0, 2),
        ("restaurant", 150, 2),
        ("restaurant", 151, 4),
        ("snack_shop", 501, 6),
        ("restaurant", 1001, 8),
        ("restaurant", 3000, 8),
        ("restaurant", 3001, 10),
        ("canteen", 50, 2),
        ("canteen", 51, 4),
        ("canteen", 301, 7),
        ("canteen", 501, 10),
        ("group_meal", 100, 6),
        ("central_kitchen", 501, 10),
    ],
)
def test_points_for_size_change_just_above_each_step(form, size, points):
    facts = {"business_form": form, "business_area": size, "daily_diners": size}

    assert static_points(RULES, DAY, facts) == points


@pytest.mark.parametrize(
    "facts", [{}, {"business_form": "restaurant"}, {"business_form": "bakery", "business_area": 9}]
)
def test_without_form_or_size_there_is_no_class(facts):
    assert static_points(RULES, DAY, facts) is None
    assert assess(RULES, DAY, facts, [Severity.CRITICAL]) is None


def test_kinds_of_food_add_up_to_their_limit_and_unknown_ones_do_not_count():
    assert food_kind_points(RULES, DAY, {}) == 0
    assert food_kind_points(RULES, DAY, {"makes_hot_dishes": True, "makes_drinks": False}) == 6
    assert food_kind_points(RULES, DAY, dict.fromkeys(KINDS, True)) == 30


@pytest.mark.parametrize(("points", "risk_class"), [(0, "A"), (30, "A"), (31, "B"), (45, "B"), (46, "C"), (61, "D")])
def test_a_class_begins_strictly_above_its_figure(points, risk_class):
    assert risk_class_of(RULES, DAY, points) == risk_class


def test_indicator_and_class_have_the_same_bands():
    indicator = next(one for one in CATERING.evaluation.indicators if one.id == "food_risk_points")

    for points in range(101):
        level = indicator.level_of(points)
        assert {None: "A", "blue": "B", "yellow": "C", "red": "D"}[level] == risk_class_of(RULES, DAY, points)


@given(ATTRIBUTES, FINDINGS, st.sampled_from(list(Severity)))
def test_another_finding_never_lowers_and_both_parts_keep_their_limits(facts, findings, another):
    risk, worse = assess(RULES, DAY, facts, findings), assess(RULES, DAY, facts, [*findings, another])

    assert 0 < risk.static_points <= 40 and 0 <= risk.dynamic_points <= 60
    assert risk.points <= worse.points and risk.risk_class <= worse.risk_class
    assert worse.static_points == risk.static_points


@given(FINDINGS)
def test_the_order_of_findings_does_not_matter(findings):
    assert dynamic_points(RULES, DAY, findings) == dynamic_points(RULES, DAY, reversed(findings))


def test_no_figure_is_called_verified_and_ours_cite_nothing():
    assert {one.status for one in RULES.figures} == {FigureStatus.TO_BE_CONFIRMED, FigureStatus.PROPOSAL}
    assert {one for figure in RULES.figures for one in figure.legal_basis_ids} <= set(CATERING.bases)
    assert all(one.note for one in RULES.figures)


def test_figures_have_days():
    with pytest.raises(RecordNotFoundError):
        RULES.figure("area_1", date(2016, 11, 30))
    newer = RULES.figures[0].model_copy(update={"version": 2, "value": 35, "effective_from": date(2027, 1, 1)})
    later = RULES.model_copy(update={"figures": (*RULES.figures, newer)})
    assert later.figure("static_most", date(2026, 12, 31)) == 40
    assert later.figure("static_most", date(2027, 1, 1)) == 35


@pytest.mark.parametrize(
    "change",
    [
        {"finding_points": {"minor": "finding_minor"}},
        {"food_kinds": [{"attribute": "makes_tea", "points": "points_tea"}]},
        {"risk_classes": [{"risk_class": "A", "above": "above_b"}]},
        {
            "scales": [
                {"business_forms": ["stall"], "measured_by": "seats", "steps": [{"up_to": 5, "points": "area_1"}]}
            ]
        },
    ],
)
def test_broken_rules_are_refused(change):
    with pytest.raises(ValidationError):
        FoodRules.model_validate({**RULES.model_dump(mode="json"), **change})
