"""What keeps an overlay from being used: changes that do not fit, and a whole that breaks the package's own rules."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from chalicelib.contract.overlay import Overlay, apply_overlay
from chalicelib.contract.package import PackageReading
from chalicelib.contract.rule import Tools
from chalicelib.contract.rule_finding import RuleFinding
from chalicelib.contract.rules_bronze import ids_unique
from chalicelib.contract.rules_conditions import conditions_point_back
from chalicelib.contract.rules_references import references_resolve
from chalicelib.contract.rules_silver import items_cite_bases, questions_agree
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.evaluation_rules import AlertLevel, Threshold
from chalicelib.domain.overlay import LAW_LABELS, AddItem, Change, HideItem, ReorderItems, SetLabel, SetThresholds

_RULES = (ids_unique, references_resolve, conditions_point_back, items_cite_bases, questions_agree)


@dataclass(frozen=True)
class OverlayFault:
    """change: the one that is to blame, None where none can be named. target: the item or label that is concerned;
    name: what it needs and does not have."""

    change: Change | None
    code: str
    target: str = ""
    name: str = ""


def overlay_faults(package: Scenario, overlay: Overlay) -> list[OverlayFault]:
    """Everything that keeps the changes from being put on this package. A package's own faults are not the tenant's."""
    done = apply_overlay(package, overlay)
    found = [OverlayFault(overlay.changes[at], code, overlay.changes[at].target) for at, code in done.unapplied]
    for change in overlay.changes:
        found += [OverlayFault(change, code, change.target) for code in _own_faults(package, change)]
    hidden = {one.item_id for one in overlay.changes if isinstance(one, HideItem)}
    known = set(_findings(package))
    for finding in _findings(done.scenario):
        # Handbook and evaluation may go on naming an item that the tenant left out: they find no answer, no finding.
        if finding not in known and not (finding.name in hidden and finding.file != "checklist.json"):
            blamed = next((one for one in overlay.changes if _causes(package, one, finding)), None)
            target, name = (_words(done.scenario, package, one) for one in (finding.place, finding.name))
            found.append(OverlayFault(blamed, _code(finding), target, name))
    return found


def _findings(scenario: Scenario) -> list[RuleFinding]:
    reading = PackageReading(scenario.name, Path(), scenario=scenario)
    return [finding for rule in _RULES for finding in rule(reading, Tools())]


def _code(finding: RuleFinding) -> str:
    return f"overlay_{finding.rule}"


def _causes(package: Scenario, change: Change, finding: RuleFinding) -> bool:
    if isinstance(change, AddItem):
        return change.item.id == finding.place
    if isinstance(change, HideItem):
        item = package.checklist.item(change.item_id)
        return item is not None and item.question_key == finding.name
    return isinstance(change, ReorderItems) and finding.place in change.item_ids


def _words(scenario: Scenario, package: Scenario, id: str) -> str:
    item = scenario.checklist.item(id) or package.checklist.item(id)
    return item.name if item else id


def _own_faults(package: Scenario, change: Change) -> Iterator[str]:
    """What one change may not do whatever the others are."""
    if isinstance(change, SetLabel) and change.key.startswith(LAW_LABELS):
        yield "not_configurable"
    if isinstance(change, SetThresholds):
        known = next((one for one in package.evaluation.indicators if one.id == change.indicator_id), None)
        if known is not None:
            yield from _threshold_faults(known.thresholds, change.thresholds)


def _threshold_faults(theirs: tuple[Threshold, ...], ours: tuple[Threshold, ...]) -> Iterator[str]:
    """Each level that the package has stays, on its side, and a graver one lies further out."""
    if {one.level for one in theirs} - {one.level for one in ours}:
        yield "threshold_missing"
    if len({one.above is None for one in (*theirs, *ours)}) > 1:
        yield "threshold_side"
        return
    severity = list(AlertLevel)
    limits = [_limit(one) for one in sorted(ours, key=lambda one: severity.index(one.level))]
    levels = {one.level for one in ours}
    outward = sorted(set(limits), reverse=ours[0].below is not None)
    if limits != outward or len(levels) < len(ours):
        yield "thresholds_unordered"
    if min(limits) < min(0, *(_limit(one) for one in theirs)):
        yield "threshold_negative"


def _limit(threshold: Threshold) -> int:
    return threshold.above if threshold.above is not None else threshold.below or 0
