"""Run one job: delivered twice it runs once, killed half-way it goes on where its checkpoint and markers say, and what
takes longer than a function lives is handed on from run to run."""

from collections.abc import Callable
from datetime import datetime
from typing import Any

from chalicelib.domain.act import Act
from chalicelib.domain.errors import InvalidInputError, YijianshiError
from chalicelib.domain.event import EventType
from chalicelib.domain.job import CANCELLABLE, Job, JobState
from chalicelib.domain.record import Clock
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.jobs.progress import JobCancelledError, JobEndedError, JobProgress, PartOverError
from chalicelib.storage.errors import StorageUnavailableError
from chalicelib.storage.store import Store

Progress = JobProgress
Work = Callable[[Store, TenantId, Act, Job, JobProgress], dict[str, Any]]
"""A job's work: (store, tenant, act, job, progress) → result. Each step uses `act.part(…)`; see JobProgress."""


def run_job(
    store: Store,
    tenant: TenantId,
    job_id: str,
    work_of: Callable[[str], Work],
    clock: Clock,
    *,
    stop_at: datetime | None = None,
    is_last: bool = False,
) -> Job:
    """The job after this run: finished, or still running and handed on (its event brings it to the queue again).

    A refusal of ours ends it as failed; a passing fault is raised, so that the queue retries. is_last: the queue gives
    up after this run, so a job that a person may let go on ends as failed besides, instead of seeming at work for ever.
    """
    job = store.jobs.get(tenant, job_id)
    if job.is_finished:
        return job
    progress = JobProgress(store, tenant, job, clock, stop_at)
    act = Act(actor=job.requested_by, at=clock(), key=job.id)
    try:
        result = work_of(job.name)(store, tenant, act, job, progress)
        return progress.save(EventType.JOB_FINISHED, state=JobState.DONE, result=result, finished_at=clock())
    except PartOverError:
        return progress.save(EventType.JOB_CONTINUED, parts=progress.job.parts + 1)
    except JobCancelledError:
        return progress.save(EventType.JOB_CANCELLED, state=JobState.CANCELLED, finished_at=clock())
    except JobEndedError:
        return store.jobs.get(tenant, job_id)
    except Exception as error:
        is_refusal = isinstance(error, YijianshiError) and not isinstance(error, StorageUnavailableError)
        if is_refusal or (is_last and job.name in CANCELLABLE):
            failed = _fail(progress, error, clock())
        if is_refusal:
            return failed
        raise


def _fail(progress: JobProgress, error: Exception, at: datetime) -> Job:
    details = error.details if isinstance(error, YijianshiError) else {}
    return progress.save(
        EventType.JOB_FAILED,
        state=JobState.FAILED,
        error_code=error.code if isinstance(error, YijianshiError) else "unexpected",
        error_details={name: str(value) for name, value in details.items()},
        error_problems=error.problems if isinstance(error, InvalidInputError) else [],
        finished_at=at,
    )
