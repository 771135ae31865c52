"""Moving one visit: the officers' lists follow, the reason stays, and only to a day on which offices work."""

from datetime import date

import pytest

from chalicelib.domain.errors import IllegalTransitionError, InvalidInputError, NotAllowedError
from chalicelib.domain.event import EventType
from chalicelib.services.visit.reschedule_visit import reschedule_visit
from tests.builders import TENANT, act
from tests.visiting import WEATHER, officer, scheduled_visit, started_visit

MOVED_ON = date(2026, 11, 25)


def move(store, visit, who=None, **changes):
    values = {"scheduled_on": MOVED_ON, "scheduled_at": "14:30", "reason": "对象停业检修"} | changes
    return reschedule_visit(store, TENANT, act(who), visit_id=visit.id, **values)


def test_the_visit_moves_with_its_officers_lists(store):
    visit = scheduled_visit(store)

    moved = move(store, visit)

    assert (moved.scheduled_on, moved.scheduled_at) == (MOVED_ON, "14:30")
    entry = store.visit_members.work_of(TENANT, f"{WEATHER}-officer1")[0]
    assert (entry.scheduled_on, entry.scheduled_at) == (MOVED_ON, "14:30")
    event = next(e for e in store.visits.history(TENANT, visit.ref) if e.type is EventType.VISIT_RESCHEDULED)
    assert event.data == {"from": "2026-11-23 09:00", "to": "2026-11-25 14:30", "reason": "对象停业检修"}


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"scheduled_on": date(2026, 11, 20)}, "scheduled_on", "date_in_past"),
        ({"scheduled_on": date(2026, 12, 24)}, "scheduled_on", "outside_period"),
        ({"scheduled_on": date(2026, 11, 28)}, "scheduled_on", "not_a_working_day"),
        ({"scheduled_at": "25:10"}, "scheduled_at", "not_a_time"),
        ({"scheduled_at": "9点"}, "scheduled_at", "not_a_time"),
        ({"reason": "  "}, "reason", "reason_missing"),
    ],
)
def test_what_cannot_be(store, changes, field, code):
    visit = scheduled_visit(store)

    with pytest.raises(InvalidInputError) as raised:
        move(store, visit, **changes)

    assert [(p.field, p.code) for p in raised.value.problems] == [(field, code)]


def test_not_once_it_has_begun_and_not_by_the_officers(store):
    visit = started_visit(store)

    with pytest.raises(IllegalTransitionError):
        move(store, visit)
    with pytest.raises(NotAllowedError):
        move(store, visit, officer(WEATHER))
