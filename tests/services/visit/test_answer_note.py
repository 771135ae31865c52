"""What an answer says of what was seen, as findings and pages show it."""

import pytest

from chalicelib.contract.exchange import ChecklistEntry
from chalicelib.domain.item import Answer, Compliance, NumberLimits
from chalicelib.services.visit.own_items import answer_note

PERCENT = NumberLimits(unit="%", decimals=2)


@pytest.mark.parametrize(
    ("limits", "said", "note"),
    [
        (PERCENT, Answer(number=90), "0.90%"),
        (PERCENT, Answer(number=90, text="3号枪"), "0.90%；3号枪"),
        (PERCENT, Answer(compliance=Compliance.NOT_APPLICABLE, reason="无加油机"), "无加油机"),
        (None, Answer(compliance=Compliance.NON_COMPLIANT, text="证书过期"), "证书过期"),
        (None, Answer(compliance=Compliance.COMPLIANT), ""),
    ],
)
def test_a_number_is_told_with_its_unit(limits: NumberLimits | None, said: Answer, note: str) -> None:
    assert answer_note(ChecklistEntry.model_construct(number=limits), said) == note
