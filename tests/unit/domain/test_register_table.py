import io
import tracemalloc
from datetime import date

import pytest

from chalicelib.domain import register_table
from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.register_table import read_table
from tests.fixtures.register import csv_file, gbk_csv, xlsx_file

HEADER = "企业名称,统一社会信用代码,县区,地址\n"
ROW = "南宁市甲戌加油站有限公司,91450100MA00000071,江南区,示例大道18号\n"


def code_of(file: io.BytesIO, name: str = "名录.csv") -> str:
    with pytest.raises(InvalidInputError) as caught:
        list(read_table(file, name).rows)
    (problem,) = caught.value.problems
    assert problem.field == "file"
    return problem.code


@pytest.mark.parametrize(
    ("encoding", "found"),
    [("utf-8", "utf-8"), ("utf-8-sig", "utf-8-sig"), ("gbk", "gb18030"), ("gb18030", "gb18030"), ("utf-16", "utf-16")],
)
def test_encodings(encoding: str, found: str) -> None:
    table = read_table(csv_file(HEADER + ROW, encoding), "名录.csv")

    assert table.encoding == found
    assert table.headers == ["企业名称", "统一社会信用代码", "县区", "地址"]
    assert [(row.number, row.values["企业名称"]) for row in table.rows] == [(2, "南宁市甲戌加油站有限公司")]


def test_gbk_is_found_when_its_first_chinese_stands_far_down() -> None:
    file = csv_file("Name,Code\n" + "A,1\n" * 4000 + "甲,2\n", "gbk")

    assert list(read_table(file, "x.csv").rows)[-1].values["Name"] == "甲"


def test_rare_characters_of_gb18030() -> None:
    file = csv_file(HEADER + ROW.replace("甲戌", "㐂𠮷"), "gb18030")

    assert next(read_table(file, "x.csv").rows).values["企业名称"] == "南宁市㐂𠮷加油站有限公司"


@pytest.mark.parametrize("delimiter", [",", "\t", ";", "|"])
def test_delimiters(delimiter: str) -> None:
    table = read_table(csv_file((HEADER + ROW).replace(",", delimiter)), "x.csv")

    assert next(table.rows).values["县区"] == "江南区"


def test_a_title_a_note_and_blank_rows_above_the_header() -> None:
    table = read_table(
        csv_file("成品油零售企业名录\n单位：某科,日期：今日\n\n" + HEADER + "\n" + ROW + ",,,\n" + HEADER), "x.csv"
    )

    assert table.header_row == 4
    assert [row.number for row in table.rows] == [6]


def test_a_declared_separator_and_cells_protected_from_spreadsheets() -> None:
    text = 'sep=;\n企业名称;信用代码;县区;地址\n甲;="91450100MA00000071";\'江南区;"示例大道\n18号"\n'

    (row,) = read_table(csv_file(text), "x.csv").rows
    assert row.values == {
        "企业名称": "甲",
        "信用代码": "91450100MA00000071",
        "县区": "江南区",
        "地址": "示例大道\n18号",
    }
    assert row.number == 3


def test_short_long_and_doubled_columns() -> None:
    table = read_table(csv_file("企业名称,县区,县区,,地址\n甲,乙\n甲,乙,丙,丁,戊,己\n"), "x.csv")

    assert table.headers == ["企业名称", "县区", "县区 (2)", "列4", "地址"]
    assert [row.values["地址"] for row in table.rows] == ["", "戊"]


def test_merged_cells_are_filled_down_and_said_so() -> None:
    rows = [
        ["名录", None, None],
        ["企业名称", "县区", "地址"],
        ["甲", "江南区", "一号"],
        ["乙", None, "二号"],
        ["丙", None, "三号"],
        ["丁", None, "四号"],
    ]
    table = read_table(xlsx_file(rows, ["A1:C1", "B3:B5"]), "x.xlsx")
    found = list(table.rows)

    assert table.header_row == 2
    assert [row.values["县区"] for row in found] == ["江南区", "江南区", "江南区", ""]
    assert [row.filled for row in found] == [frozenset(), {"县区"}, {"县区"}, frozenset()]


def test_a_row_that_holds_nothing_but_a_merged_value_is_no_row() -> None:
    rows = [["企业名称", "县区", "地址"], ["甲", "江南区", "一号"], [None, None, None], ["乙", "青秀区", "二号"]]

    assert [row.number for row in read_table(xlsx_file(rows, ["B2:B3"]), "x.xlsx").rows] == [2, 4]


def test_a_header_in_two_rows() -> None:
    rows = [
        ["企业名称", "证书", None, "地址"],
        [None, "许可证号", "证书有效期", None],
        ["甲", "一", date(2027, 3, 1), "二号"],
    ]
    table = read_table(xlsx_file(rows, ["A1:A2", "B1:C1", "D1:D2"]), "x.xlsx")

    assert table.headers == ["企业名称", "许可证号", "证书有效期", "地址"]
    assert next(table.rows).values == {"企业名称": "甲", "许可证号": "一", "证书有效期": "2027-03-01", "地址": "二号"}


def test_numbers_days_and_formula_errors_as_text() -> None:
    rows = [["企业名称", "联系电话", "加油机数", "地址"], ["甲", 15400001234, 4.0, "#N/A"], [True, 1.5, None, "x"]]
    found = [list(row.values.values()) for row in read_table(xlsx_file(rows), "x.xlsx").rows]

    assert found == [["甲", "15400001234", "4", ""], ["是", "1.5", "", "x"]]


def test_content_decides_not_the_name() -> None:
    assert read_table(xlsx_file([["企业名称", "地址"], ["甲", "一号"]]), "名录.csv").encoding == "xlsx"
    assert read_table(csv_file(HEADER + ROW), "名录.xlsx").encoding == "utf-8"


def test_the_file_stays_open_for_its_owner() -> None:
    file = gbk_csv()
    list(read_table(file, "x.csv").rows)

    assert not file.closed


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "file_empty"),
        (b"\n\n", "file_empty"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1rest", "file_format"),
        (b"%PDF-1.7", "file_format"),
        (b"PK\x03\x04broken", "file_unreadable"),
        (b"\xff\xfe\x00", "file_encoding"),
        (b"a,b\n\xff\xff\xff\xff", "file_encoding"),
        (b'a,b\n"' + b"x" * 200_000 + b'"\n', "file_unreadable"),
    ],
)
def test_what_is_no_table_is_one_clear_problem(content: bytes, code: str) -> None:
    assert code_of(io.BytesIO(content)) == code


def test_too_many_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register_table, "MAX_ROWS", 3)

    assert len(list(read_table(csv_file(HEADER + ROW * 3), "x.csv").rows)) == 3
    assert code_of(csv_file(HEADER + ROW * 4)) == "file_too_many_rows"


def test_memory_does_not_grow_with_the_rows(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register_table, "_CHUNK", 1 << 14)

    def peak(rows: int) -> int:
        file = csv_file(HEADER + ROW * rows, "gbk")
        tracemalloc.start()
        for _ in read_table(file, "x.csv").rows:
            pass
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(10)
    assert peak(16_000) < peak(4_000) * 1.2
