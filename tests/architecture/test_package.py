"""What is deployed holds together: every Handler resolves and every scenario imports from the zip alone."""

import json
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

from chalicelib.contract.registry import ONES, ScenarioRegistry
from chalicelib.web.render import COMPILED, TEMPLATES
from infra.package import MAX_UNPACKED_BYTES, ROOT, PackageError, check_size, finished_template, merged
from tests.architecture.built import Built

pytestmark = pytest.mark.xdist_group("package")

# Without site-packages and the current folder: what the zip lacks is missing.
PROBE = """
import importlib, json, sys
sys.path.insert(0, sys.argv[1])
from chalicelib.contract.registry import ScenarioRegistry
found = {"handlers": {}, "scenarios": {}, "foreign": []}
for handler in json.loads(sys.argv[2]):
    module, _, name = handler.rpartition(".")
    function = getattr(importlib.import_module(module), name)
    found["handlers"][handler] = [callable(function), getattr(function, "__name__", "")]
registry = ScenarioRegistry()
for name in registry.names():
    handlers = registry.handlers(name)
    found["scenarios"][name] = [registry.get(name).name, all(callable(getattr(handlers, one)) for one in sys.argv[3:])]
environment = importlib.import_module("chalicelib.web.render").environment()
found["templates"] = {"layouts/base.html": [type(environment.loader).__name__]}
environment.get_template("layouts/base.html")
found["foreign"] = sorted(
    m.__file__ for n, m in list(sys.modules.items())
    if n.split(".")[0] in ("chalicelib", "scenarios", "chalice", "pydantic", "boto3", "app")
    and getattr(m, "__file__", None) and not m.__file__.startswith(sys.argv[1])
)
print(json.dumps(found))
"""


@pytest.fixture(scope="module")
def probed(built: Built) -> dict[str, dict[str, list[object]]]:
    handlers = sorted({properties["Handler"] for properties in built.functions().values()})
    done = subprocess.run(
        [sys.executable, "-I", "-S", "-c", PROBE, str(built.unpacked()), json.dumps(handlers), *ONES],
        capture_output=True,
        text=True,
        cwd=built.folder,
        env={"AWS_DEFAULT_REGION": "ap-southeast-1", "PYTHONDONTWRITEBYTECODE": "1"},
        check=False,
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, dict[str, list[object]]] = json.loads(done.stdout.splitlines()[-1])
    return found


def test_every_handler_of_the_template_is_a_function_of_the_zip(
    built: Built, probed: dict[str, dict[str, list[object]]]
) -> None:
    assert len(probed["handlers"]) == len(built.functions())
    assert all(is_callable for is_callable, _ in probed["handlers"].values())


def test_every_scenario_has_four_functions_with_handlers_of_their_own(built: Built) -> None:
    handlers = [properties["Handler"] for properties in built.functions().values()]

    wanted = [f"app.{name}_{one}" for name in ScenarioRegistry().names() for one in ONES]

    assert wanted
    assert set(wanted) <= set(handlers)
    assert len(set(handlers)) == len(handlers)


def test_every_scenario_imports_from_the_zip(probed: dict[str, dict[str, list[object]]]) -> None:
    assert sorted(probed["scenarios"]) == ScenarioRegistry(use_entry_points=False).names()
    assert all(row == [name, True] for name, row in probed["scenarios"].items())


def test_no_template_is_parsed_where_it_is_deployed(built: Built, probed: dict[str, dict[str, list[object]]]) -> None:
    made = list((built.unpacked() / COMPILED.relative_to(ROOT)).glob("tmpl_*.py"))

    assert len(made) == len(list(TEMPLATES.rglob("*.html")))
    assert probed["templates"] == {"layouts/base.html": ["ModuleLoader"]}


def test_nothing_was_imported_from_outside_the_zip(probed: dict[str, dict[str, list[object]]]) -> None:
    assert probed["foreign"] == []


def test_zip_holds_what_ships_and_nothing_else(built: Built) -> None:
    with zipfile.ZipFile(built.zip) as opened:
        names = opened.namelist()

    tops = {name.split("/")[0] for name in names}
    assert {"app.py", "chalicelib", "chalice", "scenarios", "pynamodb", "boto3", "jinja2"} <= tops
    assert tops.isdisjoint({"tests", "infra", "pytest", "moto", "ministack", "playwright", "babel", "vendor"})
    assert not [name for name in names if "__pycache__" in name or name.endswith(".pyc")]
    static = {name for name in names if name.startswith("chalicelib/web/static/")}
    root = Path(__file__).parents[2]
    assert static == {
        path.relative_to(root).as_posix()
        for path in (root / "chalicelib/web/static").rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }


def test_package_stays_below_its_limit(built: Built) -> None:
    assert 0 < check_size(built.zip) < MAX_UNPACKED_BYTES


def test_a_package_above_the_limit_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with zipfile.ZipFile(tmp_path / "big.zip", "w") as opened:
        opened.writestr("big", b"0" * 2000)
    monkeypatch.setattr("infra.package.MAX_UNPACKED_BYTES", 1000)

    with pytest.raises(PackageError, match="unpacked"):
        check_size(tmp_path / "big.zip")


def test_merging_replaces_intrinsic_functions_whole() -> None:
    under = {"Queue": {"Fn::Sub": "arn:jobs"}, "BatchSize": 5}

    assert merged({"Queue": {"Fn::GetAtt": ["JobsQueue", "Arn"]}}, under) == {
        "Queue": {"Fn::GetAtt": ["JobsQueue", "Arn"]},
        "BatchSize": 5,
    }


def test_a_function_that_no_group_names_is_a_scenario() -> None:
    generated = {
        "Resources": {
            "New": {
                "Type": "AWS::Serverless::Function",
                "Properties": {"Handler": "app.new_handbook", "MemorySize": 128},
            }
        }
    }

    finished = finished_template(generated)["Resources"]["New"]["Properties"]

    assert finished["Role"] == {"Fn::GetAtt": ["ScenarioRole", "Arn"]}
    assert finished["MemorySize"] >= 512
