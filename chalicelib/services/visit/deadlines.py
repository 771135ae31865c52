"""Clocks of visits and findings, by the deadline rules in force."""

from datetime import date, datetime

from chalicelib.domain.calendar import CalendarMissingError, shanghai_date
from chalicelib.domain.deadline import Due, deadline_rule, due_at
from chalicelib.domain.loop import machine
from chalicelib.services.working_calendar import working_calendar


def due_moment(machine_name: str, state: str, at: datetime) -> datetime | None:
    """When the clock of this state, started now, runs out; None when none runs or the calendar is not known yet."""
    rule_id = machine(machine_name).state(state).deadline_rule
    if rule_id is None:
        return None
    due = due_at(deadline_rule(rule_id, shanghai_date(at)), at, working_calendar())
    return due.due_at if isinstance(due, Due) else None


def working_day_after(day: date, count: int) -> date | None:
    """The count-th working day after `day`; the day itself for 0, None when the calendar is not known yet."""
    try:
        return working_calendar().add_working_days(day, count)
    except CalendarMissingError:
        return None


def working_days_left(now: datetime, due: datetime | None) -> int | None:
    """Signed working days to a deadline; -1 at least once it is past. None while it cannot be told."""
    if due is None:
        return None
    try:
        days = working_calendar().working_days_between(shanghai_date(now), shanghai_date(due))
    except CalendarMissingError:
        return None
    return min(days, -1) if now > due else days
