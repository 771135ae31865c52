import pytest
from hypothesis import given
from hypothesis import strategies as st

from chalicelib.domain.text import (
    check_phone,
    check_uscc,
    mask_identity,
    mask_name,
    mask_phone,
    normalise,
    safe_cell,
    tidy,
)


def test_normalise_makes_one_form_for_comparing() -> None:
    assert normalise(" 南宁市　ＡＢc（江南）\u200b１８号 ") == "南宁市ABC(江南)18号"


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("　南宁市 甲戌 加油站（江南）", "南宁市甲戌加油站（江南）"),
        ("示例大道１８号，Ａ座", "示例大道18号，A座"),
        ("ABC  Fuel Ltd.\n", "ABC Fuel Ltd."),
        ("甲\u202e乙\ufeff", "甲乙"),
    ],
)
def test_tidy_keeps_chinese_punctuation(text: str, kept: str) -> None:
    assert tidy(text) == kept


@given(st.text())
def test_tidy_and_normalise_settle_at_once(text: str) -> None:
    assert tidy(tidy(text)) == tidy(text)
    assert not any(char.isspace() for char in normalise(text))


@pytest.mark.parametrize(
    ("text", "was_mended"),
    [
        ("91450100MA00000071", False),
        ("91450100ma00000071", True),
        ("９１４５０１００ＭＡ００００００７１", True),
        ("9145 0100-MA0000 0071", True),
        (" 91450100MA00000071", True),
    ],
)
def test_a_code_is_mended_only_where_it_can_be_read_in_one_way(text: str, was_mended: bool) -> None:
    found = check_uscc(text)

    assert (found.value, found.was_mended, found.is_valid) == ("91450100MA00000071", was_mended, True)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("91450100MA0000007", "code_length"),
        ("", "code_length"),
        ("91450100MA00000072", "code_check_digit"),
        ("91450100MAO0000071", "code_character"),
        ("9I450100MA00000071", "code_character"),
    ],
)
def test_a_wrong_code_says_why_and_is_kept_as_it_came(text: str, problem: str) -> None:
    found = check_uscc(text)

    assert (found.problem, found.value, found.was_mended) == (problem, text, False)


@given(st.integers(0, 17), st.sampled_from("0123456789ABCDEFGHJKLMNPQRTUWXY"))
def test_no_single_wrong_character_passes(place: int, char: str) -> None:
    right = "91450100MA00000071"
    wrong = right[:place] + char + right[place + 1 :]

    assert check_uscc(wrong).is_valid is (wrong == right)


@pytest.mark.parametrize(
    ("text", "phone"),
    [
        ("15400001234", "15400001234"),
        ("154-0000-1234", "15400001234"),
        ("+86 154 0000 1234", "15400001234"),
        ("１５４００００１２３４", "15400001234"),
        ("0771-0000123", "0771-0000123"),
        ("(0771)0000123", "0771-0000123"),
        ("07710000123", "0771-0000123"),
        ("0771—0000123-801", "0771-0000123-801"),
        ("400-000-1234", "4000001234"),
        ("12345", "12345"),
        ("1540000123", None),
        ("电话待补", None),
        ("1.54E+10", None),
    ],
)
def test_phones(text: str, phone: str | None) -> None:
    assert check_phone(text) == phone


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("13800001234", "138****1234"),
        ("0771-0000123", "0771-*****23"),
        ("4000001234", "********34"),
        ("", ""),
    ],
)
def test_masked_phones(text: str, masked: str) -> None:
    assert mask_phone(text) == masked


@pytest.mark.parametrize(
    ("name", "masked"),
    [("王甲", "王*"), ("王甲子", "王**"), ("欧阳甲子", "欧阳**"), ("欧阳", "欧*"), ("王", "王*"), ("", "")],
)
def test_masked_names(name: str, masked: str) -> None:
    assert mask_name(name) == masked


def test_masked_identity() -> None:
    assert mask_identity("450100200001011234") == "4501**********1234"
    assert mask_identity("1234") == "****"


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@a", "\t=1", "\r=1", " =1", "＝1+1", "　@a"])
def test_a_cell_that_could_start_a_formula_is_prefixed(text: str) -> None:
    assert safe_cell(text) == "'" + text


def test_other_cells_stay_as_they_are() -> None:
    assert [safe_cell(text) for text in ("", "甲-乙", "a=b", "1")] == ["", "甲-乙", "a=b", "1"]
