import io
import zipfile

import pytest

from chalicelib.domain import register_workbook
from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.register_table import read_table
from tests.fixtures.register import xlsx_file

ROWS = [["企业名称", "县区", "地址"], ["甲", "江南区", "一号"], ["乙", None, "二号"]]


def code_of(file: io.BytesIO) -> str:
    with pytest.raises(InvalidInputError) as caught:
        list(read_table(file, "x.xlsx").rows)
    (problem,) = caught.value.problems
    return problem.code


def changed(file: io.BytesIO, path: str, old: bytes, new: bytes) -> io.BytesIO:
    """The workbook with one part changed."""
    content = io.BytesIO()
    with zipfile.ZipFile(file) as before, zipfile.ZipFile(content, "w") as after:
        for part in before.infolist():
            body = before.read(part.filename)
            if part.filename == path:
                assert old in body
                body = body.replace(old, new)
            after.writestr(part.filename, body)
    return content


def test_the_sheet_with_the_best_known_header_is_read() -> None:
    import openpyxl

    book = openpyxl.Workbook()
    book.active.append(["填表说明", "见下表"])
    hidden = book.create_sheet("旧表")
    hidden.append(["企业名称", "县区", "地址", "统一社会信用代码"])
    hidden.sheet_state = "hidden"
    named = book.create_sheet("名录")
    for row in ROWS:
        named.append(row)
    content = io.BytesIO()
    book.save(content)

    assert read_table(content, "x.xlsx").headers == ["企业名称", "县区", "地址"]


def test_merged_ranges_are_found_across_pieces(monkeypatch: pytest.MonkeyPatch) -> None:
    merged = [f"B{2 * n}:B{2 * n + 1}" for n in range(1, 60)]
    rows = [ROWS[0], *([f"企业{n}", f"区{n // 2}" if n % 2 == 0 else None, "x"] for n in range(118))]
    file = xlsx_file(rows, merged)
    for size in (64, 333, 1 << 20):
        monkeypatch.setattr(register_workbook, "_CHUNK", size)
        found = [row.values["县区"] for row in read_table(file, "x.xlsx").rows]
        assert found == [f"区{n // 2}" for n in range(118)]


def test_rows_that_the_file_leaves_out_keep_the_numbers_right() -> None:
    rows = [ROWS[0], [], [], ["甲", "江南区", "一号"]]

    assert [row.number for row in read_table(xlsx_file(rows), "x.xlsx").rows] == [4]


def test_a_wrong_dimension_is_not_believed() -> None:
    file = changed(xlsx_file(ROWS), "xl/worksheets/sheet1.xml", b'<dimension ref="A1:C3"', b'<dimension ref="A1"')

    assert [row.values["地址"] for row in read_table(file, "x.xlsx").rows] == ["一号", "二号"]


def test_a_document_type_is_refused() -> None:
    doctype = b'<!DOCTYPE x [<!ENTITY a "b">]><worksheet'

    assert code_of(changed(xlsx_file(ROWS), "xl/worksheets/sheet1.xml", b"<worksheet", doctype)) == "file_format"


def test_a_bomb_is_refused_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register_workbook, "_MAX_UNPACKED", 5000)

    assert code_of(xlsx_file(ROWS)) == "file_too_large"


def test_an_archive_that_is_no_workbook_and_a_workbook_cut_short() -> None:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("a.txt", "x")
    assert code_of(archive) == "file_format"

    broken = changed(xlsx_file(ROWS), "xl/worksheets/sheet1.xml", b"</sheetData>", b"")
    assert code_of(broken) == "file_unreadable"
