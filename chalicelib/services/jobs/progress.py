"""How a job tells how far it is, and learns that it has to stop: cancelled, or its run's time is over."""

from datetime import datetime, timedelta
from typing import Any

from chalicelib.domain.act import Act
from chalicelib.domain.errors import ConflictError, YijianshiError
from chalicelib.domain.event import EventType
from chalicelib.domain.job import Job, JobState
from chalicelib.domain.record import Clock, timestamp
from chalicelib.domain.tenancy import TenantId
from chalicelib.storage.errors import AlreadyDoneError
from chalicelib.storage.store import Store

SAVED_EVERY = timedelta(seconds=5)
_CONFLICTS = 5


class PartOverError(YijianshiError):
    """This run's time is over; the job goes on from its checkpoint in the next."""

    code = "part_over"


class JobCancelledError(YijianshiError):
    """A person asked the job to stop, and it stands at a safe point."""

    code = "job_cancelled"


class JobEndedError(YijianshiError):
    """Another run of the same job has ended it meanwhile."""

    code = "job_ended"


class JobProgress:
    """`progress(done, total)` saves at once. `progress(done, total, checkpoint=…)` says besides that the job may stop
    here and go on from this checkpoint: it saves every five seconds and raises PartOverError or JobCancelledError.
    A job whose checkpoint costs something to make asks `is_due` first."""

    def __init__(self, store: Store, tenant: TenantId, job: Job, clock: Clock, stop_at: datetime | None = None) -> None:
        self._store, self._tenant, self._clock, self._stop_at = store, tenant, clock, stop_at
        self._saved_at: datetime | None = None
        self.job = job

    def __call__(self, done: int, total: int, checkpoint: dict[str, Any] | None = None) -> None:
        if checkpoint is not None and not self.is_due:
            return
        kept = {} if checkpoint is None else {"checkpoint": checkpoint}
        changes = {"state": JobState.RUNNING, "progress": done, "total": total} | kept
        self.save(EventType.JOB_PROGRESSED, **changes)
        if checkpoint is None:
            return
        if self.job.cancel_asked_at is not None:
            raise JobCancelledError()
        if self.is_over:
            raise PartOverError()

    @property
    def is_over(self) -> bool:
        """Whether this run's time is over."""
        return self._stop_at is not None and self._clock() >= self._stop_at

    @property
    def is_due(self) -> bool:
        """Whether a checkpoint would be saved now."""
        return self._saved_at is None or self.is_over or self._clock() >= self._saved_at + SAVED_EVERY

    def save(self, type: EventType, **changes: Any) -> Job:
        """The job with these changes, on top of what others changed meanwhile (a wish to cancel it). Raises
        JobEndedError when another run has ended it."""
        for _ in range(_CONFLICTS):
            at = self._clock()
            try:
                self.job = save_job(self._store, self._tenant, self.job, at, type, **changes)
            except ConflictError:
                self.job = self._store.jobs.get(self._tenant, self.job.id)
                if self.job.is_finished:
                    raise JobEndedError() from None
                continue
            self._saved_at = at
            return self.job
        raise ConflictError(kind=Job.KIND, id=self.job.id)


def save_job(store: Store, tenant: TenantId, job: Job, at: datetime, type: EventType, **changes: Any) -> Job:
    """The job's next version, on behalf of whoever asked for it; saved once for each version it had."""
    changed = job.with_changes(**changes)
    act = Act(actor=job.requested_by, at=at, key=f"{job.id}.{job.version}.{type.value}")
    try:
        with store.change(tenant, act) as change:
            change.save(changed)
            change.event(type, changed, {"progress": changed.progress, "total": changed.total, "at": timestamp(at)})
    except AlreadyDoneError:
        return store.jobs.get(tenant, job.id)
    return changed
