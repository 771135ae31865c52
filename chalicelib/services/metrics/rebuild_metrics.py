"""Count every record once more: after a metric was added or changed, or to be sure of the figures."""

from collections.abc import Iterator
from typing import Any

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.job import Job
from chalicelib.domain.metric import NOW
from chalicelib.domain.record import Ref
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.jobs.request_job import request_job
from chalicelib.services.jobs.run_job import Progress
from chalicelib.services.metrics.count_record import count_record
from chalicelib.storage.store import Store

JOB = "rebuild_metrics"
FIRST_YEAR = 2020
_TOLD_EVERY = 100


def request_rebuild(store: Store, tenant: TenantId, act: Act) -> Job:
    """The queued job. Raises NotAllowedError for who may not see figures."""
    require(act.actor, Permission.METRIC_READ)
    return request_job(store, tenant, act, name=JOB, values={})


def rebuild_metrics(store: Store, tenant: TenantId, act: Act, job: Job, progress: Progress) -> dict[str, Any]:
    """Work of `rebuild_metrics`. It may be killed and run again: what is counted already changes nothing."""
    counted = 0
    for ref in _counted(store, tenant, shanghai_date(act.at).year + 1):
        count_record(store, tenant, ref)
        counted += 1
        if counted % _TOLD_EVERY == 0:
            progress(counted, 0)
    return {"counted": counted, "emptied": store.metrics.sweep_zeros(tenant, NOW)}


def _counted(store: Store, tenant: TenantId, last_year: int) -> Iterator[Ref]:
    """Every record that a figure may count, plan by plan."""
    yield from (person.ref for person in store.people.every(tenant))
    for year in range(FIRST_YEAR, last_year + 1):
        for plan in store.plans.every_of_year(tenant, year):
            yield plan.ref
            yield from (draw.ref for draw in store.draws.of_plan(tenant, plan.id))
            yield from (visit.ref for visit in store.visits.of_plan(tenant, plan.id))
            yield from (finding.ref for finding in store.findings.of_plan(tenant, plan.id))
            yield from (result.ref for result in store.results.of_plan(tenant, plan.id))
