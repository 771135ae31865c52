"""An overlay is checked as a whole: by the rules of its package, and by what no change may do."""

import pytest

from chalicelib.contract.overlay import Overlay
from chalicelib.contract.overlay_rules import overlay_faults
from tests.shipped import SHIPPED

OIL, HOUSING = SHIPPED.get("refined_oil"), SHIPPED.get("self_built_housing")


def codes(package, *changes):
    faults = overlay_faults(package, Overlay.model_validate({"scenario": package.name, "changes": changes}))
    return [(one.code, one.name) for one in faults]


def added(**values):
    item = OIL.checklist.items[0].model_dump(mode="json", by_alias=True, exclude_none=True)
    return {"kind": "add_item", "section_id": "ledger", "item": {**item, "id": "local_ledger", **values}}


def limits(**levels):
    thresholds = [{"level": level, **side} for level, side in levels.items()]
    return {"kind": "set_thresholds", "indicator_id": "fuel_difference_ratio", "thresholds": thresholds}


def test_what_keeps_the_rules_has_no_fault():
    hidden = {"kind": "hide_item", "item_id": "warning_signs"}
    ordered = limits(yellow={"above": 50}, orange={"above": 60}, red={"above": 200})
    assert codes(OIL, hidden, added(), ordered) == []


def test_a_question_that_a_condition_looks_at_stays_before_it():
    name = HOUSING.checklist.item("appraisal_grade_stated").name
    faults = codes(HOUSING, {"kind": "hide_item", "item_id": "appraisal_grade_stated"})
    assert ("overlay_conditions_point_back", name) in faults

    order = {"kind": "reorder_items", "section_id": "structure", "item_ids": ["dangerous_building_stopped"]}
    assert "overlay_conditions_point_back" in [code for code, _ in codes(HOUSING, order)]


@pytest.mark.parametrize(
    ("change", "fault"),
    [
        (added(department="nobody"), ("overlay_references_resolve", "nobody")),
        (added(legal_basis_ids=["nope"]), ("overlay_references_resolve", "nope")),
        (added(legal_basis_ids=[]), ("overlay_items_cite_bases", "")),
        (
            added(condition={"answer": "unasked", "equals": "compliant"}, condition_reason="x"),
            ("overlay_conditions_point_back", "unasked"),
        ),
        ({"kind": "set_label", "key": f"legal_basis.bases.{OIL.legal_basis.bases[0].id}.summary", "text": "无"}, None),
        (limits(yellow={"above": 50}), ("threshold_missing", "")),
        (limits(yellow={"above": 50}, red={"above": 50}), ("thresholds_unordered", "")),
        (limits(yellow={"below": 50}, red={"above": 90}), ("threshold_side", "")),
        (limits(yellow={"above": -1}, red={"above": 90}), ("threshold_negative", "")),
    ],
)
def test_what_breaks_a_rule_is_named(change, fault):
    assert codes(OIL, change) == [fault or ("not_configurable", "")]
