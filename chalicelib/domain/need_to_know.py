"""Who may know that a record is there at all: the one question that every way of telling asks.

Notifications, messages outside the site and pushed events ask it before they name a record to anybody; what a kind is
not listed for is told to nobody. A record whose people are named (an unannounced inspection's need-to-know list,
`known_to`) is told to these alone, whatever their office, and is pushed to no other system.
"""

from chalicelib.domain.access import NOTHING, Permission, allowed
from chalicelib.domain.record import Record
from chalicelib.domain.tenancy import Actor

P = Permission
READERS: dict[str, tuple[Permission, ...]] = {
    "inspection_plan": (P.PLAN_READ, P.TASK_APPROVE, P.OPINION_GIVE),
    "random_draw": (P.DRAW_READ, P.DRAW_SEED, P.DRAW_CONFIRM),
    "visit": (P.VISIT_READ, P.VISIT_CONDUCT),
    "patrol": (P.PATROL_READ,),
    "disposal": (P.DISPOSAL_READ,),
    "disposal_order": (P.DISPOSAL_READ, P.OWN_SUBJECT_READ),
    "finding": (P.FINDING_READ, P.OWN_SUBJECT_READ),
    "inspection_result": (P.RESULT_READ, P.OWN_SUBJECT_READ),
    "subject": (P.SUBJECT_READ, P.OWN_SUBJECT_READ),
    "hand_over": (P.SUBJECT_HAND_OVER,),
    "binding_request": (P.BINDING_CONFIRM,),
    "person": (P.PEOPLE_READ,),
    "access_change": (P.ACCESS_READ,),
    "login_binding": (P.ACCESS_CONFIRM, P.PEOPLE_MANAGE),
    "tenant": (P.TENANT_READ, P.METRIC_READ),
    "calendar_proposal": (P.TENANT_ONBOARD,),
    "tenant_closing": (P.TENANT_READ,),
    "limit_conflict": (P.LIMIT_SETTLE, P.LIMIT_DECIDE),
    "scenario_overlay": (P.OVERLAY_WRITE, P.OVERLAY_PUBLISH),
    "periodic_report": (P.REPORT_READ, P.OWN_SUBJECT_READ),
    "self_check": (P.SELF_CHECK_ANSWER,),
    "handbook_push": (P.HANDBOOK_PUSH, P.OWN_SUBJECT_READ),
    "webhook_endpoint": (P.WEBHOOK_MANAGE,),
}
"""Permissions any of which, over the record, lets somebody be told of it."""
_OWN = {"person": "id", "job": "requested_by"}
"""Kinds that whoever the record is of is told of, and the field that names them."""


def known_to(record: Record) -> frozenset[str] | None:
    """The people on the record's need-to-know list; None for a record that has none."""
    named = getattr(record, "known_to", None)
    return None if named is None else frozenset(named)


def may_know(actor: Actor, record: Record) -> bool:
    """Whether the access rules let this person be told that the record is there."""
    named = known_to(record)
    if named is not None:
        return actor.person_id in named
    if _is_own(actor, record):
        return True
    resource = getattr(record, "resource", NOTHING)
    return any(allowed(actor, one, resource) for one in READERS.get(record.KIND, ()))


def may_leave(record: Record) -> bool:
    """Whether other systems may be told of it: an endpoint is nobody on a need-to-know list."""
    return known_to(record) is None


def _is_own(actor: Actor, record: Record) -> bool:
    held = getattr(record, _OWN[record.KIND]) if record.KIND in _OWN else None
    return actor.person_id == getattr(held, "person_id", held)
