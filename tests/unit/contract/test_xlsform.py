"""A checklist goes out as an XLSForm and comes back the same; what does not hold is refused by row and column."""

import io

import openpyxl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chalicelib.contract.checklist_difference import compare_checklists
from chalicelib.contract.registry import ScenarioRegistry
from chalicelib.contract.xlsform import write_xlsform
from chalicelib.contract.xlsform_read import read_xlsform
from chalicelib.contract.xlsform_relevant import NotRelevantError, Value, read_relevant, write_relevant
from chalicelib.domain.condition import Condition
from chalicelib.domain.errors import InvalidInputError

NAMES = {
    "valve": Value("text"),
    "depth": Value("number", 2),
    "subject_form": Value("text"),
    "subject_floors": Value("number"),
    "subject_is_leased": Value("truth"),
}
KINDS = "selected('company premises', ${subject_kind})"
REGISTRY = ScenarioRegistry()
PACKAGES = REGISTRY.names()


@pytest.mark.parametrize("name", PACKAGES)
def test_a_checklist_comes_back_the_same_with_its_translations_and_form_tools_take_it(name):
    from pyxform.xls2xform import convert

    scenario = REGISTRY.get(name)
    content = write_xlsform(scenario)

    reading = read_xlsform(content, scenario)
    form = convert(xlsform=io.BytesIO(content), validate=False)

    assert reading.findings == []
    assert reading.checklist == scenario.checklist
    own = {one: {k: v for k, v in held.items() if k.startswith("checklist.")} for one, held in scenario.strings.items()}
    assert reading.strings == own
    assert compare_checklists(scenario.checklist, reading.checklist, scenario.strings, reading.strings) == []
    asked = {item.question_key for item in scenario.checklist.items}
    assert all(f"/{key}" in form.xform for key in asked)
    assert "中文 (zh)" in form.xform and "English (en)" in form.xform


leaves = st.one_of(
    st.builds(lambda v: Condition(answer="valve", equals=v), st.sampled_from(["compliant", "it's", "a b"])),
    st.builds(lambda v: Condition(answer="depth", at_least=v), st.integers(-500, 500)),
    st.builds(lambda v: Condition(answer="depth", equals=v), st.integers(-500, 500)),
    st.builds(lambda v: Condition(attribute="floors", at_most=v), st.integers(0, 90)),
    st.builds(lambda v: Condition(attribute="is_leased", equals=v), st.booleans()),
    st.builds(lambda v: Condition(attribute="form", is_known=v), st.booleans()),
    st.builds(lambda v: Condition(attribute="form", one_of=tuple(v)), st.sets(st.sampled_from("abc"), min_size=1)),
)
conditions = st.recursive(
    leaves,
    lambda inner: st.one_of(
        st.builds(lambda parts: Condition(all=tuple(parts)), st.lists(inner, min_size=2, max_size=3)),
        st.builds(lambda parts: Condition(any=tuple(parts)), st.lists(inner, min_size=2, max_size=3)),
        st.builds(lambda part: Condition(not_=part), inner),
    ),
    max_leaves=6,
)


@settings(max_examples=60)
@given(conditions)
def test_a_condition_is_said_as_an_expression_and_read_back(condition):
    assert read_relevant(write_relevant(condition, NAMES), NAMES) == condition


@pytest.mark.parametrize(
    "text",
    ["${valve} =", "${nobody} = 'x'", "'x' = ${valve}", "${valve} = 'x' and", "selected('', ${valve})", "${depth} > 3",
     "(${valve} = 'x'", "${depth} = 1.005", "${subject_is_leased} = 'maybe'", "regex(., 'x')", "${valve} = 'x')",
     "${depth} >= 'Infinity'", "${depth} >= '1e999999'", "${depth} = 'NaN'", f"${{depth}} = {'9' * 40}"],
)  # fmt: skip
def test_what_a_condition_cannot_say_is_refused(text):
    with pytest.raises(NotRelevantError):
        read_relevant(text, NAMES)


@pytest.fixture(scope="module")
def oil():
    return REGISTRY.get("refined_oil")


@pytest.fixture(scope="module")
def exported(oil):
    return write_xlsform(oil)


def edited(content: bytes, **changes: str) -> bytes:
    """The file with cells of the first row that asks with a choice changed (`column`) and one of `sheet`."""
    book = openpyxl.load_workbook(io.BytesIO(content))
    sheet = book["survey"]
    head = {cell.value: cell.column for cell in sheet[1]}
    row = next(r for r in range(2, 99) if sheet.cell(r, head["name"]).value == "business_licence")
    for column, value in changes.items():
        sheet.cell(row, head[column.replace("__zh", "::中文 (zh)").replace("__en", "::English (en)")], value)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


@pytest.mark.parametrize(
    ("changes", "column", "problem"),
    [
        ({"yj_department": "castle_guard"}, "yj_department", "castle_guard is not one of"),
        ({"yj_severity": "很严重"}, "yj_severity", "很严重 is not one of"),
        ({"type": "select_multiple x"}, "type", "select_multiple x is not one of"),
        ({"yj_working_days": "ten"}, "yj_working_days", "ten is no number"),
        ({"yj_working_days": "999"}, "yj_working_days", "less than or equal to 365"),
        ({"yj_basis": "no_such_law"}, "yj_basis", "no_such_law is not one of"),
        ({"yj_kinds": "", "relevant": "${castle} = 'x'"}, "relevant", "no question castle"),
        ({"relevant": "${castle} = 'x'"}, "relevant", "does not begin with the kinds"),
        ({"yj_condition": '{"answer": "x", "equals": 1}'}, "yj_condition", "something else than relevant"),
        ({"hint__zh": ""}, "hint", "the cell is empty"),
        ({"yj_key_item": "maybe"}, "yj_key_item", "maybe is neither yes nor no"),
        ({"yj_item": "subject_kind"}, "yj_item", "a name that a spreadsheet form uses itself"),
        ({"yj_item": "Business Licence"}, "yj_item", "match pattern"),
    ],
)
def test_a_bad_row_is_refused_with_row_column_and_mend(oil, exported, changes, column, problem):
    reading = read_xlsform(edited(exported, **changes), oil)

    assert reading.checklist is None
    found = [one for one in reading.findings if column in one.place and problem in one.problem]
    assert found and found[0].place.startswith("survey row ") and found[0].mend


def test_an_edit_shows_as_a_difference_and_nothing_else_does(oil, exported):
    reading = read_xlsform(edited(exported, yj_severity="minor", hint__en="Look at it"), oil)

    found = compare_checklists(oil.checklist, reading.checklist, oil.strings, reading.strings)

    assert [(one.kind, one.field, one.after) for one in found] == [
        ("changed", "severity", "minor"),
        ("translated", "", "Look at it"),
    ]


@pytest.mark.parametrize(
    ("changes", "column", "problem"),
    [
        ({"yj_working_days": "1e5000000"}, "yj_working_days", "is no number"),
        ({"yj_working_days": "1e99999"}, "yj_working_days", "has more than 18 digits"),
        ({"yj_more": '{"severity": "minor", "maximum_figure": "x"}'}, "yj_more", "severity has a column of its own"),
        (
            {"relevant": f"{KINDS} and ${{subject_pump_count}} = 1 or ${{subject_pump_count}} = 2"},
            "relevant",
            "and binds before or",
        ),
        (
            {"relevant": f"{KINDS} and (${{subject_pump_count}} = 1) or (${{subject_pump_count}} = 2)"},
            "relevant",
            "and binds before or",
        ),
        ({"yj_more": "[" * 20_000}, "yj_more", "not JSON"),
        ({"yj_kinds": "", "relevant": "not(" * 3000}, "relevant", "brackets in brackets without end"),
        (
            {"yj_kinds": "", "relevant": "${business_licence} = 'compliant'", "yj_because__zh": "以后询问"},
            "relevant",
            "business_licence is not known here",
        ),
    ],
)
def test_what_nobody_means_is_refused_as_well(oil, exported, changes, column, problem):
    reading = read_xlsform(edited(exported, **changes), oil)

    assert reading.checklist is None
    assert [one for one in reading.findings if column in one.place and problem in one.problem]


def test_an_or_behind_the_kinds_stands_in_brackets(oil, exported):
    said = f"{KINDS} and (${{subject_pump_count}} = 1 or ${{subject_pump_count}} = 2)"
    reading = read_xlsform(edited(exported, relevant=said, yj_because__zh="油枪少时询问"), oil)

    (changed,) = [one for one in reading.checklist.items if one.question_key == "business_licence"][:1]
    assert [one.equals for one in changed.condition.any] == [1, 2]


def test_a_column_that_stands_twice_is_refused(oil, exported):
    book = openpyxl.load_workbook(io.BytesIO(exported))
    sheet = book["survey"]
    sheet.cell(1, sheet.max_column + 1, "yj_severity")
    out = io.BytesIO()
    book.save(out)

    reading = read_xlsform(out.getvalue(), oil)

    assert reading.checklist is None
    assert [(one.place, one.problem) for one in reading.findings] == [
        ("survey, yj_severity", "the column stands there 2 times")
    ]


@pytest.mark.parametrize("name", ["subject", "introduction", "meta", "data"])
def test_a_section_may_have_a_name_that_a_form_uses(oil, name):
    from pyxform.xls2xform import convert

    first, *others = oil.checklist.sections
    sections = (first.model_copy(update={"id": name}), *others)
    package = oil.replacing(checklist=oil.checklist.model_copy(update={"sections": sections}))
    content = write_xlsform(package)

    assert convert(xlsform=io.BytesIO(content), validate=False).xform
    assert read_xlsform(content, package).checklist == package.checklist


@pytest.mark.parametrize("column", ["yj_item", "yj_full_coverage", "yj_basis", "yj_condition", "yj_penalty_basis"])
def test_a_column_that_was_taken_out_is_missed(oil, exported, column):
    book = openpyxl.load_workbook(io.BytesIO(exported))
    sheet = book["survey"]
    sheet.delete_cols(next(cell.column for cell in sheet[1] if cell.value == column))
    out = io.BytesIO()
    book.save(out)

    reading = read_xlsform(out.getvalue(), oil)

    assert reading.checklist is None
    assert (f"survey, {column}", "the column is missing") in {(one.place, one.problem) for one in reading.findings}


@pytest.mark.parametrize("content", [b"", b"not a workbook", b"PK\x03\x04broken"])
def test_a_file_that_is_no_workbook_is_refused(oil, content):
    with pytest.raises(InvalidInputError):
        read_xlsform(content, oil)
