"""Ask for the pool to be frozen: checked at once, done by a job, because pools can be large."""

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.beacon import BeaconSet
from chalicelib.domain.checkpoint import utc_text
from chalicelib.domain.errors import ConflictError, IllegalTransitionError
from chalicelib.domain.event import EventType
from chalicelib.domain.job import Job
from chalicelib.domain.loop import machine
from chalicelib.domain.plan import InspectionPlan
from chalicelib.domain.random_draw import DrawState, RandomDraw
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.draw.open_draw import LOGGING_TIME, active_tasks
from chalicelib.services.draw.problems import refuse
from chalicelib.services.draw.save_draw import put_draw
from chalicelib.services.idempotent import idempotent
from chalicelib.storage.store import Store

FREEZE_POOL = "freeze_pool"


def check_freezable(plan: InspectionPlan, draw: RandomDraw, *, pool: int = 1) -> str:
    """The plan's state after freezing. Raises IllegalTransitionError, naming the facts that do not hold."""
    tasks = active_tasks(plan)
    facts = {
        "every_task_is_approved": bool(tasks) and all(task.state == "approved" for task in tasks),
        "pool_is_not_empty": pool > 0,
    }
    return machine("loop").advance(plan.state, "freeze_pool", facts=facts)


@idempotent
def request_freeze(store: Store, tenant: TenantId, act: Act, *, draw_id: str) -> Job:
    """The queued job. Every department has committed its seed, and nothing falls due before the log can sign."""
    draw = store.draws.get(tenant, draw_id)
    require(act.actor, Permission.DRAW_RUN, draw.resource)
    if draw.state is not DrawState.OPEN:
        raise IllegalTransitionError(state=draw.state.value, step="freeze_pool")
    check_freezable(store.plans.get(tenant, draw.plan_id), draw)
    if draw.uncommitted:
        raise refuse("seeds", "seed_not_committed", source=draw.uncommitted[0].source)
    beacons = BeaconSet(beacons=draw.beacons()).beacons
    earliest = utc_text(act.at + LOGGING_TIME)
    if min(beacon.due_at for beacon in beacons) <= earliest:
        raise refuse("beacons", "beacon_too_early")
    return request_draw_job(store, tenant, act, draw, FREEZE_POOL)


def request_draw_job(store: Store, tenant: TenantId, act: Act, draw: RandomDraw, name: str) -> Job:
    """Queue a job of this draw; ConflictError while an earlier one is still at work."""
    if draw.job_id:
        running = store.jobs.find(tenant, draw.job_id)
        if running is not None and not running.is_finished:
            raise ConflictError(kind=Job.KIND, id=running.id)
    job = Job(name=name, values={"draw_id": draw.id}, requested_by=act.actor, requested_at=act.at)
    with store.change(tenant, act) as change:
        change.save(job)
        put_draw(store, change, draw.with_changes(job_id=job.id))
        change.event(EventType.JOB_REQUESTED, job, {"name": name, "draw_id": draw.id})
    return job
