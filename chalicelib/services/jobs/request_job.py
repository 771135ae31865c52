"""Ask for long work: the job's record and its event are the request; the stream hands it to the queue."""

from typing import Any

from chalicelib.domain.act import Act
from chalicelib.domain.event import EventType
from chalicelib.domain.job import Job
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.storage.store import Store


@idempotent
def request_job(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    name: str,
    values: dict[str, Any],
    told: dict[str, Any] | None = None,
) -> Job:
    """A queued job. The caller has checked that the actor may ask for it. told: facts for its event."""
    job = Job(name=name, values=values, requested_by=act.actor, requested_at=act.at)
    with store.change(tenant, act) as change:
        change.save(job)
        change.event(EventType.JOB_REQUESTED, job, {"name": name} | (told or {}))
    return job
