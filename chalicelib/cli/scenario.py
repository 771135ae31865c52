"""`yijianshi scenario`: list packages, check one against the conformance suite, write the schemas."""

import click

from chalicelib.contract.registry import BrokenScenarioError, ScenarioRegistry
from chalicelib.domain.errors import RecordNotFoundError
from chalicelib.package_tools import package_tools


@click.group()
def group() -> None:
    """Scenario packages: what is there, and what each still lacks."""


@group.command("list")
def list_packages() -> None:
    """Name, label, version and tier of every package."""
    from chalicelib.contract.rules import check_package

    registry = ScenarioRegistry()
    rows = [("NAME", "LABEL", "VERSION", "TIER")]
    for name in registry.names():
        try:
            report = check_package(registry.folder(name), package_tools())
        except BrokenScenarioError as error:
            rows.append((name, "-", "-", f"refused: {error.findings[0].problem}"))
            continue
        scenario = report.reading.scenario
        label, version = (scenario.manifest.label, scenario.version) if scenario else ("-", "-")
        rows.append((name, label, version, report.tier or f"refused: {len(report.findings)} findings"))
    width = max(len(row[0]) for row in rows)
    for row in rows:
        click.echo(f"{row[0]:<{width}}  {row[2]:<8}  {row[3]:<8}  {row[1]}")


@group.command("check")
@click.argument("name")
def check(name: str) -> None:
    """Every finding at once: file, place, problem, mend. Exit status 1 while there is any."""
    from chalicelib.contract.rules import check_package

    registry = ScenarioRegistry()
    try:
        report = check_package(registry.folder(name), package_tools())
    except RecordNotFoundError:
        raise click.ClickException(f"no scenario {name}; there are: {', '.join(registry.names()) or 'none'}") from None
    except BrokenScenarioError as error:
        raise click.ClickException("; ".join(str(finding) for finding in error.findings)) from None
    for finding in report.findings:
        place = f"{finding.file}:{finding.place}" if finding.place else finding.file
        click.echo(f"{place}\n    {finding.problem}  [{finding.rule}]\n    mend: {finding.mend}")
    click.echo(f"{name}: {report.tier or 'refused'}, {len(report.findings)} findings")
    if report.findings:
        raise SystemExit(1)


@group.command("schema")
@click.option("--check", "only_check", is_flag=True, help="Say which stored schemas are stale; write nothing.")
def schema(only_check: bool) -> None:
    """Write the JSON Schemas of a package's files from the models."""
    from chalicelib.contract.schemas import stale_schemas, write_schemas

    if only_check:
        stale = stale_schemas()
        click.echo("stale: " + ", ".join(stale) if stale else "all schemas are current")
        if stale:
            raise SystemExit(1)
        return
    for path in write_schemas():
        click.echo(str(path))
