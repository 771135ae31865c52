"""At an upgrade each change says what the old version, the new one and we say, and whether ours still applies."""

from chalicelib.contract.overlay_difference import DifferenceState, differences
from chalicelib.domain.evaluation_rules import AlertLevel, Threshold
from chalicelib.domain.label import with_labels
from chalicelib.domain.overlay import AddItem, HideItem, ReorderItems, SetLabel, SetThresholds
from tests.shipped import SHIPPED

OIL = SHIPPED.get("refined_oil")
KEY = "manifest.departments.commerce.label"
OTHER = "manifest.departments.taxation.label"


def newer():
    """Renames two departments and drops an item."""
    renamed = with_labels(OIL.manifest, "manifest", {KEY: "商务局", OTHER: "税务局"})
    sections = [
        one.model_copy(update={"items": tuple(item for item in one.items if item.id != "warning_signs")})
        for one in OIL.checklist.sections
    ]
    return OIL.replacing(manifest=renamed, checklist=OIL.checklist.model_copy(update={"sections": tuple(sections)}))


def test_every_change_is_compared_three_ways():
    section = OIL.checklist.sections[0]
    order = tuple(item.id for item in section.items[::-1])
    indicator = OIL.evaluation.indicators[0]
    item = OIL.checklist.items[0].model_copy(update={"id": "ours", "name": "本地油气回收台账"})
    changes = (
        SetLabel(key=KEY, text="市商务局"),
        SetLabel(key=OTHER, text="税务局"),
        HideItem(item_id="warning_signs"),
        SetThresholds(indicator_id=indicator.id, thresholds=(Threshold(level=AlertLevel.RED, above=9),)),
        ReorderItems(section_id=section.id, item_ids=order),
        AddItem(section_id=section.id, item=item),
    )

    found = differences(OIL, newer(), changes)

    assert [one.state for one in found] == [
        DifferenceState.MOVED,
        DifferenceState.OVERTAKEN,
        DifferenceState.GONE,
        DifferenceState.HOLDS,
        DifferenceState.HOLDS,
        DifferenceState.HOLDS,
    ]
    assert (found[0].old, found[0].new, found[0].ours) == ("商务部门", "商务局", "市商务局")
    assert (found[2].reason, found[2].new) == ("no_such_item", None)
    assert found[2].name == OIL.checklist.item("warning_signs").name
    assert found[3].ours == changes[3].thresholds
    assert found[4].ours[0] == section.items[-1].name
    assert (found[5].old, found[5].ours) == (None, "本地油气回收台账")


def test_on_one_version_a_difference_has_two_sides():
    found = differences(OIL, OIL, [SetLabel(key=KEY, text="市商务局")])

    assert [(one.old, one.ours, one.state) for one in found] == [("商务部门", "市商务局", DifferenceState.HOLDS)]
