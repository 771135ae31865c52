"""Start a visit on the premises: approved, certified, certificates shown."""

from datetime import datetime

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.visit import Visit
from chalicelib.services.idempotent import idempotent
from chalicelib.services.visit.move_visit import move_visit
from chalicelib.services.visit.preflight import check_preflight
from chalicelib.storage.store import Store


@idempotent
def start_visit(
    store: Store, tenant: TenantId, act: Act, *, visit_id: str, certificates_shown: bool, early_reason: str = ""
) -> Visit:
    """The started visit. early_reason: why it begins before its day; it stays in the visit's history.

    Raises IllegalTransitionError; its `missing` names inspection_is_approved, team_is_certified or
    certificates_are_shown. Raises InvalidInputError before its day without a reason.
    """
    visit = store.visits.get(tenant, visit_id)
    require(act.actor, Permission.VISIT_CONDUCT, visit.resource)
    early = _early(visit, act, early_reason)
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
            data={"certified": certified, **early},
            started_at=act.at,
        )


def is_early(visit: Visit, now: datetime) -> bool:
    """Whether the visit's day lies ahead: inspectors and subjects were told of another one."""
    return visit.state == "scheduled" and visit.scheduled_on is not None and shanghai_date(now) < visit.scheduled_on


def _early(visit: Visit, act: Act, reason: str) -> dict[str, str]:
    if not is_early(visit, act.at) or visit.scheduled_on is None:
        return {}
    day, said = visit.scheduled_on.isoformat(), reason.strip()
    if not said:
        raise InvalidInputError([FieldProblem(field="early_reason", code="visit_before_its_day", details={"day": day})])
    if len(said) > 500:
        raise InvalidInputError([FieldProblem(field="early_reason", code="too_long", details={"maximum": 500})])
    return {"scheduled_on": day, "reason": said}
