"""Which entries a subject is found by, and what is looked up for a text."""

import pytest

from chalicelib.domain.search_text import (
    MAX_ENTRIES,
    MAX_STARTS,
    SearchField,
    entries_of,
    search_form,
    search_look,
    tells,
)
from chalicelib.domain.subject import Subject, SubjectKind, SubjectStatus
from infra.local.synthetic import synthetic_code

PLACE = "450103000000"
CODE = synthetic_code("450100", 7)


def premises(name: str, **more: object) -> Subject:
    return Subject.model_validate({"kind": SubjectKind.PREMISES, "name": name, "division": PLACE} | more)


def texts(subject: Subject, field: SearchField) -> list[str]:
    return [one.text for one in entries_of(subject) if one.field is field]


def is_found(subject: Subject, text: str) -> bool:
    """As storage does it: an entry begins with the look-up's beginning, and the subject tells the whole text."""
    look = search_look(text)
    return look is not None and tells(subject, look) is not None


def test_a_name_is_entered_at_every_start_of_its_trade_name_and_whole():
    assert texts(premises("南宁市青山加油站有限公司"), SearchField.NAME) == [
        "南宁市青山加油站有限公司",
        "青山加油站有限公司",
        "山加油站有限公司",
        "加油站有限公司",
        "油站有限公司",
    ]


def test_no_name_has_more_than_twenty_starts_beside_the_whole():
    long = "某某石化销售股份有限公司广西南宁青秀民族大道甲乙丙丁戊己庚辛壬癸子丑寅卯辰加油站"

    assert len(texts(premises(long), SearchField.NAME)) == MAX_STARTS
    assert len(texts(premises(f"南宁市{long}"), SearchField.NAME)) == MAX_STARTS + 1
    assert is_found(premises(long), "加油站"), "the end of a name tells it apart"
    assert len(entries_of(vehicle(long, code=CODE, operator_code=synthetic_code("450100", 8)))) <= MAX_ENTRIES


@pytest.mark.parametrize(
    "text",
    [
        "青山",
        "青山加油站",
        "加油站",
        "油站有限",
        "南宁市青山",
        "南宁青山加油",
        "广西南宁市青山",
        "南宁市",
        "青 山",
        "青山（加油）站",
    ],
)
def test_any_part_of_the_trade_name_finds_it(text):
    name = "广西南宁市青山加油站有限公司" if text.startswith("广西") else "南宁青山加油站有限公司"
    assert is_found(premises(name if "市" not in text or text.startswith("广西") else f"南宁市{name[2:]}"), text)


@pytest.mark.parametrize("text", ["站有限公司", "有限公司", "青", "", "北海青山", "青山加气站"])
def test_what_says_nothing_or_something_else_does_not(text):
    assert not is_found(premises("南宁市青山加油站有限公司"), text)


def test_a_branch_is_found_by_its_own_name():
    branch = premises("某某石油销售股份有限公司凤岭加油站")

    assert is_found(branch, "凤岭")
    assert is_found(branch, "某某石油")


def test_latin_words_are_entered_at_their_beginning():
    shop = premises("南宁市Sun Shine便利店")

    assert texts(shop, SearchField.NAME)[1:] == ["SUNSHINE便利店", "SHINE便利店", "便利店", "利店"]
    assert is_found(shop, "ｓｈｉｎｅ")


def test_codes_address_and_plate():
    one = vehicle("一号车", operator_code=CODE, address="南宁市青秀区示例大道9号")

    assert is_found(one, "桂a12")
    assert is_found(one, CODE[:12].lower())
    assert is_found(one, CODE[8:])
    assert is_found(one, "示例大道9")
    assert is_found(one, "青秀区示例大道")
    assert is_found(one, "A12345")
    assert is_found(one, "12345")
    assert not is_found(one, "例大道")
    assert not is_found(one, CODE[9:])
    assert not is_found(one, "2345")
    assert is_found(premises("二号车", plate="桂AD12345"), "12345"), "new energy"


def vehicle(name: str, **more: object) -> Subject:
    return premises(name, plate="桂A·12345", **more)


def test_the_end_of_a_long_name_finds_it():
    assert is_found(premises("南宁市测试家园自建房示范点2021年4月批"), "2021年4月批")


def test_a_tombstone_is_not_found_and_no_entry_tells_a_person():
    one = premises("青山站", status=SubjectStatus.MERGED, merged_into="01JD00000000000000000SAMP0")
    told = premises("青山站", phone="15400001234", responsible_person="韦晨阳")

    assert entries_of(one) == ()
    assert not any("154" in entry.text or "韦" in entry.text for entry in entries_of(told))


def test_a_subject_with_two_fitting_entries_is_listed_under_the_first():
    twice = premises("加油加油站")
    look = search_look("加油")

    assert look is not None
    assert tells(twice, look) == (SearchField.NAME, "加油加油站")


def test_the_search_form_has_letters_and_digits_only():
    assert search_form("（A#1）·二") == "A1二"
