import csv
import io

import openpyxl

from chalicelib.domain.errors import FieldProblem
from chalicelib.domain.register_error_sheet import is_clean, problems_of, write_error_csv, write_error_sheet
from chalicelib.domain.register_import import ImportScope, RowOutcome, check_rows, map_columns, read_table
from tests.fixtures.register import NANNING, csv_file, gbk_csv

TITLES = {"row_title": "原文件行号", "problem_title": "问题和改法"}


def words(problem: FieldProblem) -> str:
    return f"{problem.field}:{problem.code}"


def checked(file: io.BytesIO) -> tuple[list[str], list[RowOutcome]]:
    table = read_table(file, "x")
    scope = ImportScope(divisions=(NANNING,), scenario="refined_oil")
    return table.headers, list(check_rows(table.rows, map_columns(table.headers), scope))


def test_the_sheet_holds_the_rows_at_fault_with_words_beside_them_and_the_cell_tinted() -> None:
    headers, outcomes = checked(gbk_csv())
    file = io.BytesIO()

    count = write_error_sheet(outcomes, headers, file, words=words, **TITLES)

    sheet = openpyxl.load_workbook(file).active
    rows = list(sheet.iter_rows(values_only=True))
    assert rows[0] == ("原文件行号", *headers, "问题和改法")
    assert count == len(rows) - 1 == sum(not is_clean(one) for one in outcomes) == 5
    assert [(row[0], row[-1]) for row in rows[1:]] == [
        ("8", "code:code_check_digit"),
        ("9", "code:code_length"),
        ("10", "name:name_missing"),
        ("11", "division:division_unknown"),
        ("43", "code:duplicate_in_file"),
    ]
    tinted = [cell.column for cell in sheet[2] if cell.fill.fgColor.rgb == "FFFDECEA"]
    assert tinted == [headers.index("统一社会信用代码") + 2, len(headers) + 2]


def test_the_mended_sheet_can_be_uploaded_again() -> None:
    headers, outcomes = checked(gbk_csv())
    file = io.BytesIO()
    write_error_sheet(outcomes, headers, file, words=words, **TITLES)

    again_headers, again = checked(file)

    mapping = map_columns(again_headers)
    assert (mapping.missing, mapping.ignored) == ((), ("原文件行号", "问题和改法"))
    assert [type(one).__name__ for one in again] == ["RejectedRow"] * 4 + ["AcceptedRow"]


EVIL = '企业名称,统一社会信用代码,县区,地址\n=HYPERLINK("x"),坏,江南区,@SUM(1)\n+甲,坏,江南区,https://x.example\n'


def test_no_cell_of_the_sheet_is_a_formula_or_a_link() -> None:
    headers, outcomes = checked(csv_file(EVIL))
    file = io.BytesIO()
    write_error_sheet(outcomes, headers, file, words=words, **TITLES)

    cells = [cell for row in openpyxl.load_workbook(file).active.iter_rows() for cell in row if cell.value]
    assert {cell.data_type for cell in cells} == {"s"}
    assert not [cell for cell in cells if cell.hyperlink]
    assert '=HYPERLINK("x")' in [cell.value for cell in cells]


def test_the_csv_is_prefixed_where_a_formula_could_start() -> None:
    headers, outcomes = checked(csv_file(EVIL))
    file = io.BytesIO()

    assert write_error_csv(outcomes, headers, file, words=words, **TITLES) == 2
    content = file.getvalue()
    assert content.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert rows[1] == ["2", '\'=HYPERLINK("x")', "坏", "江南区", "'@SUM(1)", "code:code_length"]
    assert rows[2][1] == "'+甲"


def test_a_duplicate_has_a_problem_of_its_own() -> None:
    row = "甲,91450100MA00000071,江南区,一号\n"
    table = read_table(csv_file("企业名称,信用代码,县区,地址\n" + row * 2), "x")
    *_, last = check_rows(table.rows, map_columns(table.headers), ImportScope(divisions=(NANNING,)))

    assert [problem.code for problem in problems_of(last)] == ["duplicate_in_file"]
    numbered = last.model_copy(update={"values": {"序号": "4", **last.values}})
    assert problems_of(numbered)[0].details["value"] == problems_of(last)[0].details["value"] != "4"
