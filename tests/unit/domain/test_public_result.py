"""What becomes public of a result: names, masks, and the ways by which a subject is found."""

from datetime import UTC, date, datetime

import pytest

from chalicelib.domain.inspection_result import InspectionResult, ResultBody
from chalicelib.domain.item import Compliance
from chalicelib.domain.public_result import MAX_STARTS, public_name, public_names_of, public_result_of, search_text
from chalicelib.domain.visit import VisitSubject

AT = datetime(2026, 12, 23, 1, tzinfo=UTC)


def result(name="南宁市甲戌加油站有限公司", code="91450105MA0007591Y", kind="company"):
    subject = VisitSubject(
        subject_id="s1", name=name, code=code, kind=kind, division="450105000000", address="示例大道18号"
    )
    body = ResultBody(
        acting_body_id="b", label="市税务局", departments=["taxation"], counts={Compliance.NOT_APPLICABLE: 2}
    )
    return InspectionResult(
        plan_id="p",
        plan_number="1号",
        plan_title="计划",
        draw_id=None,
        draw_order=7,
        scenario="refined_oil",
        subject=subject,
        inspected_on=date(2026, 12, 8),
        bodies=[body],
        findings=[],
        submitted_at=AT,
        concluded_at=AT,
        prepared_at=AT,
    )


def texts(name, code="91450105MA0007591Y"):
    return [entry.text for entry in public_names_of(public_result_of(result(name, code), AT))]


def test_every_start_of_the_trade_name_the_whole_name_and_the_code():
    assert texts("南宁市甲戌加油站有限公司") == [
        "南宁市甲戌加油站有限公司",
        "甲戌加油站有限公司",
        "戌加油站有限公司",
        "加油站有限公司",
        "油站有限公司",
        "站有限公司",
        "91450105MA0007591Y",
    ]


@pytest.mark.parametrize(
    ("name", "wanted"),
    [
        ("广西壮族自治区南宁市甲戌加油站", "甲戌加油站"),
        ("甲戌 3#加油站", "甲戌3加油站"),
        ("ＡＢ能源", "AB能源"),
        ("公司", "公司"),
    ],
)
def test_names_as_they_come_are_found(name, wanted):
    assert wanted in texts(name)
    assert all("#" not in text for text in texts(name))


def test_a_long_name_has_a_bounded_number_of_entries():
    assert len(texts("甲乙丙丁戊己庚辛壬癸子丑寅卯辰巳午未申酉戌亥加油站有限公司")) == MAX_STARTS + 1


def test_who_has_no_code_is_masked_and_cannot_be_searched():
    public = public_result_of(result("韦晨阳", None, "unknown_operator"), AT)

    assert (public.name, public.address, public.code) == ("韦**", "", None)
    assert public_names_of(public) == []
    assert public_name("甲戌加油站", "premises", None) == "甲****"


def test_the_place_in_the_ticket_order_stays_inside():
    public = public_result_of(result(), AT)

    assert "7" not in public.model_dump_json(exclude={"code", "published_at", "name", "division", "id"})
    assert public.not_checked == 2


def test_query_and_entry_have_one_form():
    assert search_text(" 甲戌　加油站 ＃1") == "甲戌加油站1"
