"""The authors' guide is followed word for word, and leads to gold."""

import re
from datetime import date
from pathlib import Path

import pytest
from click.testing import CliRunner

from chalicelib.cli import scenario as command
from chalicelib.contract.registry import ROOT, ScenarioRegistry
from chalicelib.contract.rule import Tier, Tools
from chalicelib.contract.rules import check_package
from chalicelib.contract.skeleton import NewPackage, make_package
from chalicelib.package_tools import render_template

DOCS = ROOT / "infra" / "docs"
NEW = NewPackage("elderly_care", "养老机构", "Elderly care homes", date(2026, 11, 23))


def blocks(guide: str) -> list[str]:
    return re.findall(r"```json\n(.*?)\n```", (DOCS / guide).read_text("utf-8"), re.DOTALL)


def replace_object(path: Path, id: str, snippet: str) -> None:
    """Put the snippet in the place of the object with this id, as the guide says."""
    text = path.read_text("utf-8")
    start = text.rindex("{", 0, text.index(f'"id": "{id}"'))
    depth, end = 0, start
    while depth or end == start:
        depth += {"{": 1, "}": -1}.get(text[end], 0)
        end += 1
    end += text[end] == "," and snippet.endswith(",")
    path.write_text(text[: text.rindex("\n", 0, start) + 1] + snippet + text[end:], "utf-8")


def change(path: Path, pattern: str, text: str) -> None:
    changed, count = re.subn(pattern, lambda _: text, path.read_text("utf-8"), count=1, flags=re.DOTALL)
    assert count == 1, (path, pattern)
    path.write_text(changed, "utf-8")


def test_both_languages_show_the_same_data() -> None:
    assert blocks("authors-guide.md") == blocks("authors-guide.zh-CN.md")


def test_the_guide_leads_to_gold(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    manifest, attributes, legal, checklist, *handbook, indicator, reports, deadlines, strings, cases = blocks(
        "authors-guide.md"
    )
    intro, item, permit, duty = handbook
    make_package(NEW, tmp_path / "scenarios", tmp_path / "tests")
    package, tools = tmp_path / "scenarios" / NEW.name, Tools(render_template, tmp_path / "tests")
    assert check_package(package, tools).tier is Tier.BRONZE

    change(package / "manifest.json", r'  "summary": [^\n]*\n', "")
    change(package / "manifest.json", r'  "lead_department".*?\],', manifest)
    change(package / "manifest.json", r'  "attributes": \[\],', attributes)
    replace_object(package / "legal_basis.json", "trade_rule", legal)
    replace_object(package / "checklist.json", "trade_permit_valid", checklist)
    change(package / "handbook.json", r'  "introduction": [^\n]*', intro)
    change(package / "handbook.json", r'  "items": \[\n', f'  "items": [\n{item}\n')
    replace_object(package / "handbook.json", "permit_trade", permit)
    replace_object(package / "handbook.json", "duty_trade", duty)
    replace_object(package / "evaluation.json", "trade_indicator", indicator)
    change(package / "evaluation.json", r'  "points": \[', f'{reports}\n  "points": [')
    before = '  "disclosure_working_days"'
    change(package / "inspection.json", before, f"{deadlines}\n{before}")
    assert check_package(package, tools).tier is Tier.SILVER

    folders = [tmp_path / "scenarios", ROOT / "scenarios"]
    monkeypatch.setattr(command, "ScenarioRegistry", lambda: ScenarioRegistry(folders, use_entry_points=False))
    assert CliRunner().invoke(command.group, ["strings", NEW.name]).exit_code == 0
    english = package / "strings" / "en.json"
    for line in strings.splitlines():
        # What another package comes to translate is there already.
        empty = line.split(": ")[0] + ': ""'
        if empty in english.read_text("utf-8"):
            change(english, re.escape(empty), line.rstrip(","))
        assert line.split(": ")[0] in english.read_text("utf-8")
    assert '": ""' not in english.read_text("utf-8")
    samples = package / "samples" / "cases.json"
    change(samples, r'"items\.#": 2', '"items.#": 3')
    change(samples, r'"market_regulation",', '"civil_affairs", "market_regulation",')
    change(samples, r'\n  \],\n  "document"', f',\n{cases}\n  ],\n  "document"')

    report = check_package(package, tools)
    assert report.tier is Tier.GOLD, [str(one) for one in report.findings]
    assert [one for one in report.findings if one.rule != "quality_declared"] == []
