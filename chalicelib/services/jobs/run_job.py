"""Run one job to its end: delivered twice it runs once, killed half-way it goes on where its markers say."""

from collections.abc import Callable
from typing import Any

from chalicelib.domain.act import Act
from chalicelib.domain.errors import InvalidInputError, YijianshiError
from chalicelib.domain.event import EventType
from chalicelib.domain.job import Job, JobState
from chalicelib.domain.record import Clock, timestamp
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage.errors import AlreadyDoneError, StorageUnavailableError
from chalicelib.storage.store import Store

Progress = Callable[[int, int], None]
Work = Callable[[Store, TenantId, Act, Job, Progress], dict[str, Any]]
"""A job's work: (store, tenant, act, job, progress(done, total)) → result. Each step uses `act.part(…)`."""


def run_job(store: Store, tenant: TenantId, job_id: str, work_of: Callable[[str], Work], clock: Clock) -> Job:
    """The finished job. A refusal of ours ends it as failed; a passing fault is raised, so that the queue retries."""
    job = store.jobs.get(tenant, job_id)
    if job.is_finished:
        return job

    def progress(done: int, total: int) -> None:
        nonlocal job
        job = _save(
            store, tenant, job, clock, EventType.JOB_PROGRESSED, state=JobState.RUNNING, progress=done, total=total
        )

    act = Act(actor=job.requested_by, at=clock(), key=job.id)
    try:
        result = work_of(job.name)(store, tenant, act, job, progress)
    except StorageUnavailableError:
        raise
    except YijianshiError as error:
        return _save(
            store,
            tenant,
            job,
            clock,
            EventType.JOB_FAILED,
            state=JobState.FAILED,
            error_code=error.code,
            error_details={name: str(value) for name, value in error.details.items()},
            error_problems=error.problems if isinstance(error, InvalidInputError) else [],
            finished_at=clock(),
        )
    return _save(
        store, tenant, job, clock, EventType.JOB_FINISHED, state=JobState.DONE, result=result, finished_at=clock()
    )


def _save(store: Store, tenant: TenantId, job: Job, clock: Clock, type: EventType, **changes: Any) -> Job:
    changed = job.with_changes(**changes)
    at = clock()
    act = Act(actor=job.requested_by, at=at, key=f"{job.id}.{job.version}.{type.value}")
    try:
        with store.change(tenant, act) as change:
            change.save(changed)
            change.event(type, changed, {"progress": changed.progress, "total": changed.total, "at": timestamp(at)})
    except AlreadyDoneError:
        return store.jobs.get(tenant, job.id)
    return changed
