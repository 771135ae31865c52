"""`yijianshi scenario`: list packages, make one, check one against the conformance suite, write the schemas."""

import json
from datetime import UTC, datetime
from pathlib import Path

import click

from chalicelib.cli.scenario_shared import shared
from chalicelib.cli.scenario_sheets import export_sheets, import_checklist
from chalicelib.cli.scenario_words import echo_by_tier, echo_findings, language_option, say
from chalicelib.contract.registry import ROOT, BrokenScenarioError, ScenarioRegistry
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.package_tools import TESTS, package_tools

SCENARIOS = ROOT / "scenarios"


@click.group()
def group() -> None:
    """Scenario packages: what is there, and what each still lacks."""


group.add_command(export_sheets)
group.add_command(import_checklist)
group.add_command(shared)


@group.command("list")
@language_option
def list_packages(language: str) -> None:
    """Name, version, tier, label and origin of every package; of a refused one, why."""
    from chalicelib.contract.finding_words import finding_words
    from chalicelib.contract.outside import outside_findings
    from chalicelib.contract.rule import Tier
    from chalicelib.contract.rules import check_package

    registry = ScenarioRegistry()
    rows = [("NAME", "VERSION", "TIER", "LABEL", "FROM")]
    refused = []
    for name in registry.names():
        origin = registry.found(name).origin
        findings = outside_findings(registry, name)
        try:
            report = check_package(registry.folder(name), package_tools(), name)
        except BrokenScenarioError as error:
            rows.append((name, "-", "refused", "-", origin))
            refused += [(name, finding) for finding in error.findings]
            continue
        scenario = report.reading.scenario if report.tier and not findings else None
        label, version = (scenario.manifest.label, scenario.version) if scenario else ("-", "-")
        rows.append((name, version, str(report.tier) if scenario else "refused", label, origin))
        refused += [(name, one) for one in (*findings, *report.of_tier(Tier.BRONZE))]
    for found, finding in registry.unlisted():
        rows.append((found.name, "-", "refused", "-", found.origin))
        refused.append((found.name, finding))
    width = max(len(row[0]) for row in rows)
    for row in rows:
        click.echo(f"{row[0]:<{width}}  {row[1]:<8}  {row[2]:<8}  {row[3]}{'  ' + row[4] if row[4] else ''}".rstrip())
    for name, finding in refused:
        problem, mend = finding_words(finding, language)
        click.echo(f"{name}: {finding.file}: {problem}  [{finding.rule}]  {say('mend', language)}{mend}")


@group.command("new")
@click.argument("name", required=False, default="")
@click.option("--label", default="", help="The trade in Chinese, e.g. 养老机构.")
@click.option("--label-en", default="", help="The trade in English; else the name's words.")
@click.option("--scenarios", default=SCENARIOS, type=click.Path(path_type=Path), help="Folder of the packages.")
@click.option("--tests", default=TESTS, type=click.Path(path_type=Path), help="Folder of the packages' tests.")
@click.option(
    "--distribution",
    type=click.Path(path_type=Path),
    help="A new folder for a distribution of its own, to be installed beside Yijianshi.",
)
@language_option
def new(
    name: str, label: str, label_en: str, scenarios: Path, tests: Path, distribution: Path | None, language: str
) -> None:
    """Make a package and its tests from the skeleton; it reaches bronze at once."""
    from chalicelib.contract.skeleton import NewPackage, SkeletonError, make_distribution, make_package

    if not name:
        raise click.ClickException(say("no_name", language))
    known = ScenarioRegistry()
    if name in known.names() and (distribution or known.found(name).origin):
        origin = known.found(name).origin or f"scenarios/{name}"
        raise click.ClickException(say("installed", language, name=name, origin=origin))
    try:
        wanted = NewPackage(name, label, label_en or name.replace("_", " ").capitalize(), datetime.now(UTC).date())
        made = make_distribution(wanted, distribution) if distribution else make_package(wanted, scenarios, tests)
    except SkeletonError as error:
        key = "exists" if error.problem == "exists" else f"bad_{error.problem}"
        folder = _shown(Path(error.details.get("folder", "")))
        raise click.ClickException(say(key, language, name=name, label=label_en or label, folder=folder)) from None
    folder = next(path for path in made if path.name == "manifest.json").parent
    own = next(path for path in made if path.name == "test_data.py").parent
    click.echo(say("made", language, folder=_shown(folder), tests=_shown(own)))
    _say_what_is_left(folder, name, tests, language)
    if distribution:
        click.echo(say("install", language, folder=distribution))
    click.echo(say("next", language, name=name))


def _shown(folder: Path) -> str:
    return str(folder.relative_to(ROOT)) if folder.is_relative_to(ROOT) else str(folder)


def _say_what_is_left(folder: Path, name: str, tests: Path, language: str) -> None:
    """The tier that is reached, then the findings of each higher one."""
    from dataclasses import replace

    from chalicelib.contract.rules import check_package

    report = check_package(folder, replace(package_tools(), tests=tests), name)
    reached = say(f"tier_{report.tier}", language) if report.tier else say("refused", language)
    click.echo(say("total", language, name=report.name, tier=reached, count=len(report.findings)))
    echo_by_tier(folder, report, language)


@group.command("check")
@click.argument("name", required=False, default="")
@click.option("--declare", is_flag=True, help="Write done and todo into quality.json as the rules find them.")
@click.option("--all", "is_whole", is_flag=True, help="Every missing translation too, not the first few of each file.")
@language_option
def check(name: str, declare: bool, is_whole: bool, language: str) -> None:
    """Every finding at once, by the tier that it keeps from: file, line, path, problem, mend. Exit status 1 while there
    is any."""
    from chalicelib.contract.rules import check_package

    registry = ScenarioRegistry()
    folder = _folder(registry, name, language)
    if declare:
        _declare(folder, name, language)
    report = check_package(folder, package_tools(), name)
    echo_by_tier(folder, report, language, is_whole)
    tier = say(f"tier_{report.tier}", language) if report.tier else say("refused", language)
    click.echo(
        ("\n" if report.findings else "") + say("total", language, name=name, tier=tier, count=len(report.findings))
    )
    if report.findings:
        raise SystemExit(1)


def _folder(registry: ScenarioRegistry, name: str, language: str) -> Path:
    try:
        return registry.folder(name)
    except RecordNotFoundError:
        names = ", ".join(registry.names()) or say("none", language)
        raise click.ClickException(say("unknown", language, name=name, names=names)) from None
    except BrokenScenarioError as error:
        echo_findings(Path(), error.findings, language)
        total = say("total", language, name=name, tier=say("refused", language), count=len(error.findings))
        raise click.ClickException(total) from None


def _declare(folder: Path, name: str, language: str) -> None:
    """Keeps what is exempt; everything else is done or todo as its rule finds it."""
    from chalicelib.contract.rules import RULES, check_package

    path = folder / "quality.json"
    body = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    old = body.get("rules", {})
    report = check_package(folder, package_tools(), name)
    rules = {
        rule.id: old[rule.id]
        if rule.can_exempt and old.get(rule.id, {}).get("status") == "exempt"
        else {"status": "todo" if rule.id != "quality_declared" and report.by_rule[rule.id] else "done"}
        for rule in RULES
    }
    path.write_text(json.dumps({**body, "rules": rules}, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    todo = sum(line["status"] == "todo" for line in rules.values())
    click.echo(say("declared", language, file="quality.json", done=len(rules) - todo, todo=todo))


@group.command("strings")
@click.argument("name")
@click.option("--into", "target", default="en", show_default=True, help="Language of the file.")
@language_option
def strings(name: str, target: str, language: str) -> None:
    """Bring strings/<language>.json in step: every label's key once, in order. A text that stands there already under
    another key, or in another package, is translated the same; the others stay empty for you."""
    from chalicelib.contract.package import read_package
    from chalicelib.contract.vocabulary import known_translations

    registry = ScenarioRegistry()
    folder = _folder(registry, name, language)
    reading = read_package(folder, name)
    if reading.scenario is None or reading.findings:
        echo_findings(folder, reading.findings, language)
        raise click.ClickException(say("broken_first", language))
    path = folder / "strings" / f"{target}.json"
    old = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    labels = reading.scenario.labels
    said = {labels[key]: text for key, text in old.items() if key in labels and text}
    others = known_translations(registry.sound(but=name), target)
    texts = {key: old.get(key) or said.get(label) or others.get(label, "") for key, label in labels.items()}
    taken = sum(1 for key, label in labels.items() if not old.get(key) and label not in said and label in others)
    kept = {"$schema": old["$schema"]} if "$schema" in old else {}
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps({**kept, **texts}, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
    added, removed = sum(not text for text in texts.values()), len(old.keys() - texts.keys() - kept.keys())
    click.echo(say("strings_done", language, file=f"strings/{target}.json", added=added, removed=removed, taken=taken))
    different = len({labels[key] for key, text in texts.items() if not text})
    if different < added:
        click.echo(say("strings_equal", language, different=different))


@group.command("schema")
@click.option("--check", "only_check", is_flag=True, help="Say which stored schemas are stale; write nothing.")
@click.option("--into", "folder", type=click.Path(file_okay=False, path_type=Path), help="Of a distribution's package.")
def schema(only_check: bool, folder: Path | None) -> None:
    """Write the JSON Schemas of a package's files from the models."""
    from chalicelib.contract.schemas import SCHEMA_FOLDER, stale_schemas, write_schemas

    folder = folder or SCHEMA_FOLDER
    if only_check:
        stale = stale_schemas(folder)
        click.echo("stale: " + ", ".join(stale) if stale else "all schemas are current")
        if stale:
            raise SystemExit(1)
        return
    for path in write_schemas(folder):
        click.echo(str(path))
