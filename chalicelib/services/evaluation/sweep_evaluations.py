"""The clock's work on evaluations in one tenant: a day alone changes them (a report of an appraisal lapses, a point
ends), and each says from which day it holds no longer.

Reads the days since the last sweep, whose day is read again since it was not over. Bounded per tick; the next goes on
where it stopped. One that fails is passed over and tried once a day, from the first day with such a one on. What cannot
be evaluated any more (merged, handed over, out of the scenario) stays as it is.
"""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta

from pydantic import BaseModel, ConfigDict

from chalicelib.contract.registry import registry
from chalicelib.domain.act import Act
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.subject_evaluation import DAY_PASSED, SubjectEvaluation
from chalicelib.domain.tenancy import Actor, TenantId
from chalicelib.services.clock.apart import apart
from chalicelib.services.evaluation.evaluate_subject import InForce, evaluate_subject
from chalicelib.storage.repository import Page, Position
from chalicelib.storage.store import Store

CLOCK = "clock"
SWEEP = "evaluations"
MOST_A_TICK = 200
"""Evaluations looked at in one tick of the schedule, a last page over."""
_PAGE = 50


class _Place(BaseModel):
    """Where the next look begins. failed_on: the first day of this walk with one that failed."""

    model_config = ConfigDict(frozen=True)

    day: date
    after: Position | None = None
    failed_on: date | None = None


def sweep_evaluations(store: Store, tenant: TenantId, now: datetime) -> int:
    """How many subjects were evaluated. Ends once a day; taken again on that day it does nothing. What failed is raised
    at the end, the first of it."""
    today, swept = shanghai_date(now), store.sweeps.swept_to(tenant, SWEEP)
    first = shanghai_date(swept) if swept else today
    if swept is not None and first >= today:
        return 0
    noted = store.sweeps.reached(tenant, f"{SWEEP}.at")
    place = _Place.model_validate_json(noted) if noted else _Place(day=first)
    failed: list[Exception] = []
    failed_on, made, looked = place.failed_on, 0, 0
    rules: dict[str, InForce] = {}
    for day, page in _ending(store, tenant, place, today):
        for one in _to_evaluate(store, tenant, page.records):
            with apart(failed, tenant=tenant, subject=one.subject_id, scenario=one.id):
                _evaluate(store, tenant, now, one, rules)
                made += 1
        failed_on = failed_on or (day if failed else None)
        looked += len(page.records)
        if looked >= MOST_A_TICK:
            beyond = day if page.next else day + timedelta(days=1)
            _note(store, tenant, noted, _Place(day=beyond, after=page.next, failed_on=failed_on))
            break
    else:
        _note(store, tenant, noted, _Place(day=failed_on) if failed_on else None)
        store.sweeps.note(tenant, now, SWEEP)
    if failed:
        raise failed[0]
    return made


def _evaluate(store: Store, tenant: TenantId, now: datetime, one: SubjectEvaluation, rules: dict[str, InForce]) -> None:
    """rules: those in force in the scenarios that came by, read once for each."""
    if one.id not in rules:
        rules[one.id] = InForce.read(store, tenant, one.id)
    act = Act(actor=Actor.system(tenant, CLOCK), at=now, key=f"ended.{one.subject_id}.{one.version}").part(one.id)
    evaluate_subject(
        store,
        tenant,
        act,
        subject_id=one.subject_id,
        scenario=one.id,
        cause=DAY_PASSED,
        in_force=rules[one.id],
    )


def _note(store: Store, tenant: TenantId, noted: str, place: _Place | None) -> None:
    wanted = place.model_dump_json() if place else ""
    if wanted != noted:
        store.sweeps.note_reached(tenant, f"{SWEEP}.at", wanted)


def _ending(
    store: Store, tenant: TenantId, place: _Place, last: date
) -> Iterator[tuple[date, Page[SubjectEvaluation]]]:
    """Pages of what holds no longer from a day on, from this place to the last day."""
    day, after = place.day, place.after
    while day <= last:
        page = store.evaluations.ending_on(tenant, day, after=after, limit=_PAGE)
        yield day, page
        after = page.next
        if after is None:
            day += timedelta(days=1)


def _to_evaluate(store: Store, tenant: TenantId, found: Sequence[SubjectEvaluation]) -> Iterator[SubjectEvaluation]:
    subjects = store.subjects.find_many(tenant, [one.subject_id for one in found], is_listed=True)
    for one in found:
        subject = subjects.get(one.subject_id)
        is_there = subject is not None and not subject.is_tombstone and subject.membership(one.id) is not None
        if is_there and registry().holds(one.id):
            yield one
