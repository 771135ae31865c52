"""A scenario of another distribution: built as a wheel, installed, found, shipped; a broken one is left out."""

import json
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterator
from datetime import date
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path

import pytest
from click.testing import CliRunner

from chalicelib import package_tools
from chalicelib.cli import scenario as command
from chalicelib.contract import registry as registry_module
from chalicelib.contract.registry import ROOT, BrokenScenarioError, ScenarioRegistry
from chalicelib.contract.registry import registry as process_registry
from chalicelib.contract.skeleton import NewPackage, make_distribution
from chalicelib.web.console import home_packages
from infra.outside import drop_functions, ship_outside

NEW = NewPackage("elderly_care", "养老机构", "Elderly care", date(2026, 11, 23))
OURS = ROOT / "scenarios"


def pip(*arguments: str) -> None:
    options = ["--quiet", "--disable-pip-version-check", "--no-deps", "--no-index"]
    subprocess.run([sys.executable, "-m", "pip", arguments[0], *options, *arguments[1:]], check=True)


def write_distribution(target: Path, name: str, module: str, requires: str = "") -> None:
    """What an installation of a distribution leaves behind, with one entry point."""
    folder = target / f"{name}-1.0.dist-info"
    folder.mkdir()
    more = f"Requires-Dist: {requires}\n" if requires else ""
    (folder / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n{more}", "utf-8")
    (folder / "entry_points.txt").write_text(f"[yijianshi.scenarios]\n{module}\n", "utf-8")


def build_wheel(source: Path, folder: Path) -> Path:
    """A wheel as PEP 427 says it, from the project's own pyproject.toml: pip, which takes seconds, does it at night."""
    project = tomllib.loads((source / "pyproject.toml").read_text("utf-8"))["project"]
    name, version = project["name"].replace("-", "_"), project["version"]
    entries = project["entry-points"]["yijianshi.scenarios"].items()
    info = f"{name}-{version}.dist-info"
    files = {
        f"{info}/METADATA": f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {version}\n",
        f"{info}/WHEEL": "Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/entry_points.txt": "[yijianshi.scenarios]\n" + "".join(f"{one} = {at}\n" for one, at in entries),
    }
    package = source / f"yijianshi_{NEW.name}"
    for path in filter(Path.is_file, package.rglob("*")):
        files[path.relative_to(source).as_posix()] = path.read_text("utf-8")
    files[f"{info}/RECORD"] = "".join(f"{one},,\n" for one in [*files, f"{info}/RECORD"])
    made = folder / f"{name}-{version}-py3-none-any.whl"
    with zipfile.ZipFile(made, "w") as opened:
        for path, text in files.items():
            opened.writestr(path, text)
    return made


def find_only_in(target: Path, patch: pytest.MonkeyPatch) -> None:
    """Nothing of what this environment has installed besides."""

    def found(group: str) -> list[EntryPoint]:
        return [one for one in entry_points(group=group) if one.dist and Path(str(one.dist.locate_file(""))) == target]

    patch.syspath_prepend(str(target))
    patch.setattr(registry_module, "entry_points", found)


@pytest.fixture(scope="module")
def source(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("author") / "distribution"
    make_distribution(NEW, folder)
    return folder


@pytest.fixture(scope="module")
def installed(source: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """A folder on the path with the wheel, and with five distributions that nobody should have to trust."""
    target = tmp_path_factory.mktemp("installed")
    with zipfile.ZipFile(build_wheel(source, tmp_path_factory.mktemp("wheel"))) as wheel:
        wheel.extractall(target)
    package = target / "yijianshi_elderly_care"
    for name in ("greedy_trade", "prying_trade", "failing_trade", "quitting_trade"):
        shutil.copytree(package, target / name, ignore=shutil.ignore_patterns("__pycache__"))
        manifest = target / name / "manifest.json"
        manifest.write_text(manifest.read_text("utf-8").replace("elderly_care", name), "utf-8")
        write_distribution(target, name, f"{name} = {name}", "left-pad>=1" if name == "greedy_trade" else "")
    (target / "prying_trade" / "money.py").write_text("from chalicelib.storage import store\n", "utf-8")
    (target / "failing_trade" / "handlers.py").write_text("raise SystemExit(3)\n", "utf-8")
    (target / "quitting_trade" / "handlers.py").write_text("import os\nos._exit(7)\n", "utf-8")
    write_distribution(target, "second_oil", "refined_oil = yijianshi_elderly_care")

    with pytest.MonkeyPatch.context() as patch:
        find_only_in(target, patch)
        process_registry.cache_clear()
        yield target
    process_registry.cache_clear()


def test_the_installed_wheel_is_found_and_used(installed: Path) -> None:
    registry = ScenarioRegistry([OURS])

    assert registry.folder("elderly_care") == installed / "yijianshi_elderly_care"
    assert registry.found("elderly_care").origin == "yijianshi-elderly-care 0.1.0"
    assert registry.get("elderly_care").manifest.label == "养老机构"
    assert registry.handlers("elderly_care").checklist.__module__ == "chalicelib.contract.handlers"


def test_the_wheel_names_no_place_of_its_builder(installed: Path) -> None:
    package = installed / "yijianshi_elderly_care"
    for path in (one for one in package.rglob("*") if one.is_file() and one.suffix != ".pyc"):
        text = path.read_text("utf-8")
        assert str(ROOT) not in text and str(ROOT).lstrip("/") not in text, path
        if path.suffix == ".json" and path.parent.name != "schemas":
            schema = path.parent / json.loads(text)["$schema"]
            assert schema.resolve().is_relative_to(package) and schema.is_file(), path


def test_the_console_judges_it_under_the_name_of_its_entry_point(
    installed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(home_packages, "registry", lambda: registry)
    monkeypatch.setattr(package_tools, "registry", lambda: registry)
    registry = ScenarioRegistry([OURS / "none"])
    package_tools.package_report.cache_clear()

    rows = {row["name"]: row for row in home_packages.package_rows()}

    package_tools.package_report.cache_clear()
    assert (rows["elderly_care"]["tier"], rows["elderly_care"]["origin"]) == ("铜级", "yijianshi-elderly-care 0.1.0")
    assert rows["failing_trade"]["tier"] == ""


def test_broken_ones_are_refused_and_the_others_live(installed: Path) -> None:
    registry = ScenarioRegistry([OURS])

    with pytest.raises(BrokenScenarioError) as refused:
        registry.get("prying_trade")
    assert [(one.file, one.place) for one in refused.value.findings] == [("money.py", "line 1")]
    with pytest.raises(BrokenScenarioError) as refused:
        registry.get("failing_trade")
    assert "SystemExit: 3" in refused.value.findings[0].problem
    with pytest.raises(BrokenScenarioError) as refused:
        registry.get("quitting_trade")
    assert "ended the process with status 7" in refused.value.findings[0].problem
    assert registry.folder("refined_oil") == OURS / "refined_oil"
    assert [(found.origin, finding.rule) for found, finding in registry.unlisted()] == [
        ("second_oil 1.0", "name_matches_folder")
    ]
    assert registry.holds("refined_oil") and registry.holds("elderly_care") and not registry.holds("failing_trade")


def test_the_command_line_lists_them_with_their_findings(installed: Path) -> None:
    text = CliRunner().invoke(command.group, ["list", "--language", "en"]).output

    rows = {line.split()[0]: line for line in text.splitlines() if line}
    assert rows["elderly_care"].split()[2] == "bronze"
    assert "refused" in text.split("greedy_trade", 1)[1].splitlines()[0]
    assert "requires left-pad" in text
    assert "imports chalicelib.storage" in text
    assert "ended the process with status 7" in text
    assert "scenarios/refined_oil brings this name too" in text


def test_what_holds_is_shipped_and_found_there_again(installed: Path, tmp_path: Path) -> None:
    refused = ship_outside(ScenarioRegistry([OURS]), tmp_path)

    assert {(one.name, one.is_listed) for one in refused} == {
        ("refined_oil", False),
        ("greedy_trade", True),
        ("prying_trade", True),
        ("failing_trade", True),
        ("quitting_trade", True),
    }
    assert {path.name for path in tmp_path.iterdir()} == {
        "yijianshi_elderly_care",
        "yijianshi_elderly_care-0.1.0.dist-info",
    }
    assert not (tmp_path / "yijianshi_elderly_care" / "tests").exists()
    assert not (tmp_path / "yijianshi_elderly_care" / "schemas").exists()
    program = (
        "import json, sys; sys.path[:0] = [sys.argv[1], sys.argv[2]]\n"
        "from chalicelib.contract.registry import ScenarioRegistry\n"
        "registry = ScenarioRegistry([])\n"
        "registry.handlers('elderly_care')\n"
        "found = registry.found('elderly_care')\n"
        "print(json.dumps([str(registry.folder('elderly_care')), registry.holds('elderly_care'), found.is_untried]))\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, str(tmp_path), str(ROOT)], capture_output=True, text=True, check=True
    )
    assert json.loads(done.stdout) == [str(tmp_path / "yijianshi_elderly_care"), True, False]


def test_functions_of_what_is_not_shipped_leave_the_template() -> None:
    resources = {
        "One": {"Properties": {"Handler": "app.greedy_trade_handbook"}},
        "Two": {"Properties": {"Handler": "app.refined_oil_handbook"}},
        "Three": {"Type": "AWS::SQS::Queue"},
    }

    drop_functions(resources, {"greedy_trade"})

    assert list(resources) == ["Two", "Three"]


@pytest.mark.nightly
def test_pip_builds_and_installs_the_same(source: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made, target = tmp_path / "wheel", tmp_path / "target"
    pip("wheel", "--no-build-isolation", "--wheel-dir", str(made), str(source))
    wheel = next(made.glob("*.whl"))
    with zipfile.ZipFile(wheel) as by_pip, zipfile.ZipFile(build_wheel(source, tmp_path)) as by_hand:
        assert set(by_hand.namelist()) <= set(by_pip.namelist())
    pip("install", "--target", str(target), str(wheel))
    find_only_in(target, monkeypatch)
    registry = ScenarioRegistry([OURS])

    assert registry.found("elderly_care").origin == "yijianshi-elderly-care 0.1.0"
    assert registry.holds("elderly_care")
