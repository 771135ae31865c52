"""Limits that differ on one question are found where items merge, and only there."""

from chalicelib.contract.limit_conflicts import limit_conflicts
from chalicelib.domain.checklist import merge_items
from chalicelib.domain.item import AnswerType, NumberLimits
from tests.shipped import SHIPPED

OIL = SHIPPED.get("refined_oil")
FIRST, SECOND, *_ = OIL.checklist.items


def asking(*limits, kinds=((), ()), name="refined_oil"):
    """The package with two items of one number question, whose limits are these."""
    values = {"asked_once_key": "distance", "answer_type": AnswerType.NUMBER, "condition": None}
    items = [
        item.model_copy(update=values | {"number": NumberLimits(unit="米", minimum=limit), "subject_kinds": kind})
        for item, limit, kind in zip((FIRST, SECOND), limits, kinds, strict=False)
    ]
    section = OIL.checklist.sections[0].model_copy(update={"items": tuple(items)})
    manifest = OIL.manifest.model_copy(update={"name": name})
    return OIL.replacing(manifest=manifest, checklist=OIL.checklist.model_copy(update={"sections": (section,)}))


def test_two_departments_with_different_limits_are_a_conflict_as_their_merged_item_says():
    package = asking(5, 8)

    (found,) = limit_conflicts([package])

    (merged,) = merge_items(package.checklist.items)
    assert tuple(part.item.id for part in found.parts) == merged.conflicts == (FIRST.id, SECOND.id)


def test_the_same_limit_other_kinds_of_subject_and_the_shipped_package_are_none():
    assert limit_conflicts([asking(5, 5)]) == []
    assert limit_conflicts([asking(5, 8, kinds=(("premises",), ("vehicle",)))]) == []
    assert limit_conflicts([OIL]) == []


def test_two_scenarios_of_one_visit_conflict_too():
    (found,) = limit_conflicts([asking(5), asking(8, name="other")])

    assert [part.scenario.name for part in found.parts] == ["refined_oil", "other"]
