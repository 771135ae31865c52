import pytest

from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.register_columns import (
    Column,
    ColumnType,
    header_key,
    headers_key,
    map_columns,
    names_of,
    register_columns,
)


def test_no_two_columns_claim_one_name() -> None:
    claimed = [header_key(name) for column in register_columns() for name in {column.label, *column.synonyms}]
    twice = {name for name in claimed if claimed.count(name) > 1}

    assert not {name for name in twice if len({c.id for c in register_columns() if name in names_of([c])}) > 1}


@pytest.mark.parametrize(
    ("header", "column"),
    [
        ("企业名称", "name"),
        ("单位名称*", "name"),
        ("名 称（必填）", "name"),
        ("统一社会信用代码：", "code"),
        ("信用代码\n(18位)", "code"),
        ("所在区", "division"),
        ("县（市、区）", "division"),
        ("属地/备注", None),
        ("经营场所", "address"),
        ("联系电话", "phone"),
        ("负责人", "responsible_person"),
        ("许可证号", "licence_number"),
        ("证书有效期", "licence_expires_on"),
        ("ＣＯＤＥ", "code"),
    ],
)
def test_headers_as_offices_write_them(header: str, column: str | None) -> None:
    mapping = map_columns([header])

    assert mapping.fields == ({column: header} if column else {})
    assert mapping.unknown == (() if column else (header,))


def test_a_second_header_of_one_meaning_is_told_not_used() -> None:
    mapping = map_columns(["企业名称", "单位名称"])

    assert (mapping.fields, mapping.doubled) == ({"name": "企业名称"}, ("单位名称",))


def test_what_a_person_chose_wins() -> None:
    mapping = map_columns(["企业名称", "字号"], chosen={"字号": "name"})

    assert (mapping.fields, mapping.doubled) == ({"name": "字号"}, ("企业名称",))


def test_a_missing_required_column_is_one_problem_that_names_it() -> None:
    with pytest.raises(InvalidInputError) as caught:
        map_columns(["企业名称", "县区", "备用"]).require_complete()

    problem = next(one for one in caught.value.problems if one.field == "code")
    assert (problem.field, problem.code, problem.details["column"]) == ("code", "column_missing", "统一社会信用代码")
    assert "信用代码" in str(problem.details["also"])
    assert "备用" in str(problem.details["found"])


def test_a_scenario_brings_columns_and_may_relax_one() -> None:
    extra = [
        Column(id="code", label="统一社会信用代码", type=ColumnType.CODE),
        Column(id="floor_count", label="层数", type=ColumnType.INTEGER, is_attribute=True),
    ]
    mapping = map_columns(["名称", "县区", "地址", "层数"], extra=extra)

    mapping.require_complete()
    assert mapping.fields["floor_count"] == "层数"


def test_a_choice_is_known_by_code_label_and_synonyms() -> None:
    status = next(column for column in register_columns() if column.id == "status")

    assert {getattr(status.choice(word), "code", None) for word in ("suspended", "歇业", "停业 整顿")} == {"suspended"}
    assert status.choice("歇着") is None


def test_a_file_that_only_adds_telephones_to_codes_is_complete() -> None:
    map_columns(["信用代码", "电话"]).require_complete()


def test_a_header_can_be_left_out() -> None:
    mapping = map_columns(["企业名称", "电话"], chosen={"电话": ""})

    assert (mapping.fields, mapping.unknown, mapping.ignored) == ({"name": "企业名称"}, (), ("电话",))


def test_a_set_of_headers_is_one_whatever_its_order_and_marks() -> None:
    assert headers_key(["企业名称", "电话*"]) == headers_key(["电话", "企业 名称"])
    assert headers_key(["企业名称"]) != headers_key(["电话"])


def test_an_error_sheet_is_known_as_the_file_that_it_came_from() -> None:
    assert headers_key(["原文件行号", "企业名称", "门店位置", "问题和改法"]) == headers_key(["企业名称", "门店位置"])
