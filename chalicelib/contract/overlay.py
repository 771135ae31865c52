"""A tenant's overlay: typed changes against named ids of a package, replayed on whatever version comes next."""

from pydantic import BaseModel, ConfigDict

from chalicelib.contract.figure_uses import with_figures
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.checklist import Checklist
from chalicelib.domain.label import Code, with_labels
from chalicelib.domain.overlay import (
    AddItem,
    Change,
    HideItem,
    ReorderItems,
    SetDeadline,
    SetFigure,
    SetLabel,
    SetThresholds,
)


class Overlay(BaseModel):
    """What one tenant changes in one package."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    scenario: Code
    changes: tuple[Change, ...] = ()


class OverlaidScenario(BaseModel):
    """The package as the tenant sees it, and the changes that no longer fit, each with its reason code."""

    model_config = ConfigDict(frozen=True)

    scenario: Scenario
    unapplied: tuple[tuple[int, str], ...] = ()


def _with_items(scenario: Scenario, change: HideItem | AddItem) -> Scenario | str:
    known = scenario.checklist.item(change.item_id if isinstance(change, HideItem) else change.item.id)
    if isinstance(change, HideItem):
        if known is None:
            return "no_such_item"
        if known.is_full_coverage:
            return "full_coverage_item"
    elif known is not None:
        return "item_already_there"
    sections = []
    for section in scenario.checklist.sections:
        items = section.items
        if isinstance(change, HideItem):
            items = tuple(item for item in items if item.id != change.item_id)
        elif section.id == change.section_id:
            items = (*items, change.item)
        if items:
            sections.append(section.model_copy(update={"items": items}))
    checklist: Checklist = scenario.checklist.model_copy(update={"sections": tuple(sections)})
    if isinstance(change, AddItem) and checklist.item(change.item.id) is None:
        return "no_such_section"
    return scenario.replacing(checklist=checklist) if sections else "last_item"


def _with_thresholds(scenario: Scenario, change: SetThresholds) -> Scenario | str:
    known = next((one for one in scenario.evaluation.indicators if one.id == change.indicator_id), None)
    if known is None:
        return "no_such_indicator"
    if not known.is_configurable:
        return "not_configurable"
    ours = known.model_copy(update={"thresholds": change.thresholds})
    indicators = tuple(ours if one is known else one for one in scenario.evaluation.indicators)
    return scenario.replacing(evaluation=scenario.evaluation.model_copy(update={"indicators": indicators}))


def _with_deadline(scenario: Scenario, change: SetDeadline) -> Scenario | str:
    known = [one for one in scenario.inspection.deadlines if one.id == change.deadline_id]
    if not known:
        return "no_such_deadline"
    if not all(one.is_configurable for one in known):
        return "not_configurable"
    ours = tuple(one.with_length(change.length) if one in known else one for one in scenario.inspection.deadlines)
    return scenario.replacing(inspection=scenario.inspection.model_copy(update={"deadlines": ours}))


def _with_figure(scenario: Scenario, change: SetFigure) -> Scenario | str:
    known = [one for one in scenario.figures if one.id == change.figure_id]
    if not known:
        return "no_such_figure"
    if not all(one.tenant_range for one in known):
        return "not_configurable"
    if not all(one.tenant_range.holds(change.value) for one in known if one.tenant_range):
        return "figure_out_of_range"
    ours = tuple(
        one.model_copy(update={"value": change.value}) if one.id == change.figure_id else one
        for one in scenario.figures
    )
    return with_figures(scenario.replacing(figures=ours))


def _with_order(scenario: Scenario, change: ReorderItems) -> Scenario | str:
    known = next((one for one in scenario.checklist.sections if one.id == change.section_id), None)
    if known is None:
        return "no_such_section"
    items = {item.id: item for item in known.items}
    if set(change.item_ids) - set(items):
        return "no_such_item"
    order = dict.fromkeys((*change.item_ids, *items))
    ours = known.model_copy(update={"items": tuple(items[one] for one in order)})
    sections = tuple(ours if one is known else one for one in scenario.checklist.sections)
    return scenario.replacing(checklist=scenario.checklist.model_copy(update={"sections": sections}))


def _with_label_texts(scenario: Scenario, texts: dict[str, str]) -> Scenario:
    parts = {key.split(".")[0] for key in texts}
    return scenario.replacing(**{part: with_labels(getattr(scenario, part), part, texts) for part in parts})


def _one(scenario: Scenario, change: Change) -> Scenario | str:
    if isinstance(change, SetThresholds):
        return _with_thresholds(scenario, change)
    if isinstance(change, SetDeadline):
        return _with_deadline(scenario, change)
    if isinstance(change, SetFigure):
        return _with_figure(scenario, change)
    if isinstance(change, ReorderItems):
        return _with_order(scenario, change)
    if isinstance(change, HideItem | AddItem):
        return _with_items(scenario, change)
    return "no_such_label" if change.key not in scenario.labels else scenario


def apply_overlay(scenario: Scenario, overlay: Overlay | None) -> OverlaidScenario:
    """Replay the changes in order on a copy. What does not fit is reported by position, never guessed at.

    Words are laid over last and all at once: turning every label costs as much as a whole checklist."""
    unapplied: list[tuple[int, str]] = []
    texts: dict[str, str] = {}
    for position, change in enumerate(overlay.changes if overlay else ()):
        outcome = _one(scenario, change)
        if isinstance(outcome, str):
            unapplied.append((position, outcome))
        elif isinstance(change, SetLabel):
            texts[change.key] = change.text
        else:
            scenario = outcome
    if texts:
        scenario = _with_label_texts(scenario, texts)
    return OverlaidScenario(scenario=scenario, unapplied=tuple(unapplied))
