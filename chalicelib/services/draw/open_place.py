"""Openings: a subject's own place in a draw after its inspection, and everybody's for overseers and auditors."""

from chalicelib.domain.access import Permission, Resource, require
from chalicelib.domain.act import Act
from chalicelib.domain.draw_blind import OpeningRole
from chalicelib.domain.draw_opening import FullOpening, Opening, open_blinds, open_everything
from chalicelib.domain.errors import IllegalTransitionError, RecordNotFoundError
from chalicelib.domain.event import EventType
from chalicelib.domain.random_draw import DrawState, RandomDraw
from chalicelib.domain.tenancy import Actor, TenantId
from chalicelib.services.draw.drawn_subjects import result_of
from chalicelib.services.draw.read_frozen import frozen_officers, frozen_subjects, read_salt
from chalicelib.storage.errors import AlreadyDoneError
from chalicelib.storage.store import Store


def open_place(store: Store, tenant: TenantId, actor: Actor, *, draw_id: str, subject_id: str) -> Opening:
    """The opening for one subject: which row of the public pool, or of the exclusions, is its own.

    Given once its visit is concluded, or for one that was not drawn once the plan is closed or the draw void: before
    that, a subject that knows its blind would know whether it is going to be inspected. IllegalTransitionError until
    then; RecordNotFoundError for a subject that the draw does not know.
    """
    require(actor, Permission.OWN_SUBJECT_READ, Resource(subjects=frozenset({subject_id})))
    draw = store.draws.get(tenant, draw_id)
    if draw.commitment is None:
        raise RecordNotFoundError(kind=RandomDraw.KIND, id=draw_id)
    if not _is_over(store, tenant, draw, subject_id):
        raise IllegalTransitionError(state=draw.state.value, step="open_place", missing=["visit_is_concluded"])
    identifiers = [s.subject_id for s in frozen_subjects(store, tenant, draw)]
    if subject_id not in identifiers:
        raise RecordNotFoundError(kind="subject", id=subject_id)
    salt = read_salt(store, tenant, draw)
    return open_blinds(draw.id, salt, OpeningRole.SUBJECT, identifiers, {subject_id})[0]


def _is_over(store: Store, tenant: TenantId, draw: RandomDraw, subject_id: str) -> bool:
    if draw.state is DrawState.VOID:
        return True
    if draw.state is not DrawState.DRAWN:
        return False
    if any(each.subject.subject_id == subject_id for each in result_of(store, tenant, draw)):
        visits = [v for v in store.visits.of_plan(tenant, draw.plan_id) if v.subject.subject_id == subject_id]
        return any(visit.concluded_at or visit.state == "cancelled" for visit in visits)
    return store.plans.get(tenant, draw.plan_id).state == "closed"


def open_all(store: Store, tenant: TenantId, act: Act, *, draw_id: str) -> FullOpening:
    """Salt and every identifier, for whoever audits the draw; that it was handed out is an event of the draw."""
    draw = store.draws.get(tenant, draw_id)
    require(act.actor, Permission.DRAW_AUDIT, draw.resource)
    if draw.state not in (DrawState.DRAWN, DrawState.VOID) or draw.commitment is None:
        raise IllegalTransitionError(state=draw.state.value, step="open_all")
    opening = open_everything(
        draw.id,
        read_salt(store, tenant, draw),
        (s.subject_id for s in frozen_subjects(store, tenant, draw)),
        (officer.person for officer in frozen_officers(store, tenant, draw)),
    )
    try:
        with store.change(tenant, act) as change:
            change.event(EventType.DRAW_UNBLINDED, draw, {"subjects": len(opening.subjects)})
    except AlreadyDoneError:
        return opening
    return opening
