"""Ask for the result, once every beacon has its value."""

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.beacon import check_later_than
from chalicelib.domain.errors import IllegalTransitionError
from chalicelib.domain.job import Job
from chalicelib.domain.random_draw import DrawState, beacon_values
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.draw.logged import with_checkpoint
from chalicelib.services.draw.request_freeze import request_draw_job
from chalicelib.services.idempotent import idempotent
from chalicelib.storage.store import Store

COMPUTE_DRAW = "compute_draw"


@idempotent
def request_draw(store: Store, tenant: TenantId, act: Act, *, draw_id: str) -> Job:
    """The queued job. Raises IllegalTransitionError naming `every_beacon_is_known` when one is missing."""
    draw = store.draws.get(tenant, draw_id)
    require(act.actor, Permission.DRAW_RUN, draw.resource)
    values = beacon_values(draw)
    if draw.state is not DrawState.FROZEN or values is None:
        missing = ["every_beacon_is_known"] if draw.state is DrawState.FROZEN else []
        raise IllegalTransitionError(state=draw.state.value, step="record_draw", missing=missing)
    draw, checkpoint = with_checkpoint(store, tenant, draw)
    check_later_than(checkpoint.at, draw.beacons(), values)
    return request_draw_job(store, tenant, act, draw, COMPUTE_DRAW)
