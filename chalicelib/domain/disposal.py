"""Disposal (处置) of a danger or fault at one subject: what happened, and the clocks that this started and stopped.

What can happen and which clock it moves is data of the scenario package, as of the version with which the disposal was
opened. Nothing here decides or grades anything: people write down what happened, the clock only counts.
"""

from collections.abc import Iterable, Sequence
from datetime import date, datetime
from typing import ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.access import Resource
from chalicelib.domain.calendar import WorkingCalendar, end_of_day, shanghai_date
from chalicelib.domain.deadline import DeadlineRule, DeadlineUnit, Due, due_at
from chalicelib.domain.label import Code
from chalicelib.domain.record import Record, Ref, UtcTime

MAX_FILES = 5
MAX_OCCURRENCES = 200


class RecordedOccurrence(BaseModel):
    """Something that happened at `at` and was written down at `recorded_at`. evidence: SHA-256 (hex) of stored files;
    order_id: the order whose service or fulfilment it is."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    occurrence_id: Code
    at: UtcTime
    recorded_at: UtcTime
    recorded_by: str
    note: str = Field(default="", max_length=1000)
    evidence: tuple[str, ...] = Field(default=(), max_length=MAX_FILES)
    order_id: str = ""


class Extension(BaseModel):
    """More time, given by the head of an acting body with a reason. from_at: the due time before."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    from_at: UtcTime | None
    to_at: UtcTime
    reason: str = Field(min_length=1, max_length=500)
    given_by: str
    given_at: UtcTime


class DisposalClock(BaseModel):
    """One run of a clock with all that its end was computed from. rule_id and rule_version: of the package's rule; 0
    for the day that an order itself sets, whose rule_id is the order's document. due_at: None while no calendar tells.
    owners: acting bodies or departments (ids) that have to see to it; told_at: when it was found overdue."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    rule_id: Code
    rule_version: int = Field(ge=0)
    unit: DeadlineUnit
    length: int = Field(ge=0)
    started_by: Code
    started_at: UtcTime
    due_at: UtcTime | None
    order_id: str = ""
    owners: tuple[str, ...] = ()
    extensions: tuple[Extension, ...] = ()
    told_at: UtcTime | None = None
    stopped_by: str = ""
    stopped_at: UtcTime | None = None

    @property
    def is_running(self) -> bool:
        return self.stopped_at is None

    def is_overdue(self, now: datetime) -> bool:
        return self.is_running and self.due_at is not None and self.due_at < now

    def stopped(self, by: str, at: datetime) -> Self:
        return self.model_copy(update={"stopped_by": by, "stopped_at": at})


class Disposal(Record):
    """One disposal of one subject in one scenario; a subject has at most one open in each.

    opened_because: in words; origin: the finding, visit or patrol that led to it. departments: department codes and
    acting-body ids that the package gives a part in it. scenario_version and overlay_number: the edition that it stays
    on. state: `open` or `closed`. joined_to: the disposal with which this one was closed, where two of one subject met
    by a merge.
    """

    KIND: ClassVar[str] = "disposal"

    subject_id: str
    subject_name: str
    division: str
    scenario: Code
    scenario_version: str
    overlay_number: int = Field(default=0, ge=0)
    departments: tuple[str, ...] = ()
    opened_because: str = Field(min_length=1, max_length=1000)
    origin: Ref | None = None
    opened_by: str
    opened_at: UtcTime
    state: str = "open"
    occurrences: tuple[RecordedOccurrence, ...] = Field(default=(), max_length=MAX_OCCURRENCES)
    clocks: tuple[DisposalClock, ...] = ()
    closed_because: str = Field(default="", max_length=1000)
    closed_by: str = ""
    closed_at: UtcTime | None = None
    joined_to: str = ""

    @property
    def resource(self) -> Resource:
        return Resource(
            divisions=frozenset({self.division}),
            departments=frozenset(self.departments),
            subjects=frozenset({self.subject_id}),
        )

    @property
    def awaits_calendar(self) -> bool:
        return self.is_open and any(one.due_at is None for one in self.running)

    @property
    def is_open(self) -> bool:
        return self.state == "open"

    @property
    def running(self) -> tuple[DisposalClock, ...]:
        """The clocks that run, the next one due first; one whose end is not known yet comes last."""
        return tuple(sorted((one for one in self.clocks if one.is_running), key=_by_due))

    @property
    def next_due_at(self) -> datetime | None:
        return next((one.due_at for one in self.running), None)

    @property
    def next_untold_at(self) -> datetime | None:
        """When the next clock runs out of which nobody was told yet."""
        return next((one.due_at for one in self.running if one.told_at is None), None)

    @property
    def files(self) -> frozenset[str]:
        return frozenset(sha256 for one in self.occurrences for sha256 in one.evidence)

    def clock_of_order(self, order_id: str) -> DisposalClock | None:
        return next((one for one in reversed(self.clocks) if one.order_id == order_id), None)


def _by_due(clock: DisposalClock) -> tuple[bool, float, str]:
    return clock.due_at is None, clock.due_at.timestamp() if clock.due_at else 0.0, clock.rule_id


def stopped_clocks(
    disposal: Disposal, happened: RecordedOccurrence, rules: Sequence[DeadlineRule]
) -> tuple[DisposalClock, ...]:
    """The running clocks that this ends, each as the version of its rule says that started it."""
    by_version = {(rule.id, rule.version): rule for rule in rules}

    def ends(clock: DisposalClock) -> bool:
        rule = by_version.get((clock.rule_id, clock.rule_version))
        is_own = bool(happened.order_id) and clock.order_id == happened.order_id
        return is_own or (rule is not None and happened.occurrence_id in rule.stop_events)

    return tuple(one for one in disposal.clocks if one.is_running and ends(one))


class StartedClock(BaseModel):
    """A rule whose clock an occurrence starts, and whose work it is."""

    model_config = ConfigDict(frozen=True)

    rule: DeadlineRule
    owners: tuple[str, ...] = ()


def with_occurrence(
    disposal: Disposal,
    happened: RecordedOccurrence,
    rules: Sequence[DeadlineRule],
    starts: Iterable[StartedClock],
    calendar: WorkingCalendar,
    term_rule: str | None = None,
) -> Disposal:
    """The disposal after this: first the clocks that it stops, then those that it starts.

    rules: every version of the edition's clocks, so that one stops as it was when it started; starts: those in force
    on the day. A clock that runs already is not started again, so that nothing gets later by being told twice.
    term_rule: the clock by which the order that is served is done; it carries the order, and starts even beside another
    run of it.
    """
    ended = stopped_clocks(disposal, happened, rules)
    clocks = [one.stopped(happened.occurrence_id, happened.at) if one in ended else one for one in disposal.clocks]
    running = {one.rule_id for one in clocks if one.is_running}
    for start in starts:
        is_term = start.rule.id == term_rule
        if start.rule.id not in running or is_term:
            clocks.append(_started(start, happened, calendar, happened.order_id if is_term else ""))
    return disposal.with_changes(occurrences=(*disposal.occurrences, happened), clocks=tuple(clocks))


def _started(
    start: StartedClock, happened: RecordedOccurrence, calendar: WorkingCalendar, order_id: str
) -> DisposalClock:
    due = due_at(start.rule, happened.at, calendar)
    return DisposalClock(
        rule_id=start.rule.id,
        rule_version=start.rule.version,
        unit=start.rule.unit,
        length=start.rule.length,
        started_by=happened.occurrence_id,
        started_at=happened.at,
        due_at=due.due_at if isinstance(due, Due) else None,
        order_id=order_id,
        owners=start.owners,
    )


def day_clock(document_id: str, happened: RecordedOccurrence, due_on: date, owners: tuple[str, ...]) -> DisposalClock:
    """The clock of an order that names its own last day."""
    return DisposalClock(
        rule_id=document_id,
        rule_version=0,
        unit=DeadlineUnit.DAY,
        length=max((due_on - shanghai_date(happened.at)).days, 0),
        started_by=happened.occurrence_id,
        started_at=happened.at,
        due_at=end_of_day(due_on),
        order_id=happened.order_id,
        owners=owners,
    )


def with_order_clock(disposal: Disposal, order_id: str, **changes: object) -> Disposal:
    """The disposal with the running clock of an order changed (more time, or stopped because the order was lifted)."""
    clocks = tuple(
        one.model_copy(update=changes) if one.order_id == order_id and one.is_running else one
        for one in disposal.clocks
    )
    return disposal.with_changes(clocks=clocks)


JOINED = "disposal_joined"
"""What is written into the disposal that another one of the same subject was joined to."""


def join(disposal: Disposal, into: Disposal, state: str, happened: RecordedOccurrence) -> tuple[Disposal, Disposal]:
    """(the disposal as it ends in this state, the other with every clock that ran). No clock stops by it: each goes on
    in the other as it was started, also beside another run of its rule."""
    clocks = (one.stopped(JOINED, happened.at) if one.is_running else one for one in disposal.clocks)
    ended = disposal.with_changes(
        state=state,
        clocks=tuple(clocks),
        closed_because=happened.note,
        closed_by=happened.recorded_by,
        closed_at=happened.at,
        joined_to=into.id,
    )
    kept = into.with_changes(
        occurrences=(*into.occurrences, happened), clocks=(*into.clocks, *(c for c in disposal.clocks if c.is_running))
    )
    return ended, kept


def told_overdue(disposal: Disposal, now: datetime) -> tuple[Disposal, tuple[DisposalClock, ...]]:
    """The disposal with its overdue clocks marked as told, and those that were not before."""
    late = tuple(one for one in disposal.clocks if one.is_overdue(now) and one.told_at is None)
    clocks = tuple(one.model_copy(update={"told_at": now}) if one in late else one for one in disposal.clocks)
    return disposal.with_changes(clocks=clocks), late
