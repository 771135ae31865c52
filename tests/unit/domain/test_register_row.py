from datetime import date

import pytest

from chalicelib.domain.errors import FieldProblem
from chalicelib.domain.register_cell import parse_date
from chalicelib.domain.register_columns import Choice, Column, ColumnType, map_columns
from chalicelib.domain.register_import import AcceptedRow, RejectedRow, settle
from chalicelib.domain.register_row import ImportScope, Reading, RowReader
from chalicelib.domain.register_table import TableRow
from chalicelib.domain.subject import Subject, SubjectKind, SubjectStatus
from tests.fixtures.register import NANNING

GOOD = {
    "企业名称": "南宁市甲戌加油站有限公司",
    "统一社会信用代码": "91450100MA00000071",
    "县区": "江南区",
    "乡镇": "",
    "经营场所": "江南区示例大道18号",
    "联系电话": "15400001234",
    "负责人": "王甲子",
    "状态": "",
    "对象类型": "",
    "加油机数": "4",
    "证书有效期": "2027-03-01",
}
OWN = (
    Column(id="pump_count", label="加油机数", type=ColumnType.INTEGER, is_attribute=True),
    Column(id="has_tank", label="有储油罐", type=ColumnType.BOOLEAN, is_attribute=True),
    Column(
        id="form",
        label="经营方式",
        type=ColumnType.CHOICE,
        choices=(Choice(code="retail", label="零售", synonyms=("加油站",)), Choice(code="storage", label="仓储")),
        is_attribute=True,
    ),
)
SCOPE = ImportScope(divisions=(NANNING,), scenario="refined_oil", source="import:test")


def read(scope: ImportScope = SCOPE, filled: frozenset[str] = frozenset(), **changes: str) -> Reading:
    values = GOOD | changes
    return RowReader(map_columns(list(values), extra=OWN), scope).read(TableRow(7, values, filled))


def taken(reading: Reading, scope: ImportScope = SCOPE) -> Subject:
    found = settle(reading, scope, None)
    assert isinstance(found, AcceptedRow), found.problems
    return found.subject


def refused(reading: Reading) -> tuple[FieldProblem, ...]:
    found = settle(reading, SCOPE, None)
    assert isinstance(found, RejectedRow)
    return found.problems


def subject(**changes: str) -> Subject:
    return taken(read(**changes))


def test_a_clean_row_becomes_a_subject_with_nothing_to_say() -> None:
    reader = read()
    found = taken(reader)

    assert (reader.mended, reader.problems) == ([], [])
    assert (found.name, found.division, found.phone) == (GOOD["企业名称"], "450105000000", "15400001234")
    assert found.attributes("refined_oil") == {"pump_count": 4, "licence_expires_on": "2027-03-01"}
    assert (found.kind, found.status, found.source) == (SubjectKind.COMPANY, SubjectStatus.ACTIVE, "import:test")


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"企业名称": " "}, "name", "name_missing"),
        ({"企业名称": "甲" * 201}, "name", "text_too_long"),
        ({"统一社会信用代码": "无"}, "code", "code_missing"),
        ({"统一社会信用代码": "91450100MA0000007"}, "code", "code_length"),
        ({"统一社会信用代码": "91450100MA00000072"}, "code", "code_check_digit"),
        ({"统一社会信用代码": "91450100MAO0000071"}, "code", "code_character"),
        ({"县区": "不存在的区"}, "division", "division_unknown"),
        ({"县区": "海城区"}, "division", "division_outside_area"),
        ({"县区": "", "经营场所": "示例大道18号"}, "division", "division_missing"),
        ({"经营场所": ""}, "address", "address_missing"),
        ({"状态": "不清楚"}, "status", "choice_unknown"),
        ({"对象类型": "怪物"}, "kind", "choice_unknown"),
    ],
)
def test_what_refuses_a_row_names_row_column_and_value(changes: dict[str, str], field: str, code: str) -> None:
    reader = read(**changes)

    (problem,) = refused(reader)
    assert (problem.field, problem.code, problem.details["row"]) == (field, code, 7)
    assert problem.details["column"] in GOOD


def test_every_problem_of_a_row_is_told_at_once() -> None:
    reader = read(企业名称="", 统一社会信用代码="1", 县区="无此区")

    assert {problem.field for problem in refused(reader)} == {"name", "code", "division"}


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"联系电话": "待补"}, "phone", "phone_form"),
        ({"加油机数": "若干"}, "pump_count", "number_form"),
        ({"加油机数": "-1"}, "pump_count", "number_form"),
        ({"证书有效期": "长期"}, "licence_expires_on", "date_form"),
        ({"证书有效期": "2027-02-30"}, "licence_expires_on", "date_form"),
        ({"乡镇": "无此镇"}, "township", "township_unknown"),
    ],
)
def test_an_optional_cell_is_left_empty_with_a_warning(changes: dict[str, str], field: str, code: str) -> None:
    reader = read(**changes)
    found = taken(reader)

    assert [(problem.field, problem.code) for problem in reader.problems] == [(field, code)]
    assert field not in found.attributes("refined_oil")


@pytest.mark.parametrize(
    ("changes", "field", "code", "after"),
    [
        ({"统一社会信用代码": "９１４５０１００ma00000071"}, "code", "code_mended", "91450100MA00000071"),
        ({"企业名称": "南宁市 甲戌"}, "name", "text_tidied", "南宁市甲戌"),
        ({"经营场所": "江南区１８号"}, "address", "text_tidied", "江南区18号"),
        ({"联系电话": "154-0000-1234；0771-0000123"}, "phone", "phone_mended", "15400001234"),
        ({"加油机数": "４台"}, "pump_count", "number_mended", "4"),
        ({"证书有效期": "2027年3月1日"}, "licence_expires_on", "date_mended", "2027-03-01"),
        ({"县区": ""}, "division", "division_from_address", "江南区"),
    ],
)
def test_what_is_mended_is_noted(changes: dict[str, str], field: str, code: str, after: str) -> None:
    reader = read(**changes)

    assert taken(reader)
    assert [(one.field, one.code, one.after) for one in reader.mended] == [(field, code, after)]


def test_a_value_from_a_merged_cell_is_noted_once() -> None:
    reader = read(filled=frozenset({"县区"}))

    assert taken(reader)
    assert [(one.field, one.code) for one in reader.mended] == [("division", "merged_cell_filled")]


def test_the_township_narrows_the_county() -> None:
    assert subject(县区="青秀区", 乡镇="新竹街道").division == "450103001000"


def test_kinds_and_states_in_their_own_words() -> None:
    assert subject(对象类型="储罐", 统一社会信用代码="").kind is SubjectKind.TANK
    assert subject(状态="注销").status is SubjectStatus.CLOSED


def test_without_a_scenario_there_is_no_membership() -> None:
    scope = ImportScope(divisions=(NANNING,))
    found = taken(read(scope), scope)

    assert found.memberships == ()


def test_a_scenarios_own_required_number_refuses() -> None:
    extra = [Column(id="floor_count", label="层数", type=ColumnType.INTEGER, is_attribute=True, is_required=True)]
    values = GOOD | {"层数": "很高"}
    reader = RowReader(map_columns(list(values), extra=extra), SCOPE).read(TableRow(7, values))

    assert [problem.code for problem in refused(reader)] == ["number_form"]


def test_a_scenarios_own_required_cell_may_not_be_empty() -> None:
    extra = [Column(id="floor_count", label="层数", type=ColumnType.INTEGER, is_attribute=True, is_required=True)]
    values = GOOD | {"层数": ""}
    reader = RowReader(map_columns(list(values), extra=extra), SCOPE).read(TableRow(7, values))

    assert [problem.code for problem in refused(reader)] == ["value_missing"]


@pytest.mark.parametrize(
    "text",
    ["2027-3-1", "2027/03/01", "2027.3.1", "2027年3月1日", "20270301", "２０２７－０３－０１", "46447",
     "2022年3月1日至2027年3月1日", "2022.03.01-2027.03.01", "2027-03-01 00:00"],
)  # fmt: skip
def test_days_as_people_write_them(text: str) -> None:
    assert parse_date(text) == date(2027, 3, 1)


@pytest.mark.parametrize("text", ["", "长期", "2027", "2027-13-01", "3月1日", "01/03/2027", "1"])
def test_what_is_no_day_is_not_guessed(text: str) -> None:
    assert parse_date(text) is None


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("是", True),
        ("有", True),
        ("√", True),
        ("ＹＥＳ", True),
        ("1", True),
        ("否", False),
        ("无", False),
        ("0", False),
    ],
)
def test_a_yes_or_no_as_people_write_it(text: str, value: bool) -> None:
    assert subject(有储油罐=text).attributes("refined_oil")["has_tank"] is value


@pytest.mark.parametrize("text", ["", "-", "/", "暂无"])
def test_a_yes_or_no_that_is_not_said_is_not_known(text: str) -> None:
    reader = read(有储油罐=text)
    found = taken(reader)

    assert "has_tank" not in found.attributes("refined_oil")
    assert reader.problems == []


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [({"有储油罐": "不详"}, "has_tank", "truth_form"), ({"经营方式": "代销"}, "form", "choice_unknown")],
)
def test_an_attribute_that_cannot_be_read_is_a_warning(changes: dict[str, str], field: str, code: str) -> None:
    reader = read(**changes)
    found = taken(reader)

    assert field not in found.attributes("refined_oil")
    assert [(one.field, one.code) for one in reader.problems] == [(field, code)]


def test_a_default_stands_where_the_file_says_nothing() -> None:
    column = OWN[2].model_copy(update={"default": "retail"})

    def form(**changes: str) -> object:
        values = GOOD | changes
        reader = RowReader(map_columns(list(values), extra=[column]), SCOPE)
        return taken(reader.read(TableRow(7, values))).attributes("refined_oil")["form"]

    assert (form(), form(经营方式=""), form(经营方式="仓储")) == ("retail", "retail", "storage")


def test_a_default_is_only_that_of_the_kinds_that_have_the_attribute() -> None:
    column = OWN[2].model_copy(update={"default": "retail", "subject_kinds": ("company",)})
    reader = RowReader(map_columns(["企业名称", "对象类型"], extra=(column,)), SCOPE)
    defaults = {
        kind: reader.read(TableRow(7, {"企业名称": "示例", "对象类型": kind})).defaults for kind in ("企业", "储罐")
    }

    assert defaults == {"企业": {"form": "retail"}, "储罐": {}}
