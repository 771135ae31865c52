"""A place in a law is read however people write it, and kept in one form."""

import pytest

from chalicelib.domain.law_clause import article_words, chinese_number, read_clause, read_place


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ("", ("", "")),
        ("19", ("19", "")),
        ("１９", ("19", "")),
        ("19-1", ("19-1", "")),
        ("第十九条", ("19", "")),
        ("第一千二百六十条", ("1260", "")),
        ("第十九条之一", ("19-1", "")),
        ("19条之1第1款", ("19-1", "第一款")),
        ("第十九条第二款第三项", ("19", "第二款第（三）项")),
        ("第 19 条第1款第(12)项第3目", ("19", "第一款第（十二）项第3目")),
        ("第一百零五条第一、二款", ("105", "第一、二款")),
        ("第一〇五条", ("105", "")),
        ("第五五条", ("55", "")),
        ("第二款", ("", "第二款")),
    ],
)
def test_read_place(text, place):
    assert tuple(read_place(text)) == place


@pytest.mark.parametrize("text", ["abc", "第零条", "第十九条之零", "消防法第十九条", "0", "99999", "19.5", "19-", "-1"])
def test_what_is_no_place_is_refused(text):
    with pytest.raises(ValueError, match=r"no (place|clause)"):
        read_place(text)


@pytest.mark.parametrize("text", ["第三项第二款", "第二款第二款", "胡说", "第一百款", "第十九条"])
def test_what_is_no_clause_is_refused(text):
    with pytest.raises(ValueError, match=r"no (place|clause)"):
        read_clause(text)


def test_words():
    assert [article_words(one) for one in ("", "19", "19-1", "19-12")] == ["", "第19条", "第19条之一", "第19条之十二"]
    assert [chinese_number(one) for one in (1, 10, 11, 20, 99)] == ["一", "十", "十一", "二十", "九十九"]
