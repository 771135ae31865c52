"""Start a visit on the premises: approved, certified, certificates shown."""

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.visit import Visit
from chalicelib.services.idempotent import idempotent
from chalicelib.services.visit.move_visit import move_visit
from chalicelib.services.visit.preflight import check_preflight
from chalicelib.storage.store import Store


@idempotent
def start_visit(store: Store, tenant: TenantId, act: Act, *, visit_id: str, certificates_shown: bool) -> Visit:
    """The started visit. Raises IllegalTransitionError; its `missing` names inspection_is_approved, team_is_certified
    or certificates_are_shown."""
    visit = store.visits.get(tenant, visit_id)
    require(act.actor, Permission.VISIT_CONDUCT, visit.resource)
    preflight = check_preflight(store, tenant, visit, act.at)
    facts = {
        "inspection_is_approved": preflight.is_approved,
        "team_is_certified": preflight.is_certified,
        "certificates_are_shown": certificates_shown,
    }
    certified = {body.acting_body_id: body.certified for body in preflight.bodies}
    with store.change(tenant, act) as change:
        return move_visit(
            store,
            tenant,
            act,
            change,
            visit,
            "start_visit",
            facts=facts,
            data={"certified": certified},
            started_at=act.at,
        )
