"""`yijianshi scenario export` and `import`: the checklist as a spreadsheet and back, the workbook for reviewers."""

import json
from pathlib import Path

import click

from chalicelib.cli.scenario_words import echo_findings, language_option
from chalicelib.contract.registry import BrokenScenarioError, ScenarioRegistry
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.errors import InvalidInputError, RecordNotFoundError


def _package(name: str) -> Scenario:
    try:
        return ScenarioRegistry().get(name)
    except RecordNotFoundError:
        names = ", ".join(ScenarioRegistry().names()) or "none"
        raise click.ClickException(f"no scenario {name}; there are: {names}") from None
    except BrokenScenarioError as error:
        raise click.ClickException("; ".join(str(finding) for finding in error.findings)) from None


@click.command("export")
@click.argument("name")
@click.option("--as", "form", type=click.Choice(["xlsform", "review"]), default="xlsform", show_default=True)
@click.option("--out", type=click.Path(dir_okay=False, path_type=Path), help="File to write; else <name>_<form>.xlsx.")
@language_option
def export_sheets(name: str, form: str, out: Path | None, language: str) -> None:
    """The checklist as an XLSForm, or the four ones as a workbook for reviewers."""
    package = _package(name)
    if form == "xlsform":
        from chalicelib.contract.xlsform import write_xlsform

        content = write_xlsform(package)
    else:
        from chalicelib.web.i18n import use_locale
        from chalicelib.web.review_workbook import review_workbook

        with use_locale(language):
            content = review_workbook(package.in_language(language))
    target = out or Path(f"{name}_{form}.xlsx")
    target.write_bytes(content)
    click.echo(f"{target}: {len(content)} bytes")


@click.command("import")
@click.argument("name")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--write", is_flag=True, help="Write checklist.json and the translations into the package's folder.")
@language_option
def import_checklist(name: str, file: Path, write: bool, language: str) -> None:
    """What an XLSForm would change in the package's checklist. Exit status 1 while anything in it is wrong."""
    from chalicelib.contract.checklist_difference import compare_checklists
    from chalicelib.contract.checklist_file import checklist_json
    from chalicelib.contract.xlsform_read import read_xlsform

    package = _package(name)
    try:
        reading = read_xlsform(file.read_bytes(), package)
    except InvalidInputError as error:
        raise click.ClickException(", ".join(f"{file.name}: {one.code}" for one in error.problems)) from None
    if reading.checklist is None:
        echo_findings(Path(), reading.findings, language)
        raise SystemExit(1)
    differences = compare_checklists(package.checklist, reading.checklist, package.strings, reading.strings)
    for one in differences:
        change = f": {one.before or '-'} -> {one.after or '-'}" if one.before or one.after else ""
        click.echo(f"{one.kind}  {' '.join(filter(None, (one.id, one.field)))}{change}")
    click.echo(f"{name}: {len(differences)} differences")
    if write:
        folder = ScenarioRegistry().folder(name)
        (folder / "checklist.json").write_text(checklist_json(reading.checklist, folder), encoding="utf-8")
        for code, texts in reading.strings.items():
            _write_strings(folder / "strings" / f"{code}.json", package.strings.get(code, {}), texts)
        click.echo(f"{folder}: checklist.json and strings written")


def _write_strings(path: Path, held: dict[str, str], texts: dict[str, str]) -> None:
    """The checklist's texts anew, in their order; everything else stays as it is, the file's own `$schema` too."""
    old = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else {}
    head = {"$schema": old["$schema"]} if "$schema" in old else {}
    kept = {key: text for key, text in held.items() if not key.startswith("checklist.") or key in texts}
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(head | kept | texts, ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
