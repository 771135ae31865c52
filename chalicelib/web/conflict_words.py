"""Limits of departments that differ on one question, in words: who says what, and on which basis."""

from collections.abc import Sequence
from typing import Any

from chalicelib.contract.limit_conflicts import ConflictPart, limit_conflicts
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.item import NumberLimits
from chalicelib.web.answer_form import number_words
from chalicelib.web.i18n import gettext


def limit_words(limits: NumberLimits | None) -> str:
    low, high = (number_words(one, limits.decimals) for one in (limits.minimum, limits.maximum)) if limits else ("", "")
    unit = limits.unit if limits else ""
    if low and high:
        return gettext("%(low)s到%(high)s%(unit)s", low=low, high=high, unit=unit)
    if low:
        return gettext("不低于%(low)s%(unit)s", low=low, unit=unit)
    return gettext("不超过%(high)s%(unit)s", high=high, unit=unit) if high else gettext("没有限值")


def conflict_rows(scenarios: Sequence[Scenario]) -> list[dict[str, Any]]:
    """For pages/bases/conflicts.html: one row for each item of a question whose limits differ."""
    return [_row(part) for conflict in limit_conflicts(scenarios) for part in conflict.parts]


def _row(part: ConflictPart) -> dict[str, Any]:
    scenario, item = part
    return {
        "name": item.question or item.name,
        "scenario": scenario.manifest.label,
        "department": scenario.manifest.department_label(item.department),
        "limit": limit_words(item.number),
        "url": f"/console/scenarios/{scenario.name}/checklist",
        "bases": [
            (basis.citation, f"/console/bases/{scenario.name}/{basis.id}") for basis in scenario.bases_of([item])
        ],
    }
