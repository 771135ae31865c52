"""The workbook as a file: what is written is read back; samples, helps and marks are passed over."""

import io

import openpyxl
import pytest

from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.onboarding_sheets import SheetProblem, sheets
from chalicelib.domain.onboarding_workbook import SheetRow, read_workbook, write_workbook
from tests.onboarding import tables, workbook


def read(content):
    return read_workbook(io.BytesIO(content), "柳州市.xlsx")


def test_written_and_read_back_it_is_the_same():
    found = read(workbook())

    assert found.problems == []
    for name, rows in tables().rows.items():
        filled = [{k: v for k, v in one.values.items() if v} for one in found.of(name)]
        assert filled == [one.values for one in rows], name
        assert [one.number for one in found.of(name)] == [one.number for one in rows]


def test_a_template_with_samples_holds_no_rows():
    out = io.BytesIO()
    write_workbook({}, out, with_samples=True)

    assert all(rows == [] for rows in read(out.getvalue()).rows.values())


def test_a_marked_copy_says_what_is_wrong_and_can_be_handed_in_again():
    problem = SheetProblem(
        sheet="people", row=6, column="roles", code="unknown_choice", details={"value": "执法员", "choices": "执法人员"}
    )
    out = io.BytesIO()
    write_workbook(tables({("people", 3, "roles"): "执法员"}).rows, out, problems=[problem])

    page = openpyxl.load_workbook(io.BytesIO(out.getvalue()))["人员"]
    assert page["C6"].comment.text.startswith("“执法员”不在可选范围内")
    assert page["C6"].fill.start_color.rgb == "FFFAD7D7"
    assert "角色" in page["I6"].value
    assert [one.text("roles") for one in read(out.getvalue()).of("people")][3] == "执法员"


def test_a_formula_is_kept_as_text_and_read_back():
    out = io.BytesIO()
    rows = {**tables().rows, "bodies": [SheetRow(number=3, values={"key": "b", "label": "=1+1", "departments": "x"})]}
    write_workbook(rows, out)

    assert openpyxl.load_workbook(io.BytesIO(out.getvalue()))["执法主体"]["B3"].value == "'=1+1"
    assert read(out.getvalue()).of("bodies")[0].text("label") == "=1+1"


def test_a_missing_sheet_and_column_are_named():
    book = openpyxl.Workbook()
    book.active.title = "人员"
    book.active.append(["工号", "姓名"])
    book.active.append(["p-1", "韦晨阳"])
    out = io.BytesIO()
    book.save(out)

    found = read(out.getvalue())

    assert {(one.sheet, one.code) for one in found.problems} == {
        ("tenant", "sheet_missing"),
        ("people", "column_missing"),
    }
    assert [one.values for one in found.of("people")] == [{"key": "p-1", "name": "韦晨阳"}]


@pytest.mark.parametrize("content", [b"", b"PK\x03\x04nothing", b"name,code\n"])
def test_what_is_no_workbook_is_refused(content):
    with pytest.raises(InvalidInputError):
        read(content)


def test_a_workbook_of_something_else_is_refused():
    out = io.BytesIO()
    openpyxl.Workbook().save(out)

    with pytest.raises(InvalidInputError) as raised:
        read(out.getvalue())

    assert raised.value.problems[0].code == "file_empty"
    assert len(sheets()) == 7
