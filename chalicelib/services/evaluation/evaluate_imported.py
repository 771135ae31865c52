"""The job that follows an import: evaluates its subjects where the file told what moves an evaluation, in parts, and
each subject once however often it is stopped."""

from collections.abc import Iterator
from typing import Any

from chalicelib.contract.registry import registry
from chalicelib.domain.act import Act
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.job import Job
from chalicelib.domain.record import Ref
from chalicelib.domain.subject import Subject
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.evaluation.evaluate_in_parts import Part, evaluate_in_parts
from chalicelib.services.jobs.progress import JobProgress
from chalicelib.services.jobs.request_job import request_job
from chalicelib.storage.store import Store

JOB = "evaluate_imported"
IMPORT = "import_register"
JOINED = "scenario"
"""What an import names beside the fields that it changed of a subject that joins."""
_EVENTS = 10
"""Transactions of the import between two safe points: some three hundred rows at most."""


def request_evaluations(store: Store, tenant: TenantId, act: Act, *, job_id: str) -> Job | None:
    """The queued job for what an import wrote until it ended; None for a trial, for other work, and in a scenario of
    which the register tells nothing that an evaluation rests on, unless registered subjects may have joined it."""
    job = store.jobs.find(tenant, job_id)
    if job is None or job.name != IMPORT or job.values.get("is_trial"):
        return None
    scenario, counts = job.values["scenario"], job.checkpoint.get("report", {}).get("counts", {})
    if not registry().holds(scenario) or not (moving_attributes(scenario) or counts.get("changed")):
        return None
    values = {"import_id": job.id, "scenario": job.values["scenario"]}
    asked: Job = request_job(store, tenant, act, name=JOB, values=values)
    return asked


def evaluate_imported(store: Store, tenant: TenantId, act: Act, job: Job, progress: JobProgress) -> dict[str, Any]:
    """The job's work. Result: as evaluate_in_parts gives it."""
    parent = Ref(kind=Job.KIND, id=job.values["import_id"])
    parts = _parts(store, tenant, job, parent) if registry().holds(job.values["scenario"]) else ()
    # Of the import and not of this job: one that was stopped and taken up again is followed by a second job.
    once = act.model_copy(update={"key": f"{parent.id}.evaluate"})
    cause = EventType.SUBJECTS_IMPORTED.value
    return evaluate_in_parts(store, tenant, job, progress, parts, cause=cause, act_of=once.part)


def _parts(store: Store, tenant: TenantId, job: Job, parent: Ref) -> Iterator[Part]:
    scenario, after = job.values["scenario"], job.checkpoint.get("after", "")
    moving = moving_attributes(scenario)
    while events := store.jobs.events_after(tenant, parent, after, _EVENTS):
        after = events[-1].id
        yield [one.id for one in _moved(store, tenant, events, scenario, moving)], after


def moving_attributes(scenario: str) -> frozenset[str]:
    """Codes of the attributes whose change asks for an evaluation; none of a package that is no longer there."""
    return registry().get(scenario).manifest.moving_attributes if registry().holds(scenario) else frozenset()


def _moved(
    store: Store, tenant: TenantId, events: list[Event], scenario: str, moving: frozenset[str]
) -> Iterator[Subject]:
    """Those that were registered with one of the attributes, those of which one was changed, and those that joined."""
    changed: dict[str, bool] = {}
    for event in events:
        if event.type is EventType.SUBJECTS_IMPORTED:
            changed |= _told_of(event, moving)
    for subject in store.subjects.find_many(tenant, changed).values():
        told = subject.attributes(scenario) if subject.membership(scenario) else None
        if told is None or subject.is_tombstone:
            continue
        if changed[subject.id] or registry().get(scenario).manifest.tells_evaluation(told):
            yield subject


def _told_of(event: Event, moving: frozenset[str]) -> dict[str, bool]:
    """Subjects of one transaction of an import: False for a new one, and for a changed one only where it moved or came
    into the scenario. The event hashes new ones first, then the changed ones, both in the order of its rows."""
    ids, new = list(event.hashes), len(event.data["new"])
    moved = (bool((moving | {JOINED}) & before.keys()) for before in event.data["changed"].values())
    return dict.fromkeys(ids[:new], False) | {id: True for id, one in zip(ids[new:], moved, strict=True) if one}
