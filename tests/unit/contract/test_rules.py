"""Every conformance rule catches the fault that it is there for, and says where it is and how to mend it."""

import json
import re
import shutil
from dataclasses import replace

import pytest

from chalicelib.contract.finding_words import finding_words
from chalicelib.contract.registry import ROOT, BrokenScenarioError, ScenarioRegistry
from chalicelib.contract.rule import Tier, Tools
from chalicelib.contract.rules import RULES, check_package
from chalicelib.package_tools import render_template
from tests.unit.contract.packages import copy_pilot, edit

TOOLS = Tools(render=render_template)
BROKEN = ROOT / "tests" / "fixtures" / "scenarios" / "broken_station"


def items(body):
    return [item for section in body["sections"] for item in section["items"]]


def item(body, item_id):
    return next(one for one in items(body) if one["id"] == item_id)


def basis(body, basis_id):
    return next(one for one in body["bases"] if one["id"] == basis_id)


def json_change(file, change):
    return lambda folder: edit(folder, file, change)


def write(file, text):
    return lambda folder: (folder / file).write_text(text, encoding="utf-8")


def rename(folder):
    return folder.rename(folder.parent / "other_name")


FIGURE = {
    "id": "term",
    "label": "期限",
    "label_en": "Term",
    "value": 20,
    "unit": "working_day",
    "status": "proposal",
    "effective_from": "2026-01-01",
}


def length_by_figure(unit, **also):
    def change(folder):
        write("oil_rules.json", json.dumps({"figures": [FIGURE | {"unit": unit}]}))(folder)
        named = {"unit": "working_day", "length_figure": "term"} | also
        edit(folder, "inspection.json", lambda b: [b["deadlines"][0].pop(one) for one in ("length", "is_configurable")])
        edit(folder, "inspection.json", lambda b: b["deadlines"][0].update(named))

    return change


MUTATIONS = [
    ("ids_unique", "checklist.json", json_change("checklist.json", lambda b: items(b)[1].update(id="subject_kind"))),
    ("ids_unique", "manifest.json", json_change("manifest.json", lambda b: b["attributes"][0].update(code="kind"))),
    ("files_valid", "checklist.json", json_change("checklist.json", lambda b: b.update(introduction="看${价格}"))),
    ("files_read", "checklist.json", lambda folder: (folder / "checklist.json").unlink()),
    ("files_read", "evaluation.json", write("evaluation.json", "{")),
    ("files_valid", "manifest.json", json_change("manifest.json", lambda b: b.update(version="one"))),
    ("files_valid", "inspection.json", json_change("inspection.json", lambda b: b["regimes"].pop())),
    ("name_matches_folder", "manifest.json", json_change("manifest.json", lambda b: b.update(name="diesel"))),
    ("ids_unique", "checklist.json", json_change("checklist.json", lambda b: items(b)[1].update(id=items(b)[0]["id"]))),
    (
        "ids_unique",
        "checklist.json",
        json_change("checklist.json", lambda b: items(b)[0].update(asked_once_key="price_marked")),
    ),
    (
        "references_resolve",
        "checklist.json",
        json_change("checklist.json", lambda b: items(b)[0].update(department="astrology")),
    ),
    (
        "references_resolve",
        "evaluation.json",
        json_change("evaluation.json", lambda b: b["overrides"][0]["trigger"].update(items=["nothing"])),
    ),
    (
        "references_resolve",
        "handbook.json",
        json_change("handbook.json", lambda b: b["items"][0].update(legal_basis_ids=["nothing"])),
    ),
    (
        "conditions_point_back",
        "checklist.json",
        json_change(
            "checklist.json",
            lambda b: items(b)[0].update(condition={"answer": "fire_equipment", "equals": "compliant"}),
        ),
    ),
    (
        "conditions_point_back",
        "checklist.json",
        json_change(
            "checklist.json", lambda b: items(b)[0].update(condition={"attribute": "horoscope", "equals": "lion"})
        ),
    ),
    (
        "conditions_point_back",
        "handbook.json",
        json_change(
            "handbook.json", lambda b: b["items"][0].update(condition={"answer": "exits", "equals": "compliant"})
        ),
    ),
    ("handlers_callable", "handlers.py", write("handlers.py", "import no_such_module\n")),
    ("handlers_callable", "handlers.py", write("handlers.py", "checklist = 5\n")),
    (
        "items_cite_bases",
        "checklist.json",
        json_change("checklist.json", lambda b: items(b)[0].update(legal_basis_ids=[])),
    ),
    (
        "items_cite_bases",
        "legal_basis.json",
        json_change("legal_basis.json", lambda b: b["bases"].append({**basis(b, "fire_duties"), "id": "unused"})),
    ),
    (
        "bases_verified",
        "legal_basis.json",
        json_change("legal_basis.json", lambda b: basis(b, "fire_duties").update(article="160")),
    ),
    ("bases_verified", "law_index.json", write("law_index.json", '{"x": 1}')),
    (
        "bases_verified",
        "legal_basis.json",
        json_change("legal_basis.json", lambda b: basis(b, "fire_duties").update(text_date="2019-04-23")),
    ),
    (
        "bases_verified",
        "legal_basis.json",
        json_change("legal_basis.json", lambda b: basis(b, "fire_duties").update(title="消防法律")),
    ),
    (
        "bases_verified",
        "legal_basis.json",
        json_change("legal_basis.json", lambda b: basis(b, "fire_duties").update(effective_to="2026-01-01")),
    ),
    (
        "bases_verified",
        "legal_basis.json",
        json_change(
            "legal_basis.json",
            lambda b: basis(b, "air_law_vapour_recovery").update(status="verified", text_date="2018-10-26"),
        ),
    ),
    (
        "duties_checked",
        "handbook.json",
        json_change("handbook.json", lambda b: b["sections"][1]["paragraphs"][0].update(check_item_ids=[])),
    ),
    (
        "duties_checked",
        "handbook.json",
        json_change("handbook.json", lambda b: b["sections"][4]["paragraphs"][0].update(legal_basis_ids=[])),
    ),
    (
        "questions_agree",
        "checklist.json",
        json_change("checklist.json", lambda b: item(b, "fire_facilities_intact").update(answer_type="text")),
    ),
    (
        "questions_agree",
        "checklist.json",
        json_change(
            "checklist.json", lambda b: item(b, "fire_facilities_intact").update(department="emergency_management")
        ),
    ),
    (
        "departments_take_part",
        "checklist.json",
        json_change("manifest.json", lambda b: b["departments"].append({"code": "customs", "label": "海关"})),
    ),
    (
        "proposals_configurable",
        "evaluation.json",
        json_change("evaluation.json", lambda b: b["indicators"][0].update(is_configurable=False)),
    ),
    (
        "proposals_configurable",
        "*_rules.json",
        write("oil_rules.json", json.dumps({"figures": [FIGURE]})),
    ),
    (
        "figures_read",
        "oil_rules.json",
        write("oil_rules.json", json.dumps({"figures": [FIGURE]})),
    ),
    ("files_valid", "oil_rules.json", write("oil_rules.json", '{"figures": [{"id": "x"}]}')),
    ("files_valid", "oil_rules.json", write("oil_rules.json", "{}")),
    (
        "files_valid",
        "oil_rules.json",
        write(
            "oil_rules.json",
            json.dumps(
                {
                    "figures": [
                        FIGURE
                        | {"status": "to_be_confirmed", "legal_basis_ids": ["fire_duties"]}
                        | {"tenant_range": {"minimum": 10, "maximum": 30}}
                    ]
                }
            ),
        ),
    ),
    (
        "references_resolve",
        "checklist.json",
        json_change("checklist.json", lambda b: items(b)[0].update(figure_ids=["nothing"])),
    ),
    ("references_resolve", "inspection.json", length_by_figure("basis_points")),
    ("references_resolve", "inspection.json", length_by_figure("working_day", length=20)),
    (
        "nothing_unwritten",
        "checklist.json",
        json_change("checklist.json", lambda b: items(b)[0].update(name="【待填】名称")),
    ),
    ("handlers_callable", "extra.py", write("extra.py", "import math\nfrom chalicelib.storage import store\n")),
    (
        "proposals_configurable",
        "evaluation.json",
        json_change("evaluation.json", lambda b: b["indicators"][0].update(source="law")),
    ),
    ("own_tests", "tests", lambda folder: shutil.rmtree(folder / "tests")),
    ("quality_declared", "quality.json", lambda folder: (folder / "quality.json").unlink()),
    ("quality_declared", "quality.json", json_change("quality.json", lambda b: b["rules"].pop("own_tests"))),
    (
        "quality_declared",
        "quality.json",
        json_change("quality.json", lambda b: b["rules"].update(x={"status": "done"})),
    ),
    (
        "quality_declared",
        "quality.json",
        json_change(
            "quality.json", lambda b: b["rules"].update(samples_pass={"status": "exempt", "reason": "no time for it"})
        ),
    ),
    (
        "quality_declared",
        "quality.json",
        json_change("quality.json", lambda b: b["rules"].update(own_tests={"status": "exempt", "reason": ""})),
    ),
    (
        "samples_pass",
        "samples/cases.json",
        json_change("samples/cases.json", lambda b: b["cases"][-1]["expect"].update(credit_grade="A")),
    ),
    (
        "samples_pass",
        "samples/cases.json",
        json_change("samples/cases.json", lambda b: b["cases"][-1]["expect"].update({"points.7.name": "x"})),
    ),
    (
        "samples_pass",
        "samples/cases.json",
        json_change("samples/cases.json", lambda b: b["cases"][-1].update(request={"facts": {}})),
    ),
    (
        "samples_pass",
        "samples/cases.json",
        json_change(
            "samples/cases.json", lambda b: b.update(cases=[c for c in b["cases"] if c["one"] != "inspection"])
        ),
    ),
    (
        "samples_pass",
        "samples/cases.json",
        write("handlers.py", "def evaluation(request, context):\n    return request.nothing\n"),
    ),
    (
        "samples_pass",
        "samples/cases.json",
        json_change("samples/cases.json", lambda b: [one["request"].pop("reports", None) for one in b["cases"]]),
    ),
    ("documents_render", "templates/result_notice.html", write("templates/result_notice.html", "{{ nobody.name }}")),
    ("documents_render", "templates/result_notice.html", write("templates/result_notice.html", "  ")),
    ("documents_render", "templates/stray.html", write("templates/stray.html", "x")),
    (
        "documents_render",
        "inspection.json",
        json_change("inspection.json", lambda b: [one.pop("template", "") for one in b["documents"]]),
    ),
    ("strings_complete", "strings/en.json", json_change("strings/en.json", lambda b: b.pop("manifest.label"))),
    ("strings_complete", "strings/en.json", json_change("strings/en.json", lambda b: b.update({"no.such": "x"}))),
]


def test_the_copy_is_gold_before_it_is_broken(tmp_path):
    report = check_package(copy_pilot(tmp_path), TOOLS)

    assert report.findings == []
    assert report.tier is Tier.GOLD


@pytest.mark.parametrize(
    ("rule", "file", "mutate"), MUTATIONS, ids=lambda value: value if isinstance(value, str) else ""
)
def test_a_fault_is_found_where_it_is(tmp_path, rule, file, mutate):
    folder = copy_pilot(tmp_path)

    mutate(folder)
    report = check_package(folder, TOOLS)

    found = [finding for finding in report.by_rule[rule] if finding.file == file]
    assert found, [str(finding) for finding in report.findings]
    assert all(finding.problem and finding.mend for finding in report.findings)
    tiers = list(Tier)
    fallen = next(one.tier for one in RULES if one.id == rule)
    assert report.tier is None or tiers.index(report.tier) < tiers.index(fallen)


NEVER = [
    ({"answer": "business_licence", "equals": "complaint"}, "business_licence is never complaint"),
    ({"answer": "business_licence", "at_least": 3}, "business_licence is no number"),
    ({"attribute": "has_storage_tank", "equals": "yes"}, "has_storage_tank is never yes"),
    ({"attribute": "pump_count", "equals": True}, "pump_count is never true"),
    ({"not": {"attribute": "business_form", "one_of": ["retail", "karaoke"]}}, "business_form is never karaoke"),
    ({"attribute": "kind", "equals": "castle"}, "kind is never castle"),
    ({"attribute": "has_storage_tank", "at_most": 1}, "has_storage_tank is no number"),
]


@pytest.mark.parametrize(("condition", "problem"), NEVER)
def test_a_condition_that_nothing_meets_is_found(tmp_path, condition, problem):
    folder = copy_pilot(tmp_path)
    told = {"condition": condition, "condition_reason": "有时询问"}
    edit(folder, "checklist.json", lambda body: items(body)[-1].update(told))

    assert [one.problem for one in check_package(folder, TOOLS).by_rule["conditions_point_back"]] == [problem]


@pytest.mark.parametrize(
    "condition",
    [
        {"answer": "business_licence", "equals": "not_checked"},
        {"attribute": "pump_count", "at_least": 3},
        {"attribute": "has_storage_tank", "one_of": [True]},
        {"attribute": "business_form", "equals": "retail"},
        {"attribute": "kind", "one_of": ["premises", "tank"]},
        {"attribute": "pump_count", "is_known": False},
    ],
)
def test_a_condition_that_can_hold_is_none(tmp_path, condition):
    folder = copy_pilot(tmp_path)
    told = {"condition": condition, "condition_reason": "有时询问"}
    edit(folder, "checklist.json", lambda body: items(body)[-1].update(told))

    assert check_package(folder, TOOLS).by_rule["conditions_point_back"] == []


UNREADABLE = {
    "null": write("checklist.json", "null"),
    "a number of thousands of digits": write("checklist.json", '{"title": 1' + "0" * 5000 + "}"),
    "brackets without end": write("checklist.json", "[" * 100_000),
    "brackets that end": write("checklist.json", "[" * 600 + "]" * 600),
    "a byte order mark": lambda folder: (folder / "checklist.json").write_bytes(b"\xef\xbb\xbf{}"),
    "a folder": lambda folder: ((folder / "checklist.json").unlink(), (folder / "checklist.json").mkdir()),
}


@pytest.mark.parametrize("mutate", UNREADABLE.values(), ids=UNREADABLE)
def test_a_file_that_cannot_be_read_is_a_finding_and_keeps_nobody_else_from_being_used(tmp_path, mutate):
    folder = copy_pilot(tmp_path)
    mutate(folder)

    report = check_package(folder, TOOLS)

    assert report.tier is None
    assert {finding.file for finding in report.of_tier(Tier.BRONZE)} == {"checklist.json"}
    assert not ScenarioRegistry([tmp_path], use_entry_points=False).holds("refined_oil")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("有\u0007声", "control character"),
        ("一行\r\n又一行", "control character"),
        (" 空格", "begins or ends with a space"),
        ("   ", "begins or ends with a space"),
        ("长" * 4001, "has 4001 characters"),
    ],
)
def test_a_text_that_no_document_can_hold_is_found(tmp_path, text, problem):
    folder = copy_pilot(tmp_path)
    edit(folder, "checklist.json", lambda body: items(body)[0].update(guidance=text))

    report = check_package(folder, TOOLS)

    assert report.tier is None
    assert [one.file for one in report.by_rule["files_valid"] if problem in one.problem] == ["checklist.json"]


@pytest.mark.parametrize(
    ("file", "key", "rule"),
    [
        ("manifest.json", "version", "files_valid"),
        ("strings/en.json", "manifest.label", "files_valid"),
        ("quality.json", "rules", "quality_declared"),
        ("samples/cases.json", "cases", "samples_pass"),
    ],
)
def test_a_key_that_stands_twice_is_found(tmp_path, file, key, rule):
    folder = copy_pilot(tmp_path)
    path = folder / file
    body = json.loads(path.read_text(encoding="utf-8"))
    text = json.dumps(body, ensure_ascii=False, indent=1).removesuffix("\n}")
    path.write_text(f'{text},\n "{key}": {json.dumps(body[key], ensure_ascii=False)}\n}}', encoding="utf-8")

    found = [one for one in check_package(folder, TOOLS).by_rule[rule] if one.rule == "files_valid"]

    assert [(one.file, one.place) for one in found] == [(file, f"line {text.count(chr(10)) + 2}")]
    assert key in found[0].problem


WORDS = {"id": "share", "label": "比例", "label_en": "Share", "formula": "甲除以乙", "formula_en": "A by B"}


@pytest.mark.parametrize(
    ("derived", "place"),
    [
        (None, "derived"),
        (7, "derived"),
        ("share", "derived"),
        ({"share": WORDS}, "derived"),
        (["share"], "derived.0"),
        ([WORDS, None], "derived.1"),
        ([WORDS | {"id": 7}], "derived.0.id"),
        ([WORDS | {"colour": "red"}], "derived.0.colour"),
        ([{key: value for key, value in WORDS.items() if key != "formula"}], "derived.0.formula"),
    ],
)
def test_words_of_what_is_computed_that_have_another_shape_are_found_where_they_are(tmp_path, derived, place):
    folder = copy_pilot(tmp_path)
    write("oil_rules.json", json.dumps({"figures": [], "derived": derived}))(folder)

    report = check_package(folder, TOOLS)

    found = report.by_rule["files_valid"]
    assert [(one.file, one.place) for one in found] == [("oil_rules.json", place)]
    assert finding_words(found[0], "zh")[0] != found[0].problem
    assert report.tier is None and report.reading.scenario is None


def test_what_one_file_says_is_judged_while_another_does_not_hold(tmp_path):
    folder = copy_pilot(tmp_path)
    edit(folder, "evaluation.json", lambda body: body.update(castle=1))
    edit(folder, "checklist.json", lambda body: items(body)[0].update(legal_basis_ids=[], name="名称 "))
    edit(folder, "legal_basis.json", lambda body: basis(body, "fire_duties").update(article="160"))
    edit(folder, "handbook.json", lambda body: body["sections"][0]["paragraphs"][0].update(legal_basis_ids=[]))
    edit(folder, "strings/en.json", lambda body: [body.pop("manifest.label"), body.update({"manifest.nobody": "x"})])

    report = check_package(folder, TOOLS)

    assert report.reading.scenario is None
    for rule in ("items_cite_bases", "bases_verified", "duties_checked"):
        assert report.by_rule[rule], rule
    assert [one.place for one in report.by_rule["strings_complete"]] == ["manifest.label", "manifest.nobody"]
    assert [one.problem for one in report.by_rule["files_valid"] if one.file == "checklist.json"]


def test_a_key_that_stands_twice_hides_nothing_else(tmp_path):
    folder = copy_pilot(tmp_path)
    edit(folder, "checklist.json", lambda body: items(body)[0].update(department="castle_guard"))
    path = folder / "manifest.json"
    path.write_text(path.read_text(encoding="utf-8").replace('"version"', '"version": "0.1.0", "version"', 1), "utf-8")

    report = check_package(folder, TOOLS)

    assert report.by_rule["files_valid"] and report.by_rule["references_resolve"]
    assert report.tier is None
    with pytest.raises(BrokenScenarioError):
        ScenarioRegistry([tmp_path], use_entry_points=False).get(folder.name)


def test_a_missing_field_is_named(tmp_path):
    folder = copy_pilot(tmp_path)
    edit(folder, "inspection.json", lambda body: body["documents"][0].pop("stage"))

    found = check_package(folder, TOOLS).by_rule["files_valid"]

    assert [finding_words(one, "zh")[0] for one in found] == ["缺少stage"]


def test_a_package_of_a_newer_contract_is_told_so_first(tmp_path):
    folder = copy_pilot(tmp_path)
    edit(folder, "manifest.json", lambda body: body.update(contract_version=2, colour="red"))

    first, *others = check_package(folder, TOOLS).by_rule["files_valid"]

    assert finding_words(first, "en")[0] == "contract version 1 is spoken here"
    assert [one.place for one in others] == ["colour"]


def test_tests_that_are_no_text_are_no_tests(tmp_path):
    folder = copy_pilot(tmp_path)
    for path in (folder / "tests").glob("*.py"):
        path.unlink()
    (folder / "tests" / "test_data.py").write_bytes("# 测试\n".encode("gbk"))

    assert check_package(folder, replace(TOOLS, tests=tmp_path / "none")).by_rule["own_tests"]


def test_every_rule_has_a_fault_that_it_catches():
    assert {rule for rule, _, _ in MUTATIONS} == {rule.id for rule in RULES}


def test_a_renamed_folder_is_found(tmp_path):
    folder = copy_pilot(tmp_path)
    rename(folder)

    report = check_package(tmp_path / "other_name", TOOLS)

    assert [finding.rule for finding in report.findings if finding.rule == "name_matches_folder"]


def test_an_exemption_with_a_reason_is_honoured(tmp_path):
    folder = copy_pilot(tmp_path)
    reason = {"status": "exempt", "reason": "the trade uses the shared forms only"}
    edit(folder, "inspection.json", lambda b: [one.pop("template", "") for one in b["documents"]])
    shutil.rmtree(folder / "templates")
    edit(folder, "quality.json", lambda b: b["rules"].update(documents_render=reason))
    edit(folder, "strings/en.json", lambda b: b)

    report = check_package(folder, TOOLS)

    assert report.tier is Tier.GOLD
    assert [finding.rule for finding in report.findings] == ["documents_render"]


def test_a_broken_package_yields_all_its_findings_at_once():
    report = check_package(BROKEN, TOOLS)

    found = {(finding.file, finding.rule) for finding in report.findings}
    assert report.tier is None
    assert {
        ("manifest.json", "files_valid"),
        ("handbook.json", "files_read"),
        ("checklist.json", "files_read"),
        ("inspection.json", "files_read"),
        ("evaluation.json", "files_valid"),
        ("legal_basis.json", "files_valid"),
        ("strings/en.json", "files_valid"),
        ("handlers.py", "handlers_callable"),
    } <= found
    manifest = {finding.place for finding in report.findings if finding.file == "manifest.json"}
    assert {"version", "colour"} <= manifest


def test_a_bad_sample_is_told_by_the_field_and_in_the_authors_words(tmp_path):
    folder = copy_pilot(tmp_path)
    edit(
        folder, "samples/cases.json", lambda b: b["cases"][0].update(label="the rule is strict", expect={"items.#": 1})
    )
    edit(folder, "samples/cases.json", lambda b: b["cases"][-1].update(request={"facts": {}}))

    wrong, missing = check_package(folder, TOOLS).by_rule["samples_pass"]

    assert missing.place.endswith(".request.facts.as_of")
    assert finding_words(missing, "zh")[0] == "缺少这一项"
    assert re.fullmatch(r"items\.#是\d+，应当是1（the rule is strict）", finding_words(wrong, "zh")[0])


def test_a_question_that_another_package_asks_differently_is_found(tmp_path):
    folder = copy_pilot(tmp_path)
    other = check_package(folder, TOOLS).reading.scenario
    assert check_package(folder, replace(TOOLS, others=lambda _: [other])).findings == []

    def ask_for_a_number(body):
        item(body, "warning_signs").update(answer_type="number", number={"unit": "份", "maximum": 0})

    edit(folder, "checklist.json", ask_for_a_number)
    found = check_package(folder, replace(TOOLS, others=lambda _: [other])).by_rule["questions_agree"]

    assert [one.place for one in found] == ["warning_signs"]
    assert "refined_oil也有warning_signs这个问题" in finding_words(found[0], "zh")[0]
