"""The command line names every finding at once."""

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
    done = run("check", "refined_oil")

    assert (done.exit_code, done.output.strip()) == (0, "refined_oil: gold, 0 findings")


def test_check_of_a_broken_package_names_file_place_and_mend(monkeypatch):
    monkeypatch.setattr(command, "ScenarioRegistry", lambda: ScenarioRegistry([FIXTURES], use_entry_points=False))

    done = run("check", "broken_station")

    assert done.exit_code == 1
    assert "manifest.json:version" in done.output
    assert "handbook.json:line 3" in done.output
    assert done.output.count("mend:") >= 8
    assert "broken_station: refused" in run("check", "broken_station").output
    assert "refused" in run("list").output


def test_an_unknown_name_says_what_there_is():
    done = run("check", "nowhere")

    assert done.exit_code == 1
    assert "refined_oil" in done.output
    assert "Traceback" not in done.output


def test_schema_check():
    assert run("schema", "--check").output.strip() == "all schemas are current"
