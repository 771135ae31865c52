"""A report form: who reports, by when, what is wrong with the numbers, and what the evaluation reads of them."""

import pytest
from pydantic import ValidationError

from chalicelib.domain.report_form import ReportForm

BODY = {
    "id": "quarter_report",
    "label": "季报",
    "cadence": "quarter",
    "received_by": "commerce",
    "duties": [
        {"subject_kinds": ["company"], "condition": {"attribute": "is_large", "equals": True}, "deadline_id": "short"},
        {"subject_kinds": ["company"], "deadline_id": "long"},
    ],
    "fields": [
        {
            "id": "sold",
            "label": "售出",
            "number": {"unit": "元", "decimals": 2, "minimum": 0},
            "previous_as": "sold_before",
        },
        {"id": "used", "label": "兑付", "number": {"unit": "元", "decimals": 2, "minimum": 0}},
        {"id": "noted", "label": "备注数", "number": {"unit": "次", "maximum": 9}, "is_required": False},
    ],
    "checks": [{"id": "used_within_sold", "smaller": ["used"], "larger": ["sold"], "message": "兑付不能多于售出"}],
}
FORM = ReportForm.model_validate(BODY)


def codes(values):
    return {(one.field, one.code) for one in FORM.problems(values)}


def test_the_first_duty_that_concerns_a_subject_counts():
    assert FORM.duty_of("company", {"is_large": True}).deadline_id == "short"
    assert FORM.duty_of("company", {}).deadline_id == "long"
    assert FORM.duty_of("vehicle", {"is_large": True}) is None


def test_every_wrong_number_is_named():
    assert codes({"sold": 10, "used": 9}) == set()
    assert codes({"used": -1, "noted": 10, "made_up": 1}) == {
        ("made_up", "unknown_field"),
        ("sold", "required"),
        ("used", "out_of_range"),
        ("noted", "out_of_range"),
    }
    assert codes({"sold": 10**16, "used": 0}) == {("sold", "out_of_range")}
    assert codes({"sold": 10, "used": 11}) == {("used", "report_sums")}


def test_a_value_far_from_the_one_before_is_to_be_confirmed():
    before = {"sold": 1000, "used": 0}
    assert FORM.implausible({"sold": 99_999, "used": 10**9}, before) == []
    assert [one.field for one in FORM.implausible({"sold": 100_000, "used": 0}, before)] == ["sold"]
    assert [one.field for one in FORM.implausible({"sold": 10, "used": 0}, before)] == ["sold"]


def test_measures_carry_the_value_of_the_period_before():
    assert FORM.measures({"sold": 5, "used": 1}, {"sold": 4, "used": 3}) == {"sold": 5, "used": 1, "sold_before": 4}
    assert FORM.measures({"sold": 5, "used": 1}, {}) == {"sold": 5, "used": 1}


@pytest.mark.parametrize(
    "change",
    [
        {"checks": [{"id": "x", "smaller": ["used"], "larger": ["made_up"], "message": "不行"}]},
        {"fields": [BODY["fields"][0], BODY["fields"][0]]},
        {"fields": [BODY["fields"][0] | {"previous_as": "sold"}]},
        {"secret": True},
    ],
)
def test_a_form_that_does_not_hold_together_is_refused(change):
    with pytest.raises(ValidationError):
        ReportForm.model_validate(BODY | {"checks": []} | change)
