"""Bronze: every name that a package uses is defined in it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from typing import Any

from chalicelib.contract.figure_uses import figure_of, figures_used
from chalicelib.contract.inspection import InspectionRules
from chalicelib.contract.package import PackageReading
from chalicelib.contract.rule import Tools
from chalicelib.contract.rule_finding import RuleFinding
from chalicelib.contract.scenario import Scenario

FIGURE_FILES = "*_rules.json"
"""Of the trade's own figures; a package has one such file or none."""


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
    yield from _settings(scenario)
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
        named = filter(None, (document.served_as, document.fulfilled_as, document.lifted_as))
        yield "inspection.json", document.id, "occurrence", named, known
    for clock in (one for one in rules.deadlines if one.id not in reported):
        moved_by = [*clock.stop_events, *clock.pause_events, *clock.resume_events]
        yield "inspection.json", clock.id, "occurrence", [clock.start_event, *moved_by] if known else moved_by, known


def _settings(scenario: Scenario) -> Iterator[_Reference]:
    """The attributes that occurrences set, each with a value that the attribute may have."""
    attributes = {one.code: one for one in scenario.manifest.attributes}
    for happening in scenario.inspection.occurrences:
        for one in happening.sets:
            known = attributes.get(one.attribute)
            yield "inspection.json", happening.id, "attribute", [one.attribute], list(attributes)
            if known is not None and not known.fits(one.value):
                yield "inspection.json", happening.id, "value", [f"{one.attribute}={one.value}"], []


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
                if item.get(f"{side}_figure"):
                    entry = {**item.get("number", {}), f"{side}_figure": item[f"{side}_figure"]}
                    yield ("checklist.json", item["id"]), entry, side, f"{side}_figure"
    for clock in raw.get("inspection", {}).get("deadlines", ()):
        if clock.get("length_figure"):
            yield ("inspection.json", clock["id"]), clock, "length", "length_figure"
