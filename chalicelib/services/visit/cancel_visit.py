"""Cancel a visit that was not begun; what it counted against the annual caps is given back."""

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.visit import Visit
from chalicelib.services.idempotent import idempotent
from chalicelib.services.visit.move_visit import move_visit
from chalicelib.storage import keys
from chalicelib.storage.store import Store


@idempotent
def cancel_visit(store: Store, tenant: TenantId, act: Act, *, visit_id: str, reason: str) -> Visit:
    """The cancelled visit. Raises IllegalTransitionError once it has started or without a reason."""
    visit = store.visits.get(tenant, visit_id)
    require(act.actor, Permission.VISIT_SCHEDULE, visit.resource)
    facts = {"has_reason": bool(reason.strip())}
    operator = visit.subject.counted_as
    with store.change(tenant, act) as change:
        moved = move_visit(
            store, tenant, act, change, visit, "cancel_visit", facts=facts, data={"reason": reason.strip()}
        )
        if visit.scheduled_on:
            for body in visit.bodies:
                counter = keys.annual_cap(tenant, operator, body.acting_body_id, visit.scheduled_on.year)
                change.count(counter, name="annual_cap", by=-1)
    return moved
