"""The eight standard elements are all there or the item is refused."""

import pytest
from pydantic import ValidationError

from chalicelib.domain.handbook import HandbookItem

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
