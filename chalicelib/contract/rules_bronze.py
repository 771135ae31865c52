"""Bronze: the package loads, its four parts hold together, every name it uses is known."""

import ast
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from pathlib import Path
from typing import Any

from chalicelib.contract.figure_uses import figure_of, figures_used
from chalicelib.contract.inspection import InspectionRules
from chalicelib.contract.package import PackageReading
from chalicelib.contract.registry import ONES, BrokenScenarioError, load_module
from chalicelib.contract.rule import Rule, Tier, Tools
from chalicelib.contract.rule_finding import RuleFinding
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.handbook import HandbookItem, Paragraph

FIGURE_FILES = "*_rules.json"
"""Of the trade's own figures; a package has one such file or none."""


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
    items = reading.scenario.checklist.items
    own = {item.id for item in items}
    for item in items:
        if item.asked_once_key in own - {item.id}:
            problem = f"asked_once_key {item.asked_once_key} is another item's id"
            yield RuleFinding("ids_unique", "checklist.json", item.id, problem, "choose a key that is no item's id")


def _cited(scenario: Scenario) -> Iterator[tuple[str, str, Iterable[str]]]:
    """(file, place, basis ids used there)."""
    for item in scenario.checklist.items:
        yield "checklist.json", item.id, (*item.legal_basis_ids, *item.penalty_basis_ids)
    for turn in scenario.checklist.self_check_rounds:
        yield "checklist.json", turn.id, turn.legal_basis_ids
    for one in scenario.handbook.items:
        yield "handbook.json", one.id, one.legal_basis_ids
    for paragraph in scenario.handbook.paragraphs:
        yield "handbook.json", paragraph.id, paragraph.legal_basis_ids
    yield "inspection.json", "team", scenario.inspection.team.legal_basis_ids
    yield "inspection.json", "legal_basis_ids", scenario.inspection.legal_basis_ids
    for document in scenario.inspection.documents:
        yield "inspection.json", document.id, document.legal_basis_ids
    if scenario.inspection.patrol:
        yield "inspection.json", "patrol", scenario.inspection.patrol.legal_basis_ids
    for indicator in scenario.evaluation.indicators:
        yield "evaluation.json", indicator.id, indicator.legal_basis_ids
    for rule in scenario.evaluation.scoring:
        yield "evaluation.json", rule.id, rule.legal_basis_ids
    for form in scenario.evaluation.reports:
        yield "evaluation.json", form.id, form.legal_basis_ids


_Reference = tuple[str, str, str, Iterable[str], Iterable[str]]
"""(file, place, kind of thing, names used, names known)."""


def _references(scenario: Scenario) -> Iterator[_Reference]:
    for file, place, used in _cited(scenario):
        yield file, place, "legal basis", used, scenario.bases
    departments, kinds = scenario.manifest.department_codes, scenario.manifest.subject_kind_codes
    items = [item.id for item in scenario.checklist.items]
    for attribute in scenario.manifest.attributes:
        yield "manifest.json", attribute.code, "subject kind", attribute.subject_kinds, kinds
    for item in scenario.checklist.items:
        yield "checklist.json", item.id, "department", (item.department, *item.shared_by), departments
        yield "checklist.json", item.id, "subject kind", item.subject_kinds, kinds
    for one in scenario.handbook.items:
        yield "handbook.json", one.id, "department", [one.department], departments
        yield "handbook.json", one.id, "subject kind", one.subject_kinds, kinds
        yield "handbook.json", one.id, "check item", one.check_item_ids, items
    for paragraph in scenario.handbook.paragraphs:
        yield "handbook.json", paragraph.id, "check item", paragraph.check_item_ids, items
        yield "handbook.json", paragraph.id, "subject kind", paragraph.subject_kinds, kinds
        yield "handbook.json", paragraph.id, "department", filter(None, [paragraph.department]), departments
    for document in scenario.inspection.documents:
        yield "inspection.json", document.id, "department", filter(None, [document.department]), departments
    reported = {duty.deadline_id for form in scenario.evaluation.reports for duty in form.duties}
    yield from _occurrences(scenario.inspection, departments, reported)
    if patrol := scenario.inspection.patrol:
        yield "inspection.json", "patrol", "department", [patrol.performed_by], departments
        for seen in patrol.observations:
            yield "inspection.json", seen.id, "department", [seen.tells], departments
            yield "inspection.json", seen.id, "check item", seen.check_item_ids, items
    indicators = [one.id for one in scenario.evaluation.indicators]
    for rule in scenario.evaluation.scoring:
        yield "evaluation.json", rule.id, "check item", rule.trigger.items, items
        yield "evaluation.json", rule.id, "indicator", filter(None, [rule.trigger.indicator]), indicators
    for figure in scenario.figures:
        yield FIGURE_FILES, figure.id, "legal basis", figure.legal_basis_ids, scenario.bases
    figures = [one.id for one in scenario.figures if one.is_in_force(scenario.manifest.version_on)]
    for use in figures_used(scenario):
        yield use.file, use.place, "figure", [use.figure_id], figures
    clocks = [one.id for one in scenario.inspection.deadlines]
    for form in scenario.evaluation.reports:
        yield "evaluation.json", form.id, "department", [form.received_by], departments
        for duty in form.duties:
            yield "evaluation.json", form.id, "subject kind", duty.subject_kinds, kinds
            yield "evaluation.json", form.id, "deadline", [duty.deadline_id], clocks


def _occurrences(rules: InspectionRules, departments: Sequence[str], reported: Set[str]) -> Iterator[_Reference]:
    """What names an occurrence. The clocks of a package without occurrences are started by nothing here, and those of
    `reported` forms by the end of a period."""
    known = [one.id for one in rules.occurrences]
    for happening in rules.occurrences:
        yield "inspection.json", happening.id, "department", happening.recorded_by, departments
    for document in rules.documents:
        named = filter(None, (document.served_as, document.fulfilled_as))
        yield "inspection.json", document.id, "occurrence", named, known
    for clock in (one for one in rules.deadlines if one.id not in reported):
        moved_by = [*clock.stop_events, *clock.pause_events, *clock.resume_events]
        yield "inspection.json", clock.id, "occurrence", [clock.start_event, *moved_by] if known else moved_by, known


def references_resolve(reading: PackageReading, _: Tools) -> Iterator[RuleFinding]:
    if reading.scenario is None:
        return
    for file, place, kind, used, known in _references(reading.scenario):
        for one in used:
            if one not in known:
                mend = f"add the {kind} or correct the name"
                yield RuleFinding("references_resolve", file, place, f"no {kind} {one}", mend, one)
    yield from _figures_fit(reading)


def _figures_fit(reading: PackageReading) -> Iterator[RuleFinding]:
    """A clock counts what its figure counts; what names a figure repeats no number."""
    assert reading.scenario is not None
    for use in figures_used(reading.scenario):
        figure = figure_of(reading.scenario, use.figure_id)
        if figure and use.unit and figure.unit is not use.unit:
            problem, mend = f"{figure.id} counts {figure.unit}, the term {use.unit}", "give both the same unit"
            yield RuleFinding("references_resolve", use.file, use.place, problem, mend)
    for place, entry, limit, figured in _figured_values(reading.raw):
        if limit in entry:
            problem, mend = f"{limit} stands here and in {entry[figured]}", f"leave {limit} to the figure"
            yield RuleFinding("references_resolve", place[0], place[1], problem, mend)


def _figured_values(raw: Mapping[str, Any]) -> Iterator[tuple[tuple[str, str], Mapping[str, Any], str, str]]:
    """((file, place), entry, field of a number, field that names the figure), as the files say it."""
    for section in raw.get("checklist", {}).get("sections", ()):
        for item in section["items"]:
            for side in ("minimum", "maximum"):
                if f"{side}_figure" in item:
                    entry = {**item.get("number", {}), f"{side}_figure": item[f"{side}_figure"]}
                    yield ("checklist.json", item["id"]), entry, side, f"{side}_figure"
    for clock in raw.get("inspection", {}).get("deadlines", ()):
        if "length_figure" in clock:
            yield ("inspection.json", clock["id"]), clock, "length", "length_figure"


def conditions_point_back(reading: PackageReading, _: Tools) -> Iterator[RuleFinding]:
    if reading.scenario is None:
        return
    asked: set[str] = set()
    attributes = {"kind", *(one.code for one in reading.scenario.manifest.attributes)}
    for item in reading.scenario.checklist.items:
        for leaf in item.condition.leaves() if item.condition else ():
            known, name = (asked, leaf.answer) if leaf.answer is not None else (attributes, leaf.attribute)
            if name not in known:
                mend = "a condition looks at a question asked before it, or at an attribute that the manifest names"
                problem = f"{name} is not known here"
                yield RuleFinding("conditions_point_back", "checklist.json", item.id, problem, mend, name or "")
        asked.add(item.question_key)
    book = reading.scenario.handbook
    parts: tuple[HandbookItem | Paragraph, ...] = (*book.items, *book.paragraphs)
    for part in parts:
        for leaf in part.condition.leaves() if part.condition else ():
            if leaf.attribute not in attributes:
                mend = "a handbook knows no answers: a condition in it looks at an attribute that the manifest names"
                name = leaf.answer or leaf.attribute
                yield RuleFinding("conditions_point_back", "handbook.json", part.id, f"{name} is not known here", mend)
    for form in reading.scenario.evaluation.reports:
        for leaf in (leaf for duty in form.duties if duty.condition for leaf in duty.condition.leaves()):
            if leaf.attribute not in attributes:
                mend = "who must report is told from an attribute that the manifest names"
                name = leaf.answer or leaf.attribute
                yield RuleFinding(
                    "conditions_point_back", "evaluation.json", form.id, f"{name} is not known here", mend
                )


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
