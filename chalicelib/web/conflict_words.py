"""Limits of departments that differ on one question, in words: who says what, on which basis, how it was settled."""

from collections.abc import Sequence
from typing import Any

from chalicelib.contract.limit_conflicts import ConflictPart
from chalicelib.domain.checklist import question_of
from chalicelib.domain.item import NumberLimits
from chalicelib.domain.limit_conflict import (
    ConflictState,
    DepartmentLimit,
    LimitConflict,
    LimitDecision,
    LimitSettlement,
)
from chalicelib.domain.scaled_number import number_words
from chalicelib.services.scenario.limit_conflicts import StandingConflict
from chalicelib.web.i18n import current_locale, gettext, mark
from chalicelib.web.scenario_views import package_in_words
from chalicelib.web.scenarios import scenario_label

BASE = "/console/bases/limits"
DECISIONS = {
    LimitDecision.STRICTER_HOLDS: mark("从严：按最严的限值"),
    LimitDecision.BASIS_PREVAILS: mark("按一条依据的限值"),
    LimitDecision.ESCALATED: mark("定不了，报司法行政部门"),
}
STATES = {
    ConflictState.OPEN: (mark("等商定"), "orange", "clock"),
    ConflictState.ESCALATED: (mark("已上报，等裁定"), "blue", "clock"),
    ConflictState.SETTLED: (mark("已商定"), "green", "check"),
    ConflictState.MENDED: (mark("限值已一致"), "", ""),
}


def limit_words(limits: NumberLimits | None) -> str:
    low, high = (number_words(one, limits.decimals) for one in (limits.minimum, limits.maximum)) if limits else ("", "")
    unit = limits.unit if limits else ""
    if low and high:
        return gettext("%(low)s到%(high)s%(unit)s", low=low, high=high, unit=unit)
    if low:
        return gettext("不低于%(low)s%(unit)s", low=low, unit=unit)
    return gettext("不超过%(high)s%(unit)s", high=high, unit=unit) if high else gettext("没有限值")


def state_chip(record: LimitConflict) -> tuple[str, str, str]:
    words, tone, icon = STATES[record.state]
    return gettext(words), tone, icon


def page_of(record: LimitConflict) -> str:
    return f"{BASE}/{record.id}"


def conflict_rows(found: Sequence[StandingConflict], *, has_page: bool = True) -> list[dict[str, Any]]:
    """For pages/bases/conflicts.html: one row for each item of a question whose limits differ. has_page: the tenant has
    the scenarios."""
    return [
        {"question": question_words(one), "chip": state_chip(one.record), "url": page_of(one.record), **row}
        if has_page
        else {"question": question_words(one), "chip": (), "url": "", **row}
        for one in found
        for row in part_rows(one)
    ]


def question_words(found: StandingConflict) -> str:
    """The question as it is asked, in the reader's language."""
    return question_of([_in_words(part).item for part in found.conflict.parts])


def part_rows(found: StandingConflict) -> list[dict[str, Any]]:
    """What each department says, by which item, on which bases."""
    return [_row(_in_words(part)) for part in found.conflict.parts]


def _in_words(part: ConflictPart) -> ConflictPart:
    scenario = part.scenario.in_language(current_locale())
    return ConflictPart(scenario, scenario.checklist.item(part.item.id) or part.item)


def _row(part: ConflictPart) -> dict[str, Any]:
    scenario, item = part
    return {
        "name": item.name,
        "scenario": scenario.manifest.label,
        "version": scenario.version,
        "department": scenario.manifest.department_label(item.department),
        "limit": limit_words(item.number),
        "checklist_url": f"/console/scenarios/{scenario.name}/checklist",
        "mend_url": f"/console/scenarios/{scenario.name}/overlay",
        "bases": [
            (basis.citation, f"/console/bases/{scenario.name}/{basis.id}") for basis in scenario.bases_of([item])
        ],
    }


def basis_choices(found: StandingConflict) -> list[tuple[str, str]]:
    """(value of the form, words): a basis with the limit that prevails when it is chosen."""
    limits = {(part.scenario.name, part.item.id): part.item.number for part in found.conflict.parts}
    departments = {(one.scenario, one.item_id): said_by(one) for one in found.record.limits}
    return [
        (
            f"{one.scenario}:{one.item_id}:{one.basis_id}",
            gettext(
                "%(department)s：%(citation)s，%(limit)s",
                department=departments[one.scenario, one.item_id],
                citation=one.citation,
                limit=limit_words(limits[one.scenario, one.item_id]),
            ),
        )
        for one in found.bases
    ]


def said_by(one: DepartmentLimit) -> str:
    """The department's name, as the installed package has it."""
    return package_in_words(one.scenario).manifest.department_label(one.department)


def settlement_words(settlement: LimitSettlement) -> dict[str, Any]:
    """One entry of the history: what was decided, about which limits."""
    return {
        "settlement": settlement,
        "decision": gettext(DECISIONS[settlement.decision]),
        "holds": limit_words(settlement.holds) if settlement.holds else "",
        "about": [f"{said_by(one)} {limit_words(one.limits)}" for one in settlement.about],
        "versions": sorted({f"{scenario_label(one.scenario)} {one.scenario_version}" for one in settlement.about}),
    }
