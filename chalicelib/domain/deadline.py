"""Deadlines: rules as versioned data, the moment at which each falls due, and what is left of it.

Counting (trust design §2.6): the day on which the clock starts is not counted; a rule in days ends with the last
millisecond of its last day in Asia/Shanghai; a rule in hours ends to the minute. A day on which the clock stands still
(from the day of the pause to the day before it is resumed) is not counted. A term in calendar days is not carried over
a holiday: that is the earliest reading, so nobody relying on it is late.
"""

import json
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Literal, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from chalicelib.domain.calendar import (
    CalendarMissingError,
    WorkingCalendar,
    end_of_day,
    shanghai_date,
)
from chalicelib.domain.errors import FieldProblem, InvalidInputError, RecordNotFoundError
from chalicelib.domain.label import Code, Label
from chalicelib.domain.record import UtcTime

_RULES = Path(__file__).parent / "data" / "deadline_rules.json"


class DeadlineUnit(StrEnum):
    HOUR = "hour"
    DAY = "day"
    WORKING_DAY = "working_day"


class Consequence(StrEnum):
    """What the clock itself brings about when it runs out; nothing else ever follows from silence.

    deemed_consent: to timing and division of work only. right_lapses: the person entitled can no longer ask.
    """

    OVERDUE = "overdue"
    DEEMED_CONSENT = "deemed_consent"
    RIGHT_LAPSES = "right_lapses"


class DeadlineBasis(BaseModel):
    """Why the term is as long as it is. A `product_rule` is our default, names no law and is never shown as law."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    status: Literal["verified", "to_be_confirmed", "product_rule"]
    title: str = ""
    article: str = Field(default="", pattern=r"^\d{0,4}$")
    text_date: date | None = None
    note: Label = ""

    @model_validator(mode="after")
    def _law_is_named_only_when_it_is_law(self) -> Self:
        if self.status == "verified" and not (self.title and self.article and self.text_date):
            raise ValueError("a verified basis names its title, article and the date of the text")
        if self.status == "product_rule" and (self.title or self.article):
            raise ValueError("a product rule cites no law")
        return self

    @property
    def citation(self) -> str:
        """《消防法》第16条, as printed; empty for a product rule, without the article while it is unknown."""
        return (f"《{self.title}》" if self.title else "") + (f"第{self.article}条" if self.article else "")


class DeadlineRule(BaseModel):
    """One term. Immutable; a change is a new version with its own effective dates (`effective_to` is the first day on
    which it no longer holds). `length` counts `unit`; in a scenario package `length_figure` may name a figure in its
    place, which says whether a tenant sets it. start_event, stop_events, pause_events, resume_events: what moves the
    clock: event types, in a scenario package the occurrences that it names."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Code
    version: int = Field(ge=1)
    label: Label = Field(min_length=1)
    unit: DeadlineUnit
    length: int = Field(default=0, ge=0, le=1000)
    length_figure: Code | None = None
    start_event: Code
    stop_events: tuple[Code, ...] = ()
    pause_events: tuple[Code, ...] = ()
    resume_events: tuple[Code, ...] = ()
    consequence: Consequence
    is_configurable: bool = False
    legal_basis: tuple[DeadlineBasis, ...] = Field(min_length=1)
    effective_from: date
    effective_to: date | None = None

    @model_validator(mode="after")
    def _only_our_own_terms_can_be_changed(self) -> Self:
        if self.is_configurable and self.is_law:
            raise ValueError("a statutory term is not configurable")
        if not self.length and not self.length_figure:
            raise ValueError("a term has a length or names the figure that is its length")
        if self.is_configurable and self.length_figure:
            raise ValueError("a term that names a figure is set with the figure")
        return self

    @property
    def is_law(self) -> bool:
        return any(basis.status != "product_rule" for basis in self.legal_basis)

    def is_in_force(self, on: date) -> bool:
        return self.effective_from <= on and (self.effective_to is None or on < self.effective_to)

    def with_length(self, length: int) -> Self:
        """A tenant's own term in place of our default. Raises InvalidInputError for a statutory one."""
        if not self.is_configurable:
            raise InvalidInputError([FieldProblem(field=self.id, code="deadline_not_configurable")])
        if not 1 <= length <= 1000:
            problem = FieldProblem(field=self.id, code="deadline_length", details={"length": length})
            raise InvalidInputError([problem])
        return self.model_copy(update={"length": length})


class Pause(BaseModel):
    """The clock stood still from `paused_at`; `resumed_at` is None while it still does."""

    model_config = ConfigDict(frozen=True)

    paused_at: UtcTime
    resumed_at: UtcTime | None = None


class Due(BaseModel):
    """A known deadline with everything it was computed from, so that it can be checked later and never moves silently.

    due_at: UTC, the last moment in time; due_on: the day in Shanghai.
    """

    model_config = ConfigDict(frozen=True)

    rule_id: Code
    rule_version: int
    unit: DeadlineUnit
    length: int
    due_at: UtcTime
    due_on: date
    calendar_version: str


class ToBeDetermined(BaseModel):
    """A deadline that cannot be known yet. reason calendar_missing: `year` has to be uploaded; clock_paused."""

    model_config = ConfigDict(frozen=True)

    rule_id: Code
    rule_version: int
    reason: Literal["calendar_missing", "clock_paused"]
    year: int | None = None


class Remaining(BaseModel):
    """What a clock badge shows. working_days and hours are negative once late; working_days is None when a calendar
    is missing between the two days."""

    model_config = ConfigDict(frozen=True)

    state: Literal["left", "today", "overdue"]
    working_days: int | None
    hours: int

    @property
    def is_overdue(self) -> bool:
        return self.state == "overdue"


@cache
def deadline_rules() -> tuple[DeadlineRule, ...]:
    """Every version of every rule that ships."""
    body = json.loads(_RULES.read_text(encoding="utf-8"))
    return tuple(DeadlineRule.model_validate(entry) for entry in body["rules"])


def deadline_rule(rule_id: str, on: date) -> DeadlineRule:
    """The version in force on a day. Raises RecordNotFoundError."""
    found = [rule for rule in deadline_rules() if rule.id == rule_id and rule.is_in_force(on)]
    if not found:
        raise RecordNotFoundError(kind="deadline_rule", id=rule_id)
    return max(found, key=lambda rule: rule.version)


def due_at(
    rule: DeadlineRule, started_at: datetime, calendar: WorkingCalendar, pauses: Sequence[Pause] = ()
) -> Due | ToBeDetermined:
    """When the rule's clock, started at an aware moment, runs out."""
    if started_at.tzinfo is None:
        raise ValueError("a time needs its zone")
    relevant = sorted((p for p in pauses if not _is_before(p, started_at)), key=lambda p: p.paused_at)
    try:
        if rule.unit is DeadlineUnit.HOUR:
            moment = _after_hours(rule.length, started_at, relevant)
        else:
            moment = _after_days(rule, shanghai_date(started_at), calendar, relevant)
    except CalendarMissingError as error:
        year = int(error.details["year"])
        return ToBeDetermined(rule_id=rule.id, rule_version=rule.version, reason="calendar_missing", year=year)
    if moment is None:
        return ToBeDetermined(rule_id=rule.id, rule_version=rule.version, reason="clock_paused")
    return Due(
        rule_id=rule.id,
        rule_version=rule.version,
        unit=rule.unit,
        length=rule.length,
        due_at=moment,
        due_on=shanghai_date(moment),
        calendar_version=calendar.version,
    )


def remaining(due: Due, now: datetime, calendar: WorkingCalendar) -> Remaining:
    """What is left of a deadline at an aware moment, in working days (signed) and whole hours (signed)."""
    today = shanghai_date(now)
    is_overdue = now > due.due_at
    try:
        days: int | None = calendar.working_days_between(today, due.due_on)
    except CalendarMissingError:
        days = None
    seconds = int((due.due_at - now).total_seconds())
    hours = seconds // 3600 if seconds >= 0 else -(-seconds // 3600)
    state: Literal["left", "today", "overdue"] = "overdue" if is_overdue else "today" if today == due.due_on else "left"
    return Remaining(state=state, working_days=days, hours=hours)


def _is_before(pause: Pause, started_at: datetime) -> bool:
    return pause.resumed_at is not None and pause.resumed_at <= started_at


def _after_hours(length: int, started_at: datetime, pauses: Iterable[Pause]) -> datetime | None:
    moment = started_at + timedelta(hours=length)
    stopped_to = started_at
    for pause in pauses:
        begin = max(pause.paused_at, stopped_to)
        if begin > moment:
            break
        if pause.resumed_at is None:
            return None
        moment += max(pause.resumed_at - begin, timedelta())
        stopped_to = max(stopped_to, pause.resumed_at)
    return moment


def _after_days(rule: DeadlineRule, day: date, calendar: WorkingCalendar, pauses: Sequence[Pause]) -> datetime | None:
    left = rule.length
    spans = [(shanghai_date(p.paused_at), p.resumed_at and shanghai_date(p.resumed_at)) for p in pauses]
    while left > 0:
        day += timedelta(days=1)
        if any(end is None and begin <= day for begin, end in spans):
            return None
        if any(end is not None and begin <= day < end for begin, end in spans):
            continue
        left -= rule.unit is DeadlineUnit.DAY or calendar.is_working_day(day)
    return end_of_day(day)
