import io
import tracemalloc

import pytest

from chalicelib.domain import register_table
from chalicelib.domain.errors import InvalidInputError
from chalicelib.domain.register_import import (
    AcceptedRow,
    ChangedRow,
    DuplicateRow,
    ImportScope,
    RejectedRow,
    RowOutcome,
    UnchangedRow,
    check_rows,
    map_columns,
    read_table,
)
from chalicelib.domain.subject import ScenarioMembership, Subject
from infra.local.synthetic import messy_rows
from tests.fixtures.register import NANNING, csv_file, gbk_csv, merged_xlsx, stations

SCOPE = ImportScope(divisions=(NANNING,), scenario="refined_oil")
HEADER = "企业名称,统一社会信用代码,县区,地址,对象类型\n"
REFUSED = {
    ("code", "code_check_digit"),
    ("code", "code_length"),
    ("name", "name_missing"),
    ("division", "division_unknown"),
}


def outcomes(file: io.BytesIO, **options: object) -> list[RowOutcome]:
    table = read_table(file, "名录")
    return list(check_rows(table.rows, map_columns(table.headers), SCOPE, **options))  # type: ignore[arg-type]


@pytest.mark.parametrize("file", [gbk_csv, merged_xlsx], ids=["gbk_csv", "merged_xlsx"])
def test_every_planted_fault_of_a_messy_file_is_found_and_nothing_else(file: object) -> None:
    found = outcomes(file())  # type: ignore[operator]

    rejected = [one for one in found if isinstance(one, RejectedRow)]
    assert {(p.field, p.code) for one in rejected for p in one.problems} == REFUSED
    assert len(rejected) == 4
    assert sum(isinstance(one, DuplicateRow) for one in found) == messy_rows(stations())[1]["duplicate"]
    accepted = [one for one in found if isinstance(one, AcceptedRow)]
    assert len(accepted) == 36
    assert not [one for one in accepted if one.problems]
    codes = {mending.code for one in found for mending in one.mended}
    assert {"code_mended", "text_tidied", "phone_mended", "date_mended"} <= codes
    # Whatever was messy, what is kept equals the clean original.
    originals = {station["code"]: station for station in stations()}
    for one in accepted:
        origin = originals[one.subject.code or ""]
        assert (one.subject.name, one.subject.address, one.subject.phone) == (
            origin["name"], origin["address"], origin["phone"],
        )  # fmt: skip
        assert one.subject.division == origin["division_code"]
        assert one.subject.attributes("refined_oil")["licence_expires_on"] == origin["licence_expires_on"]


def test_a_missing_column_is_one_problem_before_any_row() -> None:
    table = read_table(csv_file("企业名称,县区\n" + "甲,江南区\n" * 50), "x.csv")

    with pytest.raises(InvalidInputError) as caught:
        check_rows(table.rows, map_columns(table.headers), SCOPE)
    assert {problem.code for problem in caught.value.problems} == {"column_missing"}
    assert {problem.field for problem in caught.value.problems} == {"code", "address"}


def test_a_duplicate_names_the_first_row_even_when_the_code_is_written_otherwise() -> None:
    text = HEADER + "甲,91450100MA00000071,江南区,一号,\n乙,91450100ma00000071,江南区,二号,\n"
    first, second = outcomes(csv_file(text))

    assert isinstance(first, AcceptedRow)
    assert isinstance(second, DuplicateRow)
    assert second.first_row == 2


def test_a_refused_row_does_not_make_its_correction_a_duplicate() -> None:
    text = HEADER + "甲,91450100MA00000071,无此区,一号,\n甲,91450100MA00000071,江南区,一号,\n"

    assert [type(one) for one in outcomes(csv_file(text))] == [RejectedRow, AcceptedRow]


def registered(**more: object) -> Subject:
    membership = ScenarioMembership(scenario="refined_oil", attributes={"licence_number": "甲1"})
    values: dict[str, object] = {
        "name": "甲",
        "code": "91450100MA00000071",
        "division": "450105000000",
        "address": "一号",
        "phone": "15400001234",
        "memberships": (membership,),
    }
    return Subject.model_validate(values | more)


def again(text: str, existing: Subject, **scope: object) -> RowOutcome:
    """What becomes of the one row of a file whose subject is registered."""
    table = read_table(csv_file(text), "x")
    wanted = SCOPE.model_copy(update=scope)
    (found,) = check_rows(table.rows, map_columns(table.headers), wanted, find_subject=lambda _: existing)
    return found


def changes_of(outcome: RowOutcome) -> dict[str, tuple[str, str]]:
    assert isinstance(outcome, ChangedRow), outcome
    return {one.field: (one.before, one.after) for one in outcome.changes}


def test_a_registered_subject_is_changed_where_the_row_says_otherwise() -> None:
    found = again("企业名称,信用代码,地址,证书有效期\n甲,91450100ma00000071,二号,2027.3.1\n", registered())

    assert changes_of(found) == {"address": ("一号", "二号"), "licence_expires_on": ("", "2027-03-01")}
    assert isinstance(found, ChangedRow)
    assert (found.subject.phone, found.subject.division) == ("15400001234", "450105000000")
    assert found.subject.attributes("refined_oil") == {"licence_number": "甲1", "licence_expires_on": "2027-03-01"}


@pytest.mark.parametrize("cells", ["甲,91450100MA00000071,,-", "甲,91450100MA00000071,15400001234,甲1"])
def test_a_row_that_says_nothing_new_changes_nothing(cells: str) -> None:
    found = again(f"企业名称,信用代码,电话,许可证号\n{cells}\n", registered())

    assert isinstance(found, UnchangedRow)


def test_empty_cells_erase_where_the_mapping_says_so() -> None:
    text = "企业名称,信用代码,电话,许可证号\n甲,91450100MA00000071,,无\n"
    found = again(text, registered(), clears=frozenset({"phone", "licence_number", "plate"}))

    assert changes_of(found) == {"phone": ("15400001234", ""), "licence_number": ("甲1", "")}


def test_a_subject_of_another_scenario_joins_this_one() -> None:
    found = again(HEADER + "甲,91450100MA00000071,江南区,一号,\n", registered(memberships=()))

    assert changes_of(found) == {"scenario": ("", "refined_oil")}


def test_a_telephone_that_cannot_be_read_leaves_the_registered_one_alone() -> None:
    found = again("企业名称,信用代码,电话\n甲,91450100MA00000071,待补\n", registered())

    assert isinstance(found, UnchangedRow)
    assert [problem.code for problem in found.problems] == ["phone_form"]


def test_a_merged_duplicate_is_not_changed() -> None:
    found = again(HEADER + "乙,91450100MA00000071,江南区,一号,\n", registered(status="merged", merged_into="01J"))

    assert isinstance(found, RejectedRow)
    assert [problem.code for problem in found.problems] == ["subject_is_closed"]


def test_a_new_subject_needs_what_a_registered_one_does_not() -> None:
    (only,) = outcomes(csv_file("企业名称,信用代码,电话\n甲,91450100MA00000071,15400001234\n"))

    assert isinstance(only, RejectedRow)
    assert {problem.code for problem in only.problems} == {"address_missing", "division_missing"}


def test_two_premises_of_one_operator_are_two_subjects() -> None:
    text = HEADER + "".join(
        f"{name},91450100MA00000071,江南区,{place},场所\n" for name, place in ("甲一", "甲二", "甲二")
    )

    assert [type(one) for one in outcomes(csv_file(text))] == [AcceptedRow, AcceptedRow, DuplicateRow]


def test_identities_are_carried_over_between_parts_of_a_file() -> None:
    text = HEADER + "甲,91450100MA00000071,江南区,一号,\n"
    seen: dict[str, int] = {}

    assert isinstance(outcomes(csv_file(text), seen=seen)[0], AcceptedRow)
    table = read_table(csv_file(HEADER + "\n\n" + text.removeprefix(HEADER)), "x.csv")
    (again,) = check_rows(table.rows, map_columns(table.headers), SCOPE, seen=seen)
    assert isinstance(again, DuplicateRow)
    assert again.first_row == 2


def test_totals_and_notes_are_no_subjects() -> None:
    text = HEADER + "合计,,,,\n填表人：某,,,,\n甲,91450100MA00000071,江南区,一号,\n"

    assert [one.row_number for one in outcomes(csv_file(text))] == [4]


def test_outcomes_are_streamed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(register_table, "_CHUNK", 1 << 14)
    rows = "".join(f"企业{n},坏代码,江南区,一号,\n" for n in range(500))

    def peak(times: int) -> int:
        file = csv_file(HEADER + rows * times, "gbk")
        tracemalloc.start()
        table = read_table(file, "x.csv")
        for _ in check_rows(table.rows, map_columns(table.headers), SCOPE):
            pass
        highest = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return highest

    peak(1)
    assert peak(8) < peak(2) * 1.2
