"""Clocks that waited for a year's calendar, determined once it is known: from the moment at which each began, by the
rule of that day, so that nobody gains or loses a day by the wait. Found by their pointers, never by a walk."""

import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

from chalicelib.domain.access_change import AccessChange
from chalicelib.domain.act import Act
from chalicelib.domain.binding import BindingRequest
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.deadline import Due, deadline_rule, due_at
from chalicelib.domain.disposal import Disposal
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.event import EventType
from chalicelib.domain.finding import Finding
from chalicelib.domain.hand_over import HandOver
from chalicelib.domain.inspection_result import InspectionResult
from chalicelib.domain.job import Job
from chalicelib.domain.login_binding import LoginBinding
from chalicelib.domain.periodic_report import PeriodicReport
from chalicelib.domain.plan import InspectionPlan
from chalicelib.domain.record import Record, timestamp
from chalicelib.domain.tenancy import Actor, TenantId
from chalicelib.domain.tenant_closing import TenantClosing
from chalicelib.domain.visit import Visit
from chalicelib.observability import logger
from chalicelib.services.clock.apart import apart
from chalicelib.services.disposal.determine_clocks import clocked_disposal, put_clocked
from chalicelib.services.jobs.request_job import request_job
from chalicelib.services.jobs.run_job import Progress
from chalicelib.services.plan.progress import clock_of, put_plan, task_clock
from chalicelib.services.plan.sweep_deadlines import deem_overdue
from chalicelib.services.report.submit_report import due_of_report
from chalicelib.services.result.prepare_result import with_clock
from chalicelib.services.visit.deadlines import due_moment
from chalicelib.services.working_calendar import forget_calendars, working_calendar
from chalicelib.storage.change import Change
from chalicelib.storage.errors import AlreadyDoneError
from chalicelib.storage.repository import Position
from chalicelib.storage.scope import entered
from chalicelib.storage.store import AwaitingCalendar, Store

CLOCK, SWEEP = "clock", "clocks"
PAGE = 50
MOST_A_TICK = 10
"""Pages looked through in one tick of the schedule; the next goes on where it stopped. A published calendar has a job
of its own."""


def sweep_clocks(store: Store, tenant: TenantId, now: datetime) -> int:
    """How many records were determined. Looks through all once a day: a calendar may have come with a newer library,
    and a process that knew of the publication a minute late may have written after the job. What failed is raised at
    the end, the first of it; the next day tries it again."""
    if store.sweeps.was_today(tenant, SWEEP, now):
        return 0
    noted = store.sweeps.reached(tenant, f"{SWEEP}.at")
    after: Position | None = json.loads(noted) if noted else None
    failed: list[Exception] = []
    done = 0
    for _ in range(MOST_A_TICK):
        count, after = determine_page(store, tenant, now, failed, after)
        done += count
        if after is None:
            store.sweeps.note(tenant, now, SWEEP)
            break
    if after is not None or noted:
        store.sweeps.note_reached(tenant, f"{SWEEP}.at", json.dumps(after) if after else "")
    if failed:
        raise failed[0]
    return done


def request_clocks(store: Store, platform: TenantId, act: Act, *, year: int) -> Job:
    """The job that counts what waited for this year's calendar, in every tenant."""
    return request_job(store, platform, act, name="determine_clocks", values={"year": year})


def determine_clocks(store: Store, tenant: TenantId, act: Act, job: Job, progress: Progress) -> dict[str, Any]:
    """Work of `determine_clocks`, a job of the platform: the clocks of every tenant that wait for the calendar, each in
    its own scope. Broken off it goes on with the tenant it was at: what is determined is not found again. What fails is
    logged and left to the clock, which raises it."""
    forget_calendars()
    done, at = int(job.checkpoint.get("done", 0)), str(job.checkpoint.get("tenant", ""))
    every = sorted([tenant, *(one.id for one in store.tenants.directory(tenant))])
    for one in (one for one in every if one >= at):
        after: Position | None = None
        while True:
            with entered(one):
                count, after = determine_page(store, one, act.at, [], after)
            done += count
            progress(done, 0, checkpoint={"tenant": one, "done": done})
            if after is None:
                break
    return {"determined": done}


def determine_page(
    store: Store, tenant: TenantId, now: datetime, failed: list[Exception], after: Position | None = None
) -> tuple[int, Position | None]:
    """How many of the next page could be determined, and where to go on. Taken again it changes nothing; what somebody
    changes at this moment, or what still waits for another year, is left to the next look. failed: takes what fails."""
    found, after = store.awaiting_calendar(tenant, after, PAGE)
    done = 0
    for one in found:
        with apart(failed, tenant=tenant, kind=one.ref.kind, id=one.ref.id):
            done += _determine(store, tenant, now, one)
    return done, after


def _determine(store: Store, tenant: TenantId, now: datetime, one: AwaitingCalendar) -> bool:
    record = store.find(tenant, one.ref)
    if record is None or not record.awaits_calendar:
        store.forget_awaiting(tenant, one)
        return False
    changed = _determined(store, tenant, record)
    if changed == record:
        return False
    try:
        _save(store, tenant, now, changed)
    except (ConflictError, AlreadyDoneError):
        logger.info("clock left to the next look", extra={"tenant": tenant, "kind": record.KIND, "id": record.id})
        return False
    return True


def _determined(store: Store, tenant: TenantId, record: Record) -> Record:
    """The record with every clock that can be told now; unchanged while none can."""
    if isinstance(record, PeriodicReport):
        return record.with_changes(due_at=due_of_report(store, tenant, record))
    if isinstance(record, Disposal):
        return clocked_disposal(store, tenant, record)
    return _BY_KIND[record.KIND](record)


def _plan(plan: InspectionPlan) -> InspectionPlan:
    own = clock_of(plan.state, plan.state_since) if plan.is_due_undetermined else {}
    tasks = [
        one.model_copy(update=task_clock(one.state, one.clock_since or plan.state_since))
        if one.is_due_undetermined
        else one
        for one in plan.tasks
    ]
    return plan.with_changes(**own, tasks=tasks)


def _visit(visit: Visit) -> Visit:
    since = visit.submitted_at
    return visit.with_changes(due_at=due_moment("visit", visit.state, since)) if since else visit


def _finding(finding: Finding) -> Finding:
    """Only a rectification that was handed in starts a clock by rule; the others end on the day that was said."""
    if not finding.rectifications:
        return finding
    due = due_moment("finding", finding.state, finding.rectifications[-1].submitted_at)
    return finding.with_changes(due_at=due, is_due_undetermined=False) if due else finding


def _by_rule(rule_id: str, began: str, ends: str) -> Callable[[Record], Record]:
    """Of a record with one clock: its rule, the field with its beginning and the one for its end."""

    def determine(record: Record) -> Record:
        at: datetime = getattr(record, began)
        due = due_at(deadline_rule(rule_id, shanghai_date(at)), at, working_calendar())
        return record.with_changes(**{ends: due.due_at}) if isinstance(due, Due) else record

    return determine


_BY_KIND: dict[str, Callable[..., Record]] = {
    InspectionPlan.KIND: _plan,
    Visit.KIND: _visit,
    Finding.KIND: _finding,
    InspectionResult.KIND: with_clock,
    BindingRequest.KIND: _by_rule("binding_confirmation", "requested_at", "due_at"),
    HandOver.KIND: _by_rule("hand_over_answer", "offered_at", "due_at"),
    AccessChange.KIND: _by_rule("access_change_confirmation", "requested_at", "expires_at"),
    LoginBinding.KIND: _by_rule("login_confirmation", "bound_at", "expires_at"),
    TenantClosing.KIND: _by_rule("tenant_closing_confirmation", "asked_at", "expires_at"),
}


def _save(store: Store, tenant: TenantId, now: datetime, record: Record) -> None:
    """The record with what waits at it, one event; an opinion whose term was over meanwhile is settled at once, as the
    clock does with every other."""
    act = Act(actor=Actor.system(tenant, CLOCK), at=now, key=f"clock.{record.KIND}").part(
        f"{record.id}.{record.version}"
    )
    with store.change(tenant, act) as change:
        if isinstance(record, InspectionPlan):
            put_plan(store, change, record)
        elif isinstance(record, Disposal):
            put_clocked(store, change, record)
        else:
            change.save(record)
            _mend_todos(store, change, record)
        if not record.awaits_calendar:
            change.clocked(record)
        change.event(EventType.DEADLINE_DETERMINED, record, _facts(record))
    if isinstance(record, InspectionPlan):
        deem_overdue(store, tenant, record, now)


def _mend_todos(store: Store, change: Change, record: Record) -> None:
    """What waits at the record, with the end that its clock has now."""
    due = _end_of(record)
    waiting = store.todos.children(change.tenant, record.ref)
    store.todos.replace(change, record.ref, [one.with_changes(due_at=due) for one in waiting])


def _end_of(record: Record) -> datetime | None:
    found: datetime | None = getattr(record, "due_at", None) or getattr(record, "expires_at", None)
    return found


def _facts(record: Record) -> dict[str, object]:
    ends = {"due_at": timestamp(due)} if (due := _end_of(record)) else {}
    if isinstance(record, InspectionPlan):
        tasks = {one.acting_body_id: timestamp(one.due_at) for one in record.tasks if one.due_at}
        return {**ends, "tasks": tasks}
    if isinstance(record, Disposal):
        return {"clocks": {one.rule_id: timestamp(one.due_at) for one in record.running if one.due_at}}
    return dict(ends)
