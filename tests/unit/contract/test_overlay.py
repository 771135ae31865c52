"""A tenant's changes are replayed on a copy; what does not fit is reported, never guessed."""

import pytest

from chalicelib.contract.overlay import Overlay, apply_overlay
from tests.shipped import SHIPPED

OIL = SHIPPED.get("refined_oil")


def overlay(*changes):
    return Overlay.model_validate({"scenario": "refined_oil", "changes": changes})


def new_item(item_id):
    return {**OIL.checklist.items[0].model_dump(mode="json", by_alias=True, exclude_none=True), "id": item_id}


def test_without_changes_the_package_stays():
    assert apply_overlay(OIL, None).scenario is OIL


def test_changes_are_seen_and_the_package_is_untouched():
    thresholds = [{"level": "orange", "above": 50}]
    done = apply_overlay(
        OIL,
        overlay(
            {"kind": "set_label", "key": "manifest.departments.commerce.label", "text": "市商务局"},
            {"kind": "set_thresholds", "indicator_id": "fuel_difference_ratio", "thresholds": thresholds},
            {"kind": "hide_item", "item_id": "warning_signs"},
            {"kind": "add_item", "section_id": "ledger", "item": new_item("local_card_reader")},
        ),
    )

    assert done.unapplied == ()
    assert done.scenario.manifest.department_label("commerce") == "市商务局"
    assert done.scenario.labels["manifest.departments.commerce.label"] == "市商务局"
    assert done.scenario.evaluation.indicators[0].level_of(51) == "orange"
    assert done.scenario.checklist.item("warning_signs") is None
    assert done.scenario.checklist.item("local_card_reader") is not None
    assert OIL.manifest.department_label("commerce") == "商务部门"
    assert OIL.checklist.item("warning_signs") is not None


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"kind": "set_label", "key": "manifest.nobody", "text": "x"}, "no_such_label"),
        ({"kind": "hide_item", "item_id": "nothing"}, "no_such_item"),
        ({"kind": "hide_item", "item_id": "dangerous_chemicals_licence"}, "full_coverage_item"),
        (
            {"kind": "set_thresholds", "indicator_id": "nothing", "thresholds": [{"level": "red", "above": 1}]},
            "no_such_indicator",
        ),
        ({"kind": "add_item", "section_id": "nowhere", "item": new_item("fresh")}, "no_such_section"),
        ({"kind": "add_item", "section_id": "ledger", "item": new_item("price_marked")}, "item_already_there"),
    ],
)
def test_what_does_not_fit_is_reported_and_the_rest_goes_on(change, code):
    label = {"kind": "set_label", "key": "manifest.label", "text": "本地油品"}

    done = apply_overlay(OIL, overlay(change, label))

    assert done.unapplied == ((0, code),)
    assert done.scenario.manifest.label == "本地油品"
