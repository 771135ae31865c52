"""Give every drawn subject a date (任务排单): asked for by the coordinator, done by a job, visit by visit.

Each visit is a transaction of its own under a key of its own, so that a job that was killed goes on where it stopped. A
subject that gets no visit is named with the reason. One whose annual cap is used up is left out by rule, and one that
was merged with another whose visit of this draw serves it; any other is left out only when the coordinator says so with
a reason, else the plan waits: also one that left the scenario or is gone since the pool was frozen. The draw stays.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Any

from pydantic import BaseModel, ConfigDict

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.errors import AlreadyExistsError, ConflictError, FieldProblem, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.job import Job
from chalicelib.domain.loop import machine
from chalicelib.domain.plan import InspectionPlan
from chalicelib.domain.plan_defaults import plan_defaults
from chalicelib.domain.pool_exclusion import exclusion_reason
from chalicelib.domain.subject import Subject
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.visit import VisitSubject
from chalicelib.domain.visit_schedule import Schedule, Slot, working_days
from chalicelib.services.draw.drawn_subjects import DrawnSubject, drawn_subjects
from chalicelib.services.idempotent import idempotent
from chalicelib.services.jobs.run_job import Progress
from chalicelib.services.plan.progress import moved, moved_task, put_plan
from chalicelib.services.plan.served_scenarios import served_for
from chalicelib.services.visit.create_visit import create_visit
from chalicelib.services.working_calendar import working_calendar
from chalicelib.storage.errors import LimitReachedError
from chalicelib.storage.store import Store

SCHEDULE_VISITS = "schedule_visits"
CAP_REACHED = "annual_cap_reached"
NO_ROOM = "no_room_in_period"
LEFT_SCENARIO = "left_scenario"
IS_GONE = "closed_or_moved"
MERGED = "merged_with_drawn"
_BY_RULE = frozenset({CAP_REACHED, MERGED})
_GONE = frozenset(exclusion_reason(IS_GONE).statuses)
"""A subject with one of these would not enter a pool today."""


class Skipped(BaseModel):
    """A drawn subject without a visit. reason: one of those above, or `team_too_small`."""

    model_config = ConfigDict(frozen=True)

    subject_id: str
    name: str
    order: int
    reason: str


@idempotent
def request_schedule(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    plan_id: str,
    first_on: date,
    visits_per_day: int,
    leave_out_reason: str = "",
) -> Job:
    """The queued job. first_on: the first day on which a visit may be; visits_per_day: the most of one inspector;

    leave_out_reason: why subjects that cannot be given a visit are left out, empty to wait for what is missing.
    Raises IllegalTransitionError, InvalidInputError, CalendarMissingError, ConflictError while a job is at work.
    """
    plan = store.plans.get(tenant, plan_id)
    require(act.actor, Permission.VISIT_SCHEDULE, plan.resource)
    machine("loop").transition(plan.state, "schedule_visits")
    _check(plan, act, first_on, visits_per_day)
    if plan.schedule_job_id:
        running = store.jobs.find(tenant, plan.schedule_job_id)
        if running is not None and not running.is_finished:
            raise ConflictError(kind=Job.KIND, id=running.id)
    values = {
        "plan_id": plan.id,
        "first_on": first_on.isoformat(),
        "visits_per_day": visits_per_day,
        "leave_out_reason": leave_out_reason.strip(),
    }
    job = Job(name=SCHEDULE_VISITS, values=values, requested_by=act.actor, requested_at=act.at)
    with store.change(tenant, act) as change:
        change.save(job)
        change.save(plan.with_changes(schedule_job_id=job.id))
        change.event(EventType.JOB_REQUESTED, job, {"name": job.name, "plan_id": plan.id})
    return job


def _check(plan: InspectionPlan, act: Act, first_on: date, visits_per_day: int) -> None:
    limit = plan_defaults().visits_per_day_limit
    problems = []
    if first_on < shanghai_date(act.at):
        problems.append(FieldProblem(field="first_on", code="date_in_past"))
    elif not plan.period_from <= first_on <= plan.period_to:
        problems.append(FieldProblem(field="first_on", code="outside_period"))
    elif not working_days(first_on, plan.period_to, working_calendar()):
        problems.append(FieldProblem(field="first_on", code="no_working_day"))
    if not 1 <= visits_per_day <= limit:
        details: dict[str, str | int] = {"minimum": 1, "maximum": limit}
        problems.append(FieldProblem(field="visits_per_day", code="out_of_range", details=details))
    if problems:
        raise InvalidInputError(problems)


def schedule_visits(store: Store, tenant: TenantId, act: Act, job: Job, progress: Progress) -> dict[str, Any]:
    """Work of `schedule_visits`: {"plan_id", "visits", "skipped": [Skipped], "is_complete"}."""
    plan = store.plans.get(tenant, str(job.values["plan_id"]))
    finish = act.part("finish")
    is_done = store.done(tenant, finish) is not None
    if not is_done:
        machine("loop").transition(plan.state, "schedule_visits")
    drawn = drawn_subjects(store, tenant, plan.draw_id or "")
    if is_done:
        skipped = _skipped_by(store, tenant, plan, finish.key, drawn)
    else:
        skipped = _create_all(store, tenant, act, job, plan, drawn, progress)
    reason = str(job.values.get("leave_out_reason", ""))
    is_complete = all(one.reason in _BY_RULE or reason for one in skipped)
    if is_complete and not is_done:
        _begin_disposition(store, tenant, finish, plan.id, len(drawn) - len(skipped), skipped, reason)
    return {
        "plan_id": plan.id,
        "visits": len(drawn) - len(skipped),
        "skipped": [one.model_dump() for one in skipped],
        "is_complete": is_complete,
    }


def _create_all(
    store: Store,
    tenant: TenantId,
    act: Act,
    job: Job,
    plan: InspectionPlan,
    drawn: Sequence[DrawnSubject],
    progress: Progress,
) -> list[Skipped]:
    """Every visit that is not there yet; those that cannot be are named."""
    days = working_days(date.fromisoformat(str(job.values["first_on"])), plan.period_to, working_calendar())
    most = int(job.values["visits_per_day"])
    schedule = Schedule(days, plan_defaults().visit_times, visits_per_day=most)
    _engage(store, tenant, schedule, {member.person_id for each in drawn for member in each.team})
    held = {
        visit.subject.subject_id for visit in store.visits.of_plan(tenant, plan.id) if visit.draw_id == plan.draw_id
    }
    draw = store.draws.get(tenant, plan.draw_id or "")
    skipped: list[Skipped] = []
    progress(0, len(drawn))
    for position, each in enumerate(drawn):
        if each.subject.subject_id not in held:
            subject = store.subjects.find_current(tenant, each.subject.subject_id)
            reason = _reason_against(plan.scenario, subject, held)
            if not reason:
                part = act.part(f"visit.{each.order}")
                slot = schedule.place([member.person_id for member in each.team], position, len(drawn))
                reason = _create(store, tenant, part, plan, each, subject, slot, draw.annual_caps)
            if reason:
                skipped.append(_skipped(each, reason))
            else:
                held.add(each.subject.subject_id)
        if position % _PROGRESS_EVERY == _PROGRESS_EVERY - 1:
            progress(position + 1, len(drawn))
    progress(len(drawn), len(drawn))
    return skipped


_PROGRESS_EVERY = 20


def _engage(store: Store, tenant: TenantId, schedule: Schedule, people: Iterable[str]) -> None:
    """What these inspectors already have before them, of this plan and of others."""
    for person in sorted(people):
        for member in store.visit_members.work_of(tenant, person):
            schedule.engage([person], member.scheduled_on, member.scheduled_at)


def _reason_against(scenario: str, subject: Subject | None, held: Collection[str]) -> str:
    """Why what was drawn is not visited as the register has it now, "" otherwise. held: subjects with a visit of the
    draw."""
    if subject is None:
        return ""
    if any(id in held for id in subject.all_ids):
        return MERGED
    if subject.status in _GONE:
        return IS_GONE
    return "" if subject.membership(scenario) else LEFT_SCENARIO


def _create(
    store: Store,
    tenant: TenantId,
    act: Act,
    plan: InspectionPlan,
    each: DrawnSubject,
    subject: Subject | None,
    slot: Slot | None,
    caps: dict[str, int],
) -> str:
    """Empty when the visit is there, else why it is not."""
    if slot is None:
        return NO_ROOM
    try:
        create_visit(
            store,
            tenant,
            act,
            plan_id=plan.id,
            subject=_subject_now(plan.scenario, each.subject, subject),
            also_serves=served_for(store, tenant, plan, subject),
            order=each.order,
            team=each.team,
            scheduled_on=slot.day,
            scheduled_at=slot.time,
            annual_caps=caps,
        )
    except AlreadyExistsError:
        return ""
    except LimitReachedError:
        return CAP_REACHED
    except InvalidInputError as error:
        return error.problems[0].code
    return ""


def _subject_now(scenario: str, drawn: VisitSubject, subject: Subject | None) -> VisitSubject:
    """The drawn subject with what the register knows of it: the checklist asks by its attributes."""
    if subject is None:
        return drawn
    return drawn.model_copy(
        update={
            "address": drawn.address or subject.address,
            "cap_code": subject.cap_code,
            "attributes": subject.attributes(scenario),
        }
    )


def _skipped_by(
    store: Store, tenant: TenantId, plan: InspectionPlan, key: str, drawn: Sequence[DrawnSubject]
) -> list[Skipped]:
    """What the finished step of this key left out, as its event tells it."""
    told = next((event.data for event in store.plans.history(tenant, plan.ref) if event.key == key), {})
    reasons = told.get("skipped", {})
    return [_skipped(each, reasons[each.subject.subject_id]) for each in drawn if each.subject.subject_id in reasons]


def _skipped(each: DrawnSubject, reason: str) -> Skipped:
    return Skipped(subject_id=each.subject.subject_id, name=each.subject.name, order=each.order, reason=reason)


@idempotent
def _begin_disposition(
    store: Store, tenant: TenantId, act: Act, plan_id: str, count: int, skipped: Sequence[Skipped], reason: str
) -> InspectionPlan:
    """Plan and tasks enter disposition; the event names every subject that has no visit."""
    plan = store.plans.get(tenant, plan_id)
    tasks = [
        moved_task(task, "begin_disposition", act.at, {}) if task.state == "approved" else task for task in plan.tasks
    ]
    facts = {"every_drawn_subject_has_visit": True}
    changed = moved(plan, "schedule_visits", act.at, facts, tasks=tasks, visit_count=count)
    with store.change(tenant, act) as change:
        put_plan(store, change, changed)
        data = {
            "state": changed.state,
            "visits": count,
            "skipped": {one.subject_id: one.reason for one in skipped},
            "leave_out_reason": reason if any(one.reason not in _BY_RULE for one in skipped) else "",
        }
        change.event(EventType.VISITS_SCHEDULED, changed, data)
    return changed
