"""Who may import whom, held by import-linter and, for what it cannot see, by reading syntax trees."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
APP_MAY_IMPORT = {
    "chalicelib.contract.registry",
    "chalicelib.web",
    "chalicelib.web.paths",
    "chalicelib.workers.registration",
}
APP_LINES = 60
SCENARIOS = sorted(path.parent.name for path in (ROOT / "scenarios").glob("*/manifest.json"))


def imported(path: Path) -> set[str]:
    """Full names of the modules that a file imports, at the top or inside a function."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            found |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            is_package = (ROOT / node.module.replace(".", "/")).is_dir() and node.module.count(".") == 0
            found |= {f"{node.module}.{alias.name}" for alias in node.names} if is_package else {node.module}
    return found


def test_contracts_of_import_linter_are_kept() -> None:
    linter = Path(sys.executable).with_name("lint-imports")

    done = subprocess.run([str(linter), "--no-cache"], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout


def test_app_imports_only_what_it_registers() -> None:
    assert imported(ROOT / "app.py") == APP_MAY_IMPORT


def test_app_stays_short() -> None:
    assert len((ROOT / "app.py").read_text("utf-8").splitlines()) <= APP_LINES


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario_imports_no_other_scenario(name: str) -> None:
    for path in (ROOT / "scenarios" / name).rglob("*.py"):
        others = {found for found in imported(path) if found.startswith("scenarios.")}
        assert all(found.split(".")[1] == name for found in others), path


def test_starting_the_app_loads_no_scenario_and_no_slow_utility() -> None:
    slow = (
        "scenarios.",
        "jinja2",
        "aws_lambda_powertools.utilities.batch",
        "aws_xray_sdk",
        "httpx",
        "openpyxl",
        "docxtpl",
        "chinese_calendar",
    )
    probe = f"import sys, app; print([name for name in sys.modules if name.startswith({slow})])"

    done = subprocess.run([sys.executable, "-c", probe], cwd=ROOT, capture_output=True, text=True, check=False)

    assert done.stdout.strip() == "[]", done.stdout + done.stderr
