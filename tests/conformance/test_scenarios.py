"""Every conformance rule × every scenario of the repository."""

import pytest

from chalicelib.contract.registry import ROOT, ScenarioRegistry
from chalicelib.contract.rule import Tier, Tools
from chalicelib.contract.rules import RULES, check_package
from chalicelib.package_tools import render_template

FOLDERS = sorted(path.parent for path in (ROOT / "scenarios").glob("*/manifest.json"))
REPORTS: dict[str, object] = {}


def report_of(folder):
    """One run of the suite per package and process."""
    if folder.name not in REPORTS:
        tools = Tools(render=render_template, tests=ROOT / "tests" / "scenarios")
        REPORTS[folder.name] = check_package(folder, tools)
    return REPORTS[folder.name]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
@pytest.mark.parametrize("rule", RULES, ids=lambda rule: f"{rule.tier}-{rule.id}")
def test_rule_holds(folder, rule):
    findings = report_of(folder).by_rule[rule.id]

    assert findings == [], "\n".join(str(finding) for finding in findings)


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_scenario_is_gold(folder):
    assert report_of(folder).tier is Tier.GOLD


def test_the_registry_lists_what_lies_in_the_folder():
    assert [folder.name for folder in FOLDERS] == ScenarioRegistry(use_entry_points=False).names()
    assert "refined_oil" in [folder.name for folder in FOLDERS]
