"""Stop a job that a person no longer wants: at once while it waits, at its next safe point while it runs."""

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.act import Act
from chalicelib.domain.errors import IllegalTransitionError, RecordNotFoundError
from chalicelib.domain.event import EventType
from chalicelib.domain.job import Job, JobState
from chalicelib.domain.tenancy import Actor, TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.storage.store import Store


def may_see(actor: Actor, job: Job) -> bool:
    """Who asked for it, and the coordinators of the whole tenant; those of one county see only their own."""
    if job.requested_by.person_id == actor.person_id:
        return True
    return actor.division is None and allowed(actor, Permission.PLAN_WRITE)


def read_job(store: Store, tenant: TenantId, actor: Actor, job_id: str) -> Job:
    """The job; RecordNotFoundError also for somebody else's."""
    job = store.jobs.get(tenant, job_id)
    if not may_see(actor, job):
        raise RecordNotFoundError(kind=Job.KIND, id=job_id)
    return job


@idempotent
def cancel_job(store: Store, tenant: TenantId, act: Act, *, job_id: str) -> Job:
    """The job, cancelled or asked to stop. Raises IllegalTransitionError when it has ended or cannot be stopped."""
    job = read_job(store, tenant, act.actor, job_id)
    if not job.is_cancellable:
        raise IllegalTransitionError(state=job.state.value, step="cancel_job")
    is_waiting = job.state is JobState.QUEUED
    changes = {"state": JobState.CANCELLED, "finished_at": act.at} if is_waiting else {}
    changed = job.with_changes(cancel_asked_at=act.at, **changes)
    with store.change(tenant, act) as change:
        change.save(changed)
        change.event(EventType.JOB_CANCELLED if is_waiting else EventType.JOB_CANCEL_ASKED, changed)
    return changed


@idempotent
def retry_job(store: Store, tenant: TenantId, act: Act, *, job_id: str) -> Job:
    """The job, waiting again to go on from its checkpoint. Raises IllegalTransitionError unless it failed or was
    cancelled."""
    job = read_job(store, tenant, act.actor, job_id)
    if not job.is_retryable:
        raise IllegalTransitionError(state=job.state.value, step="retry_job")
    changed = job.with_changes(
        state=JobState.QUEUED,
        cancel_asked_at=None,
        finished_at=None,
        error_code=None,
        error_details={},
        error_problems=[],
    )
    with store.change(tenant, act) as change:
        change.save(changed)
        change.event(EventType.JOB_RETRIED, changed)
    return changed
