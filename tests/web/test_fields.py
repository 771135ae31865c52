"""Values of queries and forms, urlencoded and multipart."""

from datetime import date

import pytest

from chalicelib.domain.errors import InvalidInputError
from chalicelib.web.fields import Fields, parse_form, parse_query

BOUNDARY = "----WebKitFormBoundaryABC"
MULTIPART = f"multipart/form-data; boundary={BOUNDARY}"


def _multipart(*parts: tuple[str, bytes]) -> bytes:
    lines = b"".join(
        b"--" + BOUNDARY.encode() + b"\r\n" + head.encode() + b"\r\n\r\n" + content + b"\r\n" for head, content in parts
    )
    return lines + b"--" + BOUNDARY.encode() + b"--\r\n"


def _problem(error: pytest.ExceptionInfo[InvalidInputError]) -> tuple[str, str]:
    return error.value.problems[0].field, error.value.problems[0].code


def test_texts_are_stripped_and_the_last_one_counts() -> None:
    fields = parse_query("a=+1+&a=2&b=&c=%E5%8D%97%E5%AE%81&flag=on")

    assert fields.text("a") == "2"
    assert fields.many("a") == ["1", "2"]
    assert fields.text("b", "default") == "default"
    assert fields.text("c") == "南宁"
    assert fields.flag("flag")
    assert not fields.flag("none")
    assert "b" in fields
    assert fields.single()["a"] == "2"


def test_numbers_and_days_are_read_or_refused_by_name() -> None:
    fields = Fields({"n": ["12"], "bad": ["zwölf"], "day": ["2026-11-23"]})

    assert fields.integer("n") == 12
    assert fields.integer("none") is None
    assert fields.integer("none", 3) == 3
    assert fields.day("day") == date(2026, 11, 23)
    with pytest.raises(InvalidInputError) as number:
        fields.integer("bad")
    with pytest.raises(InvalidInputError) as day:
        fields.day("bad")
    with pytest.raises(InvalidInputError) as missing:
        fields.required("none")
    assert [_problem(e) for e in (number, day, missing)] == [
        ("bad", "not_a_number"),
        ("bad", "not_a_date"),
        ("none", "required"),
    ]


def test_a_multipart_form_gives_texts_and_files_byte_for_byte() -> None:
    content = bytes(range(256)) + b"\r\n--not the boundary\r\n\n\r"
    body = _multipart(
        ('Content-Disposition: form-data; name="label"', "加油站".encode()),
        ('Content-Disposition: form-data; name="label"', b"two"),
        (
            'Content-Disposition: form-data; name="register"; filename="登记 表.csv"\r\nContent-Type: text/csv',
            content,
        ),
        ('Content-Disposition: form-data; name="empty"; filename=""\r\nContent-Type: application/octet-stream', b""),
    )

    fields, files = parse_form(MULTIPART, body)

    assert fields.many("label") == ["加油站", "two"]
    assert (files["register"][0].filename, files["register"][0].content_type) == ("登记 表.csv", "text/csv")
    assert files["register"][0].content == content
    assert "empty" not in files


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        ("multipart/form-data", b"--x\r\n\r\n"),
        (MULTIPART, b"--" + BOUNDARY.encode() + b"\r\nno head end"),
        (MULTIPART, _multipart(("Content-Type: text/plain", b"no name"))),
        (MULTIPART, _multipart(('Content-Disposition: form-data; name="a"', b"\xff\xfe"))),
        ("application/x-www-form-urlencoded", b"\xff\xfe=1"),
        ("application/x-www-form-urlencoded", b"&".join(b"a=1" for _ in range(2001))),
    ],
)
def test_an_unreadable_form_is_refused(content_type: str, body: bytes) -> None:
    with pytest.raises(InvalidInputError):
        parse_form(content_type, body)


def test_another_type_has_no_fields() -> None:
    assert not parse_form("application/json", b"{}")[0]
