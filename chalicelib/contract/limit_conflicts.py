"""Questions on which departments judge by different limits: found where their items merge, to be settled by people."""

from collections.abc import Iterable, Sequence
from itertools import combinations
from typing import NamedTuple

from chalicelib.contract.joint_checklist import answer_shape
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.item import CheckItem


class ConflictPart(NamedTuple):
    """One item's say."""

    scenario: Scenario
    item: CheckItem


class DifferingLimits(NamedTuple):
    """One question and every item that it answers."""

    key: str
    parts: tuple[ConflictPart, ...]


def limit_conflicts(scenarios: Sequence[Scenario]) -> list[DifferingLimits]:
    """As `MergedItem.conflicts`, within each scenario and between those that one visit may serve together. Items for
    different kinds of subject never meet."""
    groups: dict[str, list[ConflictPart]] = {}
    for scenario in scenarios:
        for item in scenario.checklist.items:
            groups.setdefault(item.question_key, []).append(ConflictPart(scenario, item))
    return [DifferingLimits(key, tuple(parts)) for key, parts in groups.items() if _differ(parts)]


def _differ(parts: Iterable[ConflictPart]) -> bool:
    return any(
        first.item.number != other.item.number and _meet(first, other) for first, other in combinations(parts, 2)
    )


def _meet(first: ConflictPart, other: ConflictPart) -> bool:
    """Two scenarios that ask for answers of different types or units never share a visit."""
    if first.scenario is not other.scenario and answer_shape(first.item) != answer_shape(other.item):
        return False
    kinds = (set(first.item.subject_kinds), set(other.item.subject_kinds))
    return not all(kinds) or bool(kinds[0] & kinds[1])
