"""Clocks of a disposal: what an occurrence stops and starts, by the rules of the edition."""

from datetime import UTC, date, datetime, timedelta

from chalicelib.contract.registry import registry
from chalicelib.domain.calendar import WorkingCalendar, shanghai_date
from chalicelib.domain.disposal import (
    Disposal,
    RecordedOccurrence,
    StartedClock,
    day_clock,
    told_overdue,
    with_occurrence,
    with_order_clock,
)
from chalicelib.domain.disposal_todo import disposal_todos

NOW = datetime(2026, 11, 20, 2, 0, tzinfo=UTC)
RULES = registry().get("self_built_housing").inspection


def opened() -> Disposal:
    return Disposal(
        subject_id="s",
        subject_name="示例巷3号",
        division="450105000000",
        scenario="self_built_housing",
        scenario_version="1.0.0",
        opened_because="筛查达到阈值",
        opened_by="p1",
        opened_at=NOW,
    )


def happening(name: str, at: datetime = NOW, order_id: str = "") -> RecordedOccurrence:
    return RecordedOccurrence(occurrence_id=name, at=at, recorded_at=at, recorded_by="p1", order_id=order_id)


def after(disposal: Disposal, name: str, at: datetime = NOW, order_id: str = "", term: str | None = None) -> Disposal:
    rules = RULES.deadlines_on(shanghai_date(at))
    starts = [StartedClock(rule=one, owners=("body",)) for one in rules if one.start_event == name]
    return with_occurrence(disposal, happening(name, at, order_id), RULES.deadlines, starts, WorkingCalendar(), term)


def test_an_occurrence_stops_one_clock_and_starts_the_next():
    told = after(opened(), "danger_sign_notified")
    assert [(one.rule_id, one.due_at) for one in told.running] == [
        ("appraisal_commission", datetime(2026, 11, 25, 15, 59, 59, 999000, tzinfo=UTC))
    ]
    for name, clock in (
        ("appraisal_commissioned", "appraisal_report"),
        ("urgent_appraisal_commissioned", "appraisal_report_urgent"),
    ):
        moved = after(told, name, NOW + timedelta(hours=1))
        assert [one.rule_id for one in moved.running] == [clock]
        assert moved.clocks[0].stopped_by == name and moved.clocks[0].stopped_at == NOW + timedelta(hours=1)


def test_a_clock_that_runs_is_not_started_later_by_being_told_twice():
    told = after(opened(), "danger_sign_notified")
    again = after(told, "danger_sign_notified", NOW + timedelta(days=2))
    assert [one.due_at for one in again.running] == [told.next_due_at] and len(again.occurrences) == 2


def test_an_order_has_a_clock_of_its_own_that_its_fulfilment_stops():
    served = after(opened(), "stop_use_ordered", order_id="o1", term="stop_use")
    clock = served.clock_of_order("o1")
    assert clock is not None and clock.due_at == NOW + timedelta(hours=24)
    done = after(served, "use_stopped", NOW + timedelta(hours=3), order_id="o1")
    assert done.running == () and done.next_due_at is None
    lifted = with_order_clock(served, "o1", stopped_by="order_lifted", stopped_at=NOW)
    assert lifted.running == ()


def test_a_day_that_the_order_names_ends_with_that_day():
    happened = happening("illegal_building_ordered", order_id="o2")
    clock = day_clock("illegal_building_order", happened, date(2026, 11, 30), ("body",))
    assert clock.due_at == datetime(2026, 11, 30, 15, 59, 59, 999000, tzinfo=UTC) and clock.length == 10


def test_an_overdue_clock_is_told_once_and_then_stands_first_in_the_list_of_who_has_to_act():
    served = after(after(opened(), "stop_use_ordered"), "danger_sign_notified")
    assert [(one.owner, one.topic) for one in disposal_todos(served, NOW)] == [("body", "disposal_to_follow")]
    later = NOW + timedelta(hours=25)
    marked, late = told_overdue(served, later)
    assert [one.rule_id for one in late] == ["stop_use"] and told_overdue(marked, later)[1] == ()
    assert marked.next_untold_at != marked.next_due_at
    (todo,) = disposal_todos(marked, later)
    assert (todo.topic, todo.due_at) == ("disposal_overdue", NOW + timedelta(hours=24))


def test_every_clock_of_a_package_that_names_occurrences_can_be_stopped_and_every_order_started():
    for package in map(registry().get, registry().names()):
        rules = package.inspection
        if rules.occurrences:
            started = [one for one in rules.deadlines if rules.occurrence(one.start_event)]
            assert [one.id for one in started if not one.stop_events] == [], package.name
            assert [one.id for one in rules.orders if not (one.served_as and one.fulfilled_as)] == [], package.name
