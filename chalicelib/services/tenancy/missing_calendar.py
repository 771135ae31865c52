"""The alert of a missing calendar: it waits for the platform's operators until the year is known."""

from datetime import datetime

from chalicelib.domain.act import Act
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.calendar_alert import missing_years
from chalicelib.domain.event import EventType
from chalicelib.domain.official_calendar import CalendarProposal
from chalicelib.domain.record import Ref
from chalicelib.domain.tenancy import PLATFORM, Actor, Role, role_owner
from chalicelib.domain.todo import Todo
from chalicelib.services.working_calendar import working_calendar
from chalicelib.storage.errors import AlreadyDoneError
from chalicelib.storage.store import Store

TOPIC = "calendar_missing"
CLOCK, SWEEP = "clock", "calendar"
OPERATORS = role_owner(Role.PLATFORM_OPERATOR)


def missing_year(year: int) -> Ref:
    """What the entry of a year hangs on: there may be no proposal yet."""
    return Ref(kind=CalendarProposal.KIND, id=str(year))


def note_missing_calendar(store: Store, now: datetime) -> int:
    """How many years are missing; looks once a day, in the platform's scope. An entry goes when its year is published
    or ships with a newer library."""
    today = shanghai_date(now)
    if store.sweeps.was_today(PLATFORM, SWEEP, now):
        return 0
    missing = missing_years(working_calendar(), today)
    for year in (today.year, today.year + 1):
        _note(store, now, year, is_missing=year in missing)
    store.sweeps.note(PLATFORM, now, SWEEP)
    return len(missing)


def _note(store: Store, now: datetime, year: int, *, is_missing: bool) -> None:
    about = missing_year(year)
    waiting = store.todos.children(PLATFORM, about)
    if bool(waiting) == is_missing:
        return
    act = Act(actor=Actor.system(PLATFORM, CLOCK), at=now, key=f"calendar.{year}.{shanghai_date(now)}")
    try:
        with store.change(PLATFORM, act) as change:
            entry = Todo.of(about, OPERATORS, TOPIC, str(year), at=now)
            store.todos.replace(change, about, [entry] if is_missing else [])
            change.event(EventType.CALENDAR_MISSING_NOTED, about, {"year": year, "is_missing": is_missing})
    except AlreadyDoneError:
        return
