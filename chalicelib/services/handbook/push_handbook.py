"""Push a handbook to the subjects of a scenario: a job writes a receipt for each, and their people are told."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.division import covers, is_known
from chalicelib.domain.errors import AlreadyExistsError, FieldProblem, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.handbook_push import HandbookPush, HandbookReceipt
from chalicelib.domain.job import Job
from chalicelib.domain.scenario_member import ScenarioMember
from chalicelib.domain.subject import SubjectStatus
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.services.jobs.progress import JobProgress
from chalicelib.services.jobs.request_job import request_job
from chalicelib.services.scenario.read_edition import edition_in_force
from chalicelib.storage.errors import AlreadyDoneError
from chalicelib.storage.handbook_pushes import opened_counter
from chalicelib.storage.store import Store

PUSH_JOB, REMIND_JOB = "push_handbook", "remind_handbook"
CHUNK = 40
"""Subjects of one event: their people are told by one run of the worker."""


@idempotent
def request_push(
    store: Store, tenant: TenantId, act: Act, *, scenario: str, county: str = "", note: str = ""
) -> HandbookPush:
    """The push, its job queued. Whoever works for one county pushes to that county.

    Raises InvalidInputError for a scenario that the tenant has not enabled or a county that is none.
    """
    county = act.actor.division or county
    place = HandbookPush(scenario=scenario, scenario_version="", county=county, pushed_by="", pushed_at=act.at)
    require(act.actor, Permission.HANDBOOK_PUSH, place.resource)
    problems = []
    if scenario not in store.tenants.get(tenant, tenant).scenarios:
        problems.append(FieldProblem(field="scenario", code="unknown_scenario"))
    if county and not is_known(county):
        problems.append(FieldProblem(field="county", code="unknown_choice"))
    if len(note) > 300:
        problems.append(FieldProblem(field="note", code="text_too_long", details={"limit": 300}))
    if problems:
        raise InvalidInputError(problems)
    edition = edition_in_force(store, tenant, scenario)
    push = place.with_changes(
        scenario_version=edition.package.version,
        overlay_number=edition.number,
        note=note.strip(),
        pushed_by=act.actor.person_id,
    )
    with store.change(tenant, act) as change:
        change.save(push)
        change.event(EventType.HANDBOOK_PUSH_REQUESTED, push, {"scenario": scenario})
    request_job(store, tenant, act.part("job"), name=PUSH_JOB, values={"push_id": push.id})
    return push


@idempotent
def remind_unread(store: Store, tenant: TenantId, act: Act, *, push_id: str) -> HandbookPush:
    """The push, and the job queued that tells again whoever has not opened it. InvalidInputError when they were told
    less than a day ago, or while the push is still being sent."""
    push = store.handbook_pushes.get(tenant, push_id)
    require(act.actor, Permission.HANDBOOK_PUSH, push.resource)
    if not push.may_remind(act.at):
        raise InvalidInputError([FieldProblem(field="push", code="reminded_today" if push.is_complete else "not_sent")])
    reminded = push.with_changes(reminded_at=act.at, reminders=push.reminders + 1)
    with store.change(tenant, act) as change:
        change.save(reminded)
        change.event(EventType.HANDBOOK_REMINDED, reminded, {"subject_ids": []})
    request_job(store, tenant, act.part("job"), name=REMIND_JOB, values={"push_id": push.id})
    return reminded


def push_handbook(store: Store, tenant: TenantId, act: Act, job: Job, progress: JobProgress) -> dict[str, Any]:
    """The job's work. Result: recipients. It goes on behind the last subject of its checkpoint."""
    push = store.handbook_pushes.get(tenant, str(job.values["push_id"]))
    done, last = int(job.checkpoint.get("done", 0)), job.checkpoint.get("last", "")
    for chunk in _chunks(_members(store, tenant, push, last)):
        _send(store, tenant, act.part(f"send.{chunk[0].subject_id}"), push, chunk)
        done += len(chunk)
        progress(done, 0, checkpoint={"done": done, "last": _place(chunk[-1])})
    finished = store.handbook_pushes.get(tenant, push.id).with_changes(recipients=done, is_complete=True)
    try:
        with store.change(tenant, act.part("complete")) as change:
            change.save(finished)
            change.event(EventType.HANDBOOK_PUSH_COMPLETED, finished, {"recipients": done})
    except AlreadyDoneError:
        pass
    progress(done, done)
    return {"recipients": done}


def remind_handbook(store: Store, tenant: TenantId, act: Act, job: Job, progress: JobProgress) -> dict[str, Any]:
    """The job's work: an event for every forty subjects, from which their people are told. Result: recipients."""
    push = store.handbook_pushes.get(tenant, str(job.values["push_id"]))
    done = 0
    waiting = store.handbook_receipts.each_of_push(tenant, push.id, is_opened=False)
    while chunk := list(islice(waiting, CHUNK)):
        ids = [one.subject_id for one in chunk]
        try:
            with store.change(tenant, act.part(f"remind.{ids[0]}")) as change:
                change.event(EventType.HANDBOOK_REMINDED, push.ref, {"subject_ids": ids})
        except AlreadyDoneError:
            pass
        done += len(chunk)
        progress(done, 0)
    progress(done, done)
    return {"recipients": done}


def _place(member: ScenarioMember) -> str:
    return f"{member.county}#{member.subject_id}"


def _members(store: Store, tenant: TenantId, push: HandbookPush, last: str) -> Iterator[ScenarioMember]:
    """Active subjects of the push, by county and subject, behind `last`."""
    for one in store.members.of_scenario(tenant, push.scenario):
        is_within = not push.county or covers(push.county, one.division)
        if one.status is SubjectStatus.ACTIVE and is_within and _place(one) > last:
            yield one


def _chunks(members: Iterator[ScenarioMember]) -> Iterator[list[ScenarioMember]]:
    while chunk := list(islice(members, CHUNK)):
        yield chunk


def _send(store: Store, tenant: TenantId, act: Act, push: HandbookPush, members: Sequence[ScenarioMember]) -> None:
    """One transaction: a receipt for each and one event that names them. Sent already is sent."""
    receipts = [
        HandbookReceipt(
            id=one.subject_id,
            push_id=push.id,
            scenario=push.scenario,
            scenario_version=push.scenario_version,
            subject_name=one.name,
            code=one.code or "",
            county=one.county,
            division=one.division,
            sent_at=act.at,
        )
        for one in members
    ]
    try:
        with store.bulk_change(tenant, act) as change:
            change.event(EventType.HANDBOOK_PUSHED, push, {"subject_ids": [one.id for one in receipts]})
            for one in receipts:
                change.save(one)
    except AlreadyDoneError:
        return
    except AlreadyExistsError:
        missing = [one for one in members if store.handbook_receipts.find_of(tenant, push.id, one.subject_id) is None]
        if missing:
            _send(store, tenant, act.part("rest"), push, missing)


def opened_count(store: Store, tenant: TenantId, push_id: str) -> int:
    """How many subjects have opened it: one read."""
    return store.counted(opened_counter(tenant, push_id))


def opened_counts(store: Store, tenant: TenantId, push_ids: Iterable[str]) -> dict[str, int]:
    """The same of each push of a list: one call."""
    counters = {id: opened_counter(tenant, id) for id in push_ids}
    counts = store.counted_each(counters.values())
    return {id: counts[key] for id, key in counters.items()}
