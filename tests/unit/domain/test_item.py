"""What an item takes as an answer, and what the answer means for it."""

import pytest
from pydantic import ValidationError

from chalicelib.domain.item import Answer, CheckItem, Compliance, SubjectFacts, answer_problems, judge_answer

BODY = {
    "id": "exits",
    "name": "出口畅通",
    "department": "fire_rescue",
    "method": "visual_check",
    "location": "on_site",
    "standard": "畅通",
    "guidance": "查看",
    "severity": "serious",
    "legal_basis_ids": ["fire_16"],
    "rectification_working_days": 5,
}


def item(**changes):
    return CheckItem.model_validate({**BODY, **changes})


NUMBER = item(answer_type="number", number={"unit": "%", "decimals": 2, "minimum": -30, "maximum": 30})


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (-31, Compliance.NON_COMPLIANT),
        (-30, Compliance.COMPLIANT),
        (30, Compliance.COMPLIANT),
        (31, Compliance.NON_COMPLIANT),
    ],
)
def test_number_is_judged_by_inclusive_limits(number, expected):
    assert judge_answer(NUMBER, Answer(number=number)) is expected


def test_number_without_limits_is_a_fact():
    assert judge_answer(item(answer_type="number", number={"unit": "升"}), Answer(number=5)) is None


def test_no_answer_says_nothing():
    assert judge_answer(NUMBER, None) is None


@pytest.mark.parametrize("state", ["not_checked", "not_applicable"])
def test_left_out_needs_a_reason(state):
    assert [p.code for p in answer_problems(item(), Answer(compliance=state))] == ["reason_missing"]
    assert [p.code for p in answer_problems(item(), Answer(compliance=state, reason="  "))] == ["reason_missing"]
    assert answer_problems(item(), Answer(compliance=state, reason="设备停用")) == []
    assert answer_problems(NUMBER, Answer(compliance=state, reason="设备停用")) == []


@pytest.mark.parametrize(
    ("kind", "answer", "codes"),
    [
        ("compliance", Answer(text="好"), ["answer_missing"]),
        ("text", Answer(text=" "), ["answer_missing"]),
        ("text", Answer(text="好"), []),
        ("photo", Answer(), ["answer_missing"]),
        ("photo", Answer(photos=("a" * 64,)), []),
        ("text", Answer(compliance="compliant"), ["answer_missing", "answer_of_another_type"]),
    ],
)
def test_answer_fits_its_type(kind, answer, codes):
    assert [problem.code for problem in answer_problems(item(answer_type=kind), answer)] == codes


def test_a_fault_needs_its_photo():
    photographed = item(evidence=["photo"])

    assert answer_problems(photographed, Answer(compliance="compliant")) == []
    assert [p.field for p in answer_problems(photographed, Answer(compliance="non_compliant"))] == ["exits.photos"]
    assert answer_problems(photographed, Answer(compliance="non_compliant", photos=("a" * 64,))) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"number": {"unit": "升"}},
        {"answer_type": "number"},
        {"shared_by": ["fire_rescue"]},
        {"condition": {"attribute": "a", "equals": 1}},
        {"id": "With Space"},
        {"severity": "huge"},
        {"answer_type": "number", "number": {"minimum": 2, "maximum": 1}},
    ],
)
def test_parts_that_do_not_fit_are_refused(changes):
    with pytest.raises(ValidationError):
        item(**changes)


def test_subject_shows_its_kind_to_conditions():
    assert SubjectFacts(kind="tank", attributes={"kind": "lie", "litres": 3}).known == {"kind": "tank", "litres": 3}
