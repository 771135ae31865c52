"""Packages are listed cheaply, read lazily, and a broken one never stops the others."""

import subprocess
import sys
from importlib.metadata import EntryPoint

import pytest

from chalicelib.contract import registry as registry_module
from chalicelib.contract.registry import ROOT, BrokenScenarioError, ScenarioRegistry, default_folders
from chalicelib.domain.errors import RecordNotFoundError
from tests.unit.contract.packages import copy_pilot

FIXTURES = ROOT / "tests" / "fixtures" / "scenarios"


def test_listing_imports_no_package_and_reads_no_json():
    program = """
import builtins, io, pathlib, sys
opened = []
real = io.open
def watch(file, *rest, **more):
    opened.append(str(file))
    return real(file, *rest, **more)
from chalicelib.contract.registry import ScenarioRegistry
io.open = builtins.open = watch
print(ScenarioRegistry().names())
heavy = [m for m in sys.modules if m.startswith(("scenarios.", "chalicelib.contract.scenario", "jinja2", "boto3"))]
read = [name for name in opened if name.endswith(".json")]
print("heavy", heavy, "read", read)
"""
    done = subprocess.run([sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True)

    assert "refined_oil" in done.stdout
    assert "heavy [] read []" in done.stdout


def test_a_broken_package_is_refused_with_findings_and_the_others_live(tmp_path):
    copy_pilot(tmp_path)
    registry = ScenarioRegistry([tmp_path, FIXTURES], use_entry_points=False)

    assert registry.names() == ["broken_station", "refined_oil"]
    with pytest.raises(BrokenScenarioError) as refused:
        registry.get("broken_station")
    assert {"manifest.json", "handbook.json", "handlers.py"} <= {one.file for one in refused.value.findings}
    with pytest.raises(BrokenScenarioError) as refused:
        registry.handlers("broken_station")
    assert "does not import" in refused.value.findings[0].problem
    assert registry.get("refined_oil").name == "refined_oil"


def test_a_package_is_read_once_and_the_first_place_wins(tmp_path):
    copy_pilot(tmp_path)
    registry = ScenarioRegistry([tmp_path, ROOT / "scenarios"], use_entry_points=False)

    assert registry.folder("refined_oil") == tmp_path / "refined_oil"
    assert registry.get("refined_oil") is registry.get("refined_oil")


@pytest.mark.parametrize("name", ["nowhere", "../refined_oil", ""])
def test_an_unknown_name_is_not_found(name):
    with pytest.raises(RecordNotFoundError):
        ScenarioRegistry(use_entry_points=False).get(name)


def test_a_package_without_handlers_has_the_defaults(tmp_path):
    from chalicelib.contract import handlers as defaults

    (copy_pilot(tmp_path) / "handlers.py").unlink()

    found = ScenarioRegistry([tmp_path], use_entry_points=False).handlers("refined_oil")

    assert found.evaluation is defaults.evaluation


def test_an_installed_distribution_is_found_by_entry_point(monkeypatch):
    entries = [
        EntryPoint("installed_oil", "scenarios.refined_oil", registry_module.ENTRY_POINT_GROUP),
        EntryPoint("lost", "no_such_distribution.anywhere", registry_module.ENTRY_POINT_GROUP),
    ]
    monkeypatch.setattr(registry_module, "entry_points", lambda group: entries)
    registry = ScenarioRegistry([])

    assert registry.names() == ["installed_oil", "lost"]
    assert registry.folder("installed_oil") == ROOT / "scenarios" / "refined_oil"
    with pytest.raises(BrokenScenarioError) as refused:
        registry.get("lost")
    assert refused.value.findings[0].file == "no_such_distribution.anywhere"


def test_both_the_repository_and_a_staged_build_are_looked_at():
    assert default_folders() == (ROOT / "scenarios", ROOT / "vendor" / "scenarios")
