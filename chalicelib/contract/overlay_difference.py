"""What an overlay changes, beside what the package says: two-way on one version, three-way between two of them."""

from collections.abc import Sequence
from enum import StrEnum

from pydantic import BaseModel, ConfigDict

from chalicelib.contract.figure_uses import figure_of
from chalicelib.contract.overlay import Overlay, apply_overlay
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.evaluation_rules import Threshold
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

Value = str | int | tuple[Threshold, ...] | tuple[str, ...]
"""A text, a length, thresholds, or the names of items in their order."""


class DifferenceState(StrEnum):
    """holds: the new version says the same there as the old; moved: it says something else, ours still applies;
    overtaken: it says what we say; gone: ours no longer applies."""

    HOLDS = "holds"
    MOVED = "moved"
    OVERTAKEN = "overtaken"
    GONE = "gone"


class Difference(BaseModel):
    """One change of ours by its id: the value in the old version, in the new one, and ours; None where there is none.
    reason: why it is gone."""

    model_config = ConfigDict(frozen=True, arbitrary_types_allowed=True)

    change: Change
    name: str
    old: Value | None
    new: Value | None
    ours: Value | None
    state: DifferenceState
    reason: str = ""


def value_of(scenario: Scenario, change: Change) -> Value | None:
    """What this version of the package says where the change applies; None when there is nothing of that id."""
    if isinstance(change, SetLabel):
        return scenario.labels.get(change.key)
    if isinstance(change, SetThresholds):
        found = (one.thresholds for one in scenario.evaluation.indicators if one.id == change.indicator_id)
        return next(found, None)
    if isinstance(change, SetDeadline):
        return next((one.length for one in scenario.inspection.deadlines[::-1] if one.id == change.deadline_id), None)
    if isinstance(change, SetFigure):
        figure = figure_of(scenario, change.figure_id)
        return figure.value if figure else None
    if isinstance(change, ReorderItems):
        sections = (one.items for one in scenario.checklist.sections if one.id == change.section_id)
        return next((tuple(item.name for item in items) for items in sections), None)
    item = scenario.checklist.item(change.item_id if isinstance(change, HideItem) else change.item.id)
    return item.name if item else None


def name_of(scenario: Scenario, change: Change) -> str:
    """What the change is about, in the package's own words; its id when the package does not know it."""
    if isinstance(change, SetThresholds):
        return next((one.name for one in scenario.evaluation.indicators if one.id == change.target), change.target)
    if isinstance(change, SetDeadline):
        return next((one.label for one in scenario.inspection.deadlines if one.id == change.target), change.target)
    if isinstance(change, SetFigure):
        return next((one.label for one in scenario.figures if one.id == change.target), change.target)
    if isinstance(change, ReorderItems):
        return next((one.title for one in scenario.checklist.sections if one.id == change.target), change.target)
    if isinstance(change, AddItem):
        return change.item.name
    if isinstance(change, HideItem):
        item = scenario.checklist.item(change.item_id)
        return item.name if item else change.item_id
    return scenario.labels.get(change.key, change.key)


def _ours(change: Change, overlaid: Scenario) -> Value | None:
    if isinstance(change, HideItem):
        return None
    return change.item.name if isinstance(change, AddItem) else value_of(overlaid, change)


def differences(old: Scenario, new: Scenario, changes: Sequence[Change]) -> list[Difference]:
    """Each change in its order, three-way; `old` and `new` may be the same version."""
    overlay = Overlay(scenario=new.name, changes=tuple(changes))
    before, after = apply_overlay(old, overlay), apply_overlay(new, overlay)
    gone = dict(after.unapplied)
    found = []
    for at, change in enumerate(changes):
        was, now = value_of(old, change), value_of(new, change)
        ours = _ours(change, before.scenario if at in gone else after.scenario)
        if at in gone:
            state = DifferenceState.GONE
        elif now == ours and old is not new:
            state = DifferenceState.OVERTAKEN
        else:
            state = DifferenceState.HOLDS if was == now else DifferenceState.MOVED
        name = name_of(new, change)
        found.append(
            Difference(
                change=change,
                name=name if name != change.target else name_of(old, change),
                old=was,
                new=now,
                ours=ours,
                state=state,
                reason=gone.get(at, ""),
            )
        )
    return found
