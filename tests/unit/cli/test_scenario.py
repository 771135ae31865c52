"""The command line names every finding at once."""

import json
import shutil

import pytest
from click.testing import CliRunner

from chalicelib.cli import scenario as command
from chalicelib.contract.registry import ROOT, ScenarioRegistry

FIXTURES = ROOT / "tests" / "fixtures" / "scenarios"


def run(*arguments):
    return CliRunner().invoke(command.group, list(arguments))


def test_list_names_label_version_and_tier():
    done = run("list")

    assert done.exit_code == 0
    line = next(line for line in done.output.splitlines() if line.startswith("refined_oil"))
    assert line.split() == ["refined_oil", "1.0.0", "gold", "成品油流通"]


def test_check_of_a_good_package():
    done = run("check", "refined_oil", "--language", "en")

    assert (done.exit_code, done.output.strip()) == (0, "refined_oil: gold, 0 findings")
    assert run("check", "refined_oil", "--language", "zh").output.strip() == "refined_oil：金级，0处要改"


def test_check_of_a_broken_package_names_file_place_and_mend(monkeypatch):
    monkeypatch.setattr(command, "ScenarioRegistry", lambda: ScenarioRegistry([FIXTURES], use_entry_points=False))

    done = run("check", "broken_station", "--language", "en")

    assert done.exit_code == 1
    assert "manifest.json:5  $.version\n" in done.output
    assert "handbook.json:3\n" in done.output
    assert done.output.count("mend:") >= 8
    assert "broken_station: refused" in done.output
    chinese = run("check", "broken_station", "--language", "zh").output
    assert chinese.count("改法：") == done.output.count("mend:")
    assert "broken_station：不能用" in chinese
    assert "refused" in run("list").output


def test_the_terminals_locale_chooses_the_language(monkeypatch):
    for name in ("YIJIANSHI_LANGUAGE", "LC_ALL", "LC_MESSAGES", "LANG"):
        monkeypatch.delenv(name, raising=False)
    assert "金级" in run("check", "refined_oil").output

    monkeypatch.setenv("LANG", "en_GB.UTF-8")
    assert "gold" in run("check", "refined_oil").output


def new(folder, *arguments):
    return run("new", *arguments, "--scenarios", str(folder / "s"), "--tests", str(folder / "t"), "--language", "en")


def test_a_new_package_is_bronze_and_says_what_is_left(tmp_path):
    done = new(tmp_path, "elderly_care", "--label", "养老机构")

    assert done.exit_code == 0
    assert "elderly_care: bronze" in done.output
    assert "findings to mend for silver:" in done.output
    assert "findings to mend for gold:" in done.output
    assert "checklist.json:" in done.output
    assert done.output.count("no text for") == 3 and "more in strings/en.json" in done.output
    assert (tmp_path / "t" / "elderly_care" / "test_data.py").is_file()


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "Say NAME"),
        (["Elderly-Care", "--label", "养老机构"], "cannot be a scenario's name"),
        (["../evil", "--label", "养老机构"], "cannot be a scenario's name"),
        (["elderly_care"], "cannot be the trade's label"),
        (["elderly_care", "--label", '养"老'], "cannot be the trade's label"),
        (["elderly_care", "--label", "养老", "--label-en", "a\nb"], "cannot be the trade's label"),
    ],
)
def test_bad_names_are_refused_in_one_sentence(tmp_path, arguments, words):
    done = new(tmp_path, *arguments)

    assert done.exit_code == 1
    assert words in done.output
    assert "Traceback" not in done.output
    assert list(tmp_path.iterdir()) == []


def test_a_distribution_of_its_own_needs_a_name_of_its_own(tmp_path):
    done = new(tmp_path, "refined_oil", "--label", "成品油", "--distribution", str(tmp_path / "own"))

    assert done.exit_code == 1
    assert "refined_oil is brought by scenarios/refined_oil already" in done.output
    assert list(tmp_path.iterdir()) == []


def test_what_is_there_is_not_touched(tmp_path):
    (tmp_path / "t" / "elderly_care").mkdir(parents=True)

    done = new(tmp_path, "elderly_care", "--label", "养老机构")

    assert done.exit_code == 1
    assert "is there already and nothing was changed" in done.output
    assert not (tmp_path / "s").exists()


def test_strings_and_quality_are_brought_in_step(tmp_path, monkeypatch):
    new(tmp_path, "elderly_care", "--label", "养老机构")
    folders = [tmp_path / "s"]
    monkeypatch.setattr(command, "ScenarioRegistry", lambda: ScenarioRegistry(folders, use_entry_points=False))
    path = tmp_path / "s" / "elderly_care" / "strings" / "en.json"
    path.write_text('{"manifest.label": "Homes", "no.such": "x"}', encoding="utf-8")

    assert "1 unused keys removed" in run("strings", "elderly_care", "--language", "en").output
    texts = json.loads(path.read_text(encoding="utf-8"))
    assert texts["manifest.label"] == "Homes"
    assert texts["checklist.title"] == ""

    monkeypatch.setattr(
        command, "ScenarioRegistry", lambda: ScenarioRegistry([*folders, ROOT / "scenarios"], use_entry_points=False)
    )
    assert "taken over from other packages" in run("strings", "elderly_care", "--language", "en").output
    texts = json.loads(path.read_text(encoding="utf-8"))
    assert texts["manifest.departments.fire_rescue.label"] != ""
    assert texts["checklist.title"] == ""

    assert run("check", "elderly_care", "--all", "--language", "zh").output.count("没有译文：") > 20

    run("check", "elderly_care", "--declare")
    rules = json.loads((path.parent.parent / "quality.json").read_text(encoding="utf-8"))["rules"]
    assert rules["nothing_unwritten"] == {"status": "todo"}
    assert rules["ids_unique"] == {"status": "done"}
    assert rules["quality_declared"] == {"status": "done"}


def test_an_unknown_name_says_what_there_is():
    done = run("check", "nowhere")

    assert done.exit_code == 1
    assert "refined_oil" in done.output
    assert "Traceback" not in done.output


def test_what_packages_share_is_listed_and_searched():
    everything, gas = run("shared", "--language", "en").output, run("shared", "燃气", "--language", "zh").output

    assert everything.index("Departments:") < everything.index("Questions asked once")
    assert "  exits_clear  Are exits, escape ways and fire lanes clear?  (compliance)  [" in everything
    assert "uses_gas  使用燃气  (boolean)  [catering, self_built_housing]" in gas and "exits_clear" not in gas
    assert "  gas_works_filed  " in gas and "gas_works_filed" not in everything
    # What one package asks under a key and another under its item's id is one question.
    assert gas.count("  gas_used_safely  ") == 1 and "[bottled_gas, catering, self_built_housing]" in gas
    assert "No package has “dragons”" in run("shared", "dragons", "--language", "en").output


def test_schema_check():
    assert run("schema", "--check").output.strip() == "all schemas are current"


def test_a_checklist_is_exported_imported_and_refused_with_its_rows(tmp_path):
    from tests.unit.contract.test_xlsform import edited

    file = tmp_path / "oil.xlsx"

    assert run("export", "refined_oil", "--out", str(file)).exit_code == 0
    assert "0 differences" in run("import", "refined_oil", str(file)).output
    file.write_bytes(edited(file.read_bytes(), yj_severity="minor"))
    assert "changed  certificate_name_matches severity" in run("import", "refined_oil", str(file)).output
    file.write_bytes(edited(file.read_bytes(), yj_severity="grave"))
    refused = run("import", "refined_oil", str(file), "--language", "en")
    assert refused.exit_code == 1 and "survey row" in refused.output and "mend:" in refused.output
    assert run("export", "refined_oil", "--as", "review", "--out", str(file)).exit_code == 0
    assert run("export", "castles").exit_code == 1


def test_an_imported_checklist_keeps_the_strings_pointer_to_its_schema(tmp_path, monkeypatch):
    from chalicelib.cli import scenario_sheets

    folder = tmp_path / "refined_oil"
    shutil.copytree(ROOT / "scenarios" / "refined_oil", folder)
    strings = folder / "strings" / "en.json"
    before = json.loads(strings.read_text(encoding="utf-8"))
    monkeypatch.setattr(
        scenario_sheets, "ScenarioRegistry", lambda: ScenarioRegistry([tmp_path], use_entry_points=False)
    )
    file = tmp_path / "oil.xlsx"

    assert run("export", "refined_oil", "--out", str(file)).exit_code == 0
    assert run("import", "refined_oil", str(file), "--write").exit_code == 0
    assert json.loads(strings.read_text(encoding="utf-8")) == before and "$schema" in before


def test_shared_words_are_those_that_somebody_wrote_with_the_choices_of_an_attribute(tmp_path, monkeypatch):
    assert new(tmp_path, "elderly_care", "--label", "养老机构").exit_code == 0
    folders = [tmp_path / "s", ROOT / "scenarios"]
    registry = ScenarioRegistry(folders, use_entry_points=False)
    monkeypatch.setattr("chalicelib.cli.scenario_shared.ScenarioRegistry", lambda: registry)

    text = run("shared", "--language", "zh").output

    assert "【待填】" not in text
    assert "elderly_care" in text
    assert "choice: retail 零售" in text
