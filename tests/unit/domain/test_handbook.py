"""The eight standard elements are all there or the item is refused; an item is for whom it concerns."""

import pytest
from pydantic import ValidationError

from chalicelib.domain.checklist import Checklist, possible_items
from chalicelib.domain.handbook import HandbookItem, Paragraph
from chalicelib.domain.item import SubjectFacts

ITEM = {
    "id": "item_fire",
    "department": "fire_rescue",
    "item_name": "消防检查",
    "item_code": "RO-06",
    "legal_basis_ids": ["fire_16"],
    "item_type": "administrative_inspection",
    "subject_kinds": ["premises"],
    "procedure": "计划、检查、公示",
    "inspection_form": "检查单",
    "inspection_locations": ["on_site"],
    "result": "合格或者不合格",
}
EIGHT = (
    "item_name",
    "item_code",
    "legal_basis_ids",
    "item_type",
    "subject_kinds",
    "procedure",
    "inspection_form",
    "result",
)


def check(id, department, **more):
    standing = {"method": "visual_check", "location": "on_site", "standard": "标准", "guidance": "怎么看"}
    times = {"severity": "minor", "rectification_working_days": 5, "condition_reason": "有油罐"}
    return {"id": id, "name": id, "department": department, **standing, **times, **more}


def test_a_whole_item_is_taken():
    assert HandbookItem.model_validate(ITEM).item_code == "RO-06"


@pytest.mark.parametrize("element", EIGHT)
def test_every_standard_element_is_required(element):
    with pytest.raises(ValidationError) as refused:
        HandbookItem.model_validate({key: value for key, value in ITEM.items() if key != element})

    assert refused.value.errors()[0]["loc"] == (element,)


@pytest.mark.parametrize("element", ["item_name", "legal_basis_ids", "subject_kinds", "procedure", "result"])
def test_an_empty_element_is_refused(element):
    with pytest.raises(ValidationError):
        HandbookItem.model_validate({**ITEM, element: type(ITEM[element])()})


CHECKS = Checklist.model_validate(
    {
        "title": "检查清单",
        "sections": [
            {
                "id": "all",
                "title": "全部",
                "items": [
                    check("tank_tight", "fire_rescue", condition={"attribute": "has_tank", "equals": True}),
                    check("tank_log", "fire_rescue", condition={"answer": "tank_tight", "equals": "compliant"}),
                    check("roof_sound", "meteorology", shared_by=["health"]),
                ],
            }
        ],
    }
)
TANK, NO_TANK = ({"has_tank": held} for held in (True, False))


@pytest.mark.parametrize(
    ("changes", "attributes", "expected"),
    [
        ({}, TANK, True),
        ({}, NO_TANK, False),  # what hangs on an answer that nobody will give is not asked either
        ({"check_item_ids": ["roof_sound"]}, NO_TANK, True),
        ({"check_item_ids": ["tank_log"]}, TANK, True),
        ({"department": "health"}, NO_TANK, True),
        ({"department": "taxation"}, NO_TANK, True),  # looked at without a check item
        ({"department": "meteorology", "condition": {"attribute": "has_tank", "equals": True}}, NO_TANK, False),
        ({"department": "meteorology", "condition": {"attribute": "has_tank", "equals": True}}, TANK, True),
        ({"subject_kinds": ["company"]}, TANK, False),
    ],
)
def test_an_item_is_for_whom_it_says_and_of_whom_something_is_asked(changes, attributes, expected):
    item = HandbookItem.model_validate(ITEM | changes)

    assert item.concerns(SubjectFacts(kind="premises", attributes=attributes), CHECKS) is expected


@pytest.mark.parametrize(
    ("changes", "attributes", "expected"),
    [
        ({}, NO_TANK, True),  # rests on no check item
        ({"check_item_ids": ["tank_tight", "tank_log"]}, NO_TANK, False),
        ({"check_item_ids": ["tank_log"]}, TANK, True),  # may be asked once something is answered
        ({"check_item_ids": ["tank_tight", "roof_sound"]}, NO_TANK, True),
        ({"check_item_ids": ["roof_sound"], "subject_kinds": ["company"]}, TANK, False),
        ({"check_item_ids": ["roof_sound"], "condition": {"attribute": "has_tank", "equals": True}}, NO_TANK, False),
    ],
)
def test_a_paragraph_is_for_whom_one_of_its_check_items_may_be_asked(changes, attributes, expected):
    paragraph = Paragraph.model_validate({"id": "duty_tank", "text": "油罐不渗漏"} | changes)
    subject = SubjectFacts(kind="premises", attributes=attributes)

    assert paragraph.concerns(subject, {one.id for one in possible_items(CHECKS, subject)}) is expected
