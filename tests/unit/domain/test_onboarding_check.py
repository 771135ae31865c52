"""The workbook's rows: every finding at once with its place; sound rows become records, and the same ones twice."""

from datetime import date

import pytest

from chalicelib.domain.onboarding_cells import Present
from chalicelib.domain.onboarding_check import OnboardingCheck
from chalicelib.domain.onboarding_sheets import problem_codes, problem_words, sheets
from chalicelib.domain.onboarding_workbook import OnboardingTables, SheetRow
from chalicelib.domain.tenancy import Role
from tests.onboarding import TODAY, cells, tables


def checked(changed=None, present=None, **more):
    check = OnboardingCheck(tables(changed), present or Present(), ["refined_oil"], TODAY, **more)
    check.run()
    return check


def found(check):
    return [(one.sheet, one.row, one.column, one.code) for one in check.problems]


def test_a_sound_workbook_becomes_a_tenant():
    check = checked()
    draft = check.draft

    assert check.problems == []
    assert (draft.tenant.id, draft.tenant.divisions) == ("gx450200", ["450200000000"])
    assert [(one.id, one.name) for one in draft.divisions] == [("450202001001", "示例社区")]
    assert {one.id for one in draft.departments} == {"gx450200-emergency-management", "gx450200-commerce"}
    assert draft.bodies[0].departments == ["emergency_management", "commerce"]
    inspector = next(one for one in draft.people if Role.INSPECTOR in one.roles)
    assert inspector.acting_body_id == "gx450200-body-1"
    assert inspector.certificate_on(date(2027, 1, 1)).number == "桂B00000001"
    assert (draft.scenarios, draft.logins) == ({"refined_oil": True}, {"gx450200-p-1": "sub-1"})


def test_what_was_loaded_is_found_again_and_nothing_is_new():
    first = checked().draft
    present = Present(
        tenant=first.tenant,
        divisions=first.divisions,
        departments=first.departments,
        bodies=first.bodies,
        people=first.people,
    )

    again = checked(present=present).draft

    assert again.model_dump(exclude={"rows"}) == first.model_dump(exclude={"rows"})


@pytest.mark.parametrize(
    ("sheet", "row", "column", "value", "code"),
    [
        ("tenant", 0, "id", "GX450200", "tenant_id_form"),
        ("tenant", 0, "id", "platform", "reserved"),
        ("tenant", 0, "kind", "县", "unknown_choice"),
        ("tenant", 0, "divisions", "459900000000", "unknown_division"),
        ("tenant", 0, "divisions", "柳州", "division_code"),
        ("divisions", 0, "code", "4502020", "division_code"),
        ("divisions", 0, "code", "450102001001", "division_outside"),
        ("divisions", 0, "valid_from", "去年", "not_a_date"),
        ("departments", 0, "code", "Emergency", "department_code_form"),
        ("departments", 1, "code", "emergency_management", "twice"),
        ("departments", 0, "label", "", "required"),
        ("departments", 0, "label", "局" * 61, "too_long"),
        ("departments", 0, "division", "450102000000", "division_outside"),
        ("bodies", 0, "departments", "fire", "unknown_department"),
        ("bodies", 0, "key", "一号", "key_form"),
        ("bodies", 0, "document_number", "柳委〔2026〕1号", "entrustment_incomplete"),
        ("bodies", 0, "document_code", "LIU", "document_code_form"),
        ("people", 3, "roles", "执法员", "unknown_choice"),
        ("people", 0, "roles", "系统管理员、统筹岗", "administrator_alone"),
        ("people", 0, "roles", "统筹岗", "administrator_missing"),
        ("people", 3, "body", "", "body_needed"),
        ("people", 3, "body", "body-9", "unknown_body"),
        ("people", 3, "is_active", "也许", "unknown_choice"),
        ("certificates", 0, "key", "p-99", "unknown_person"),
        ("certificates", 0, "valid_to", "2020-01-01", "dates_reversed"),
        ("scenarios", 0, "name", "nothing", "unknown_scenario"),
    ],
)
def test_one_wrong_cell_is_named_by_sheet_row_and_code(sheet, row, column, value, code):
    check = checked({(sheet, row, column): value})

    assert (sheet, code) in {(one.sheet, one.code) for one in check.problems}
    assert all(problem_words(one) and problem_words(one, "en") for one in check.problems)


def test_everything_wrong_is_said_at_once():
    wrong = {("departments", 0, "code"): "X", ("people", 3, "roles"): "没有", ("scenarios", 0, "name"): "y"}

    codes = {one[3] for one in found(checked(wrong))}

    assert {"department_code_form", "unknown_choice", "unknown_scenario"} <= codes


def test_a_listed_division_becomes_an_entry_only_when_it_differs():
    rows = [
        {"code": "450202000000", "name": "城中区"},
        {"code": "450203000000", "name": "鱼峰新区"},
        {"code": "450204000000", "name": "柳南区", "closed_on": "2027-01-01"},
    ]

    draft = checked({("divisions",): rows}).draft

    assert [one.id for one in draft.divisions] == ["450203000000", "450204000000"]
    assert [one.name for one in draft.divisions[0].earlier_names] == ["鱼峰区"]
    assert not draft.divisions[1].is_open_on(date(2027, 1, 1))


def test_another_tenant_s_workbook_and_a_fixed_row():
    present = Present(tenant=checked().draft.tenant)

    other = checked({("tenant", 0, "id"): "gx450300"}, present)
    fixed = checked({("tenant", 0, "divisions"): "450300000000"}, present, is_fixed=True)

    assert ("tenant", 3, "id", "other_tenant") in found(other)
    assert fixed.draft.tenant == present.tenant
    assert [one.code for one in fixed.problems if one.is_warning] == ["not_yours"]


def test_a_person_with_a_fault_is_not_unknown_to_the_certificates_as_well():
    codes = [one.code for one in checked({("people", 3, "roles"): "没有"}).problems]

    assert codes == ["unknown_choice"]


def test_what_rests_on_a_faulty_row_is_not_called_unknown():
    check = checked({("departments", 0, "code"): "X", ("bodies", 0, "departments"): "X"})

    assert found(check) == [("departments", 3, "code", "department_code_form")]


def test_the_sheets_and_words_are_complete():
    assert len({one.label for one in sheets()}) == len(sheets())
    assert all(len({c.id for c in one.columns}) == len(one.columns) for one in sheets())
    assert "required" in problem_codes()
    assert SheetRow(number=3, values={"roles": "甲，乙;甲\n丙"}).many("roles") == ["甲", "乙", "丙"]
    assert isinstance(tables(), OnboardingTables)
    assert cells("people")[0]["key"] == "p-sys"
