"""Bronze: the package loads, its four parts hold together, every name it uses is known."""

import ast
import sys
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

from chalicelib.contract.package import PackageReading
from chalicelib.contract.registry import ONES, BrokenScenarioError, load_module
from chalicelib.contract.rule import Rule, Tier, Tools
from chalicelib.contract.rule_finding import RuleFinding
from chalicelib.contract.rules_conditions import KIND, conditions_point_back
from chalicelib.contract.rules_references import FIGURE_FILES, references_resolve
from chalicelib.contract.scenario import Scenario
from chalicelib.contract.xlsform_columns import is_form_name


def _read(rule: str) -> Rule:
    titles = {"files_read": "Every data file is there and is JSON", "files_valid": "Every data file has its shape"}

    def check(reading: PackageReading, _: Tools) -> Iterable[RuleFinding]:
        return [finding for finding in reading.findings if finding.rule == rule]

    return Rule(rule, Tier.BRONZE, titles[rule], check)


def _name_matches(reading: PackageReading, _: Tools) -> Iterator[RuleFinding]:
    scenario = reading.scenario
    if scenario and scenario.name != reading.name:
        problem, mend = f"{scenario.name} lies in the folder {reading.name}", "give folder and manifest the same name"
        if reading.name != reading.folder.name:
            problem = f"{scenario.name} is installed under the name {reading.name}"
            mend = "give entry point and manifest the same name"
        yield RuleFinding("name_matches_folder", "manifest.json", "name", problem, mend)


def _ids(scenario: Scenario) -> Iterator[tuple[str, str, list[str]]]:
    """(file, place, ids that must differ)."""
    manifest, evaluation = scenario.manifest, scenario.evaluation
    yield "manifest.json", "departments", list(manifest.department_codes)
    yield "manifest.json", "subject_kinds", list(manifest.subject_kind_codes)
    yield "manifest.json", "attributes", [one.code for one in manifest.attributes]
    yield "handbook.json", "items", [one.id for one in scenario.handbook.items]
    yield "handbook.json", "items.item_code", [one.item_code for one in scenario.handbook.items]
    yield "handbook.json", "sections", [one.id for one in scenario.handbook.sections]
    yield "handbook.json", "paragraphs", [one.id for one in scenario.handbook.paragraphs]
    yield "checklist.json", "sections", [one.id for one in scenario.checklist.sections]
    yield "checklist.json", "items", [one.id for one in scenario.checklist.items]
    yield "checklist.json", "self_check_rounds", [one.id for one in scenario.checklist.self_check_rounds]
    yield "inspection.json", "documents", [one.id for one in scenario.inspection.documents]
    yield "inspection.json", "deadlines", [f"{one.id} version {one.version}" for one in scenario.inspection.deadlines]
    yield "inspection.json", "occurrences", [one.id for one in scenario.inspection.occurrences]
    patrol = scenario.inspection.patrol
    yield "inspection.json", "patrol", [one.id for one in patrol.observations] if patrol else []
    yield "evaluation.json", "indicators", [one.id for one in evaluation.indicators]
    yield "evaluation.json", "points and overrides", [one.id for one in evaluation.scoring]
    yield "evaluation.json", "reports", [one.id for one in evaluation.reports]
    for form in evaluation.reports:
        yield "evaluation.json", f"reports.{form.id}.checks", [one.id for one in form.checks]
    yield FIGURE_FILES, "figures", [f"{one.id} version {one.version}" for one in scenario.figures]
    yield "legal_basis.json", "bases", [one.id for one in scenario.legal_basis.bases]


def ids_unique(reading: PackageReading, _: Tools) -> Iterator[RuleFinding]:
    if reading.scenario is None:
        return
    for file, place, ids in _ids(reading.scenario):
        for one, times in Counter(ids).items():
            if times > 1:
                yield RuleFinding("ids_unique", file, place, f"{one} occurs {times} times", "give each its own id")
    yield from _names_free_for_forms(reading.scenario)
    items = reading.scenario.checklist.items
    own = {item.id for item in items}
    for item in items:
        if item.asked_once_key in own - {item.id}:
            problem = f"asked_once_key {item.asked_once_key} is another item's id"
            yield RuleFinding("ids_unique", "checklist.json", item.id, problem, "choose a key that is no item's id")


def _names_free_for_forms(scenario: Scenario) -> Iterator[RuleFinding]:
    """A checklist goes out as a spreadsheet form, whose questions stand beside the form's own."""
    for item in scenario.checklist.items:
        for name in dict.fromkeys((item.id, item.question_key)):
            if is_form_name(name):
                problem = f"{name} is a name that a spreadsheet form uses itself"
                mend = "choose another id or asked_once_key: not subject, introduction, data or meta, nor subject_…"
                yield RuleFinding("ids_unique", "checklist.json", item.id, problem, mend)
    for attribute in scenario.manifest.attributes:
        if attribute.code == KIND:
            problem, mend = "every subject has a kind without it", "choose another code"
            yield RuleFinding("ids_unique", "manifest.json", attribute.code, problem, mend)


_MAY_IMPORT = ("chalicelib.contract", "chalicelib.domain", "pydantic")
_MODULE_MEND = "correct the module; it may import chalicelib.contract and chalicelib.domain only"


def _imports(path: Path) -> Iterator[tuple[int, str]]:
    """(line, module) of every absolute import of a source file; none of one that is no Python."""
    try:
        tree = ast.parse(path.read_bytes())
    except (SyntaxError, ValueError, MemoryError, RecursionError):
        return
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((node.lineno, one.name) for one in node.names)
        elif isinstance(node, ast.ImportFrom) and node.level == 0:
            yield node.lineno, node.module or ""


def _may_import(module: str, own: str) -> bool:
    steps = module.split(".")
    is_allowed = any(module == one or module.startswith(f"{one}.") for one in _MAY_IMPORT)
    return is_allowed or steps[0] in sys.stdlib_module_names or own in steps


def _foreign_imports(folder: Path) -> Iterator[RuleFinding]:
    for path in sorted(folder.rglob("*.py")):
        file = path.relative_to(folder)
        if file.parts[0] == "tests":
            continue
        for line, module in _imports(path):
            if not _may_import(module, folder.name):
                yield RuleFinding(
                    "handlers_callable", file.as_posix(), f"line {line}", f"imports {module}", _MODULE_MEND
                )


def _handlers_callable(reading: PackageReading, _: Tools) -> Iterator[RuleFinding]:
    yield from _foreign_imports(reading.folder)
    try:
        module = load_module(reading.folder)
    except BrokenScenarioError as error:
        yield from error.findings
        return
    for one in ONES:
        if module is not None and not callable(getattr(module, one, len)):
            mend = "define it as (request, context) -> result or leave it out"
            yield RuleFinding("handlers_callable", "handlers.py", one, "not a function", mend)


BRONZE = (
    _read("files_read"),
    _read("files_valid"),
    Rule("name_matches_folder", Tier.BRONZE, "Folder and manifest agree on the name", _name_matches),
    Rule("ids_unique", Tier.BRONZE, "Identifiers are unique", ids_unique),
    Rule("references_resolve", Tier.BRONZE, "Every name that is used is defined", references_resolve),
    Rule("conditions_point_back", Tier.BRONZE, "Conditions look at earlier questions", conditions_point_back),
    Rule("handlers_callable", Tier.BRONZE, "The four handlers are functions", _handlers_callable),
)
