"""Which limit is stricter, and what a settlement is about: these limits, in whatever version, and no others."""

from datetime import UTC, datetime

import pytest

from chalicelib.domain.item import NumberLimits
from chalicelib.domain.limit_conflict import (
    ConflictState,
    DepartmentLimit,
    LimitConflict,
    LimitDecision,
    LimitSettlement,
    conflict_todos,
    stricter_limit,
)

NOW = datetime(2026, 11, 20, 2, tzinfo=UTC)


def say(department, limits, version="1.0.0"):
    held = NumberLimits(**limits) if limits is not None else None
    values = {"scenario": "refined_oil", "scenario_version": version, "item_id": f"{department}_item"}
    return DepartmentLimit(**values, department=department, limits=held)


def record(*limits, **changes):
    values = {"id": "distance", "name": "离民房多远", "limits": limits, "found_at": NOW, "changed_at": NOW}
    return LimitConflict(**(values | changes))


FIRE, HOUSING = (
    say("fire_rescue", {"unit": "米", "minimum": 8}),
    say("housing_construction", {"unit": "米", "minimum": 5}),
)


def settlement(decision=LimitDecision.STRICTER_HOLDS, **changes):
    values = {"decision": decision, "reason": "从严", "about": (FIRE, HOUSING), "settled_by": "p", "settled_at": NOW}
    return LimitSettlement(**(values | changes))


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ({"minimum": 5}, {"minimum": 8}, (8, None)),
        ({"maximum": 5}, {"minimum": 3, "maximum": 8}, (3, 5)),
        ({"minimum": 5}, None, (5, None)),
        ({"minimum": 5}, {"minimum": 45, "decimals": 1}, (50, None)),
        ({"minimum": 5, "unit": "米"}, {"minimum": 5, "unit": "厘米"}, None),
        ({"minimum": 9}, {"maximum": 5}, None),
        ({}, None, None),
    ],
)
def test_the_stricter_limit_is_met_by_what_meets_both(first, second, expected):
    found = stricter_limit([say("fire_rescue", first), say("housing_construction", second)])

    assert (found and (found.minimum, found.maximum)) == expected


def test_a_new_version_with_the_same_limits_keeps_the_settlement_another_limit_opens_it_again():
    settled = record(FIRE, HOUSING).settled(settlement())
    same = (say("housing_construction", {"unit": "米", "minimum": 5}, "2.0.0"), FIRE)
    other = (FIRE, say("housing_construction", {"unit": "米", "minimum": 6}, "2.0.0"))

    assert settled.as_found("离民房多远", same, NOW) is settled
    reopened = settled.as_found("离民房多远", other, NOW)
    assert (reopened.state, reopened.settlement, len(reopened.settlements)) == (ConflictState.OPEN, None, 1)
    mended = settled.with_changes(state=ConflictState.MENDED)
    assert mended.as_found("离民房多远", same, NOW).state is ConflictState.OPEN


def test_it_waits_for_the_legal_reviewer_then_for_the_supervisor_then_for_nobody():
    opened = record(FIRE, HOUSING)
    escalated = opened.settled(settlement(LimitDecision.ESCALATED))
    decided = escalated.settled(settlement(is_final=True))

    owners = [[one.owner for one in conflict_todos(each, NOW)] for each in (opened, escalated, decided)]
    assert owners == [["role.legal_reviewer"], ["role.justice_supervisor"], []]
    assert (decided.is_final, escalated.is_final) == (True, False)
