"""Accept a subject that another tenant offers, or return it with a reason."""

from chalicelib.domain.access import Permission, Resource, require
from chalicelib.domain.act import Act
from chalicelib.domain.division import covers_any, is_known
from chalicelib.domain.errors import AlreadyExistsError, FieldProblem, IllegalTransitionError, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.hand_over import Direction, HandOver, HandOverStep, Topic
from chalicelib.domain.record import Ref
from chalicelib.domain.subject import Subject, SubjectKind
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.idempotent import idempotent
from chalicelib.services.register.offer_hand_over import message, reason_problems
from chalicelib.services.register.plates import is_of_plate
from chalicelib.storage.store import Store
from chalicelib.storage.subjects import CODE, PLATE


@idempotent
def accept_hand_over(store: Store, tenant: TenantId, act: Act, *, hand_over_id: str, division: str) -> HandOver:
    """Accepted; the copy follows by way of the courier. division: where this tenant puts the subject.

    Its code and its plate are claimed at once. Raises InvalidInputError for a division that is not this tenant's, and
    when either is registered here already: the two are duplicates, which is for the sender to know.
    """
    offer = _waiting(store, tenant, act, hand_over_id)
    home = store.tenants.get(tenant, tenant)
    if not division or not is_known(division) or not covers_any(home.divisions, division):
        code = "unknown_choice" if division else "not_chosen"
        raise InvalidInputError([FieldProblem(field="division", code=code)])
    require(act.actor, Permission.SUBJECT_HAND_OVER, Resource(divisions=frozenset({division})))
    accepted = offer.moved(HandOverStep.ACCEPT, answered_at=act.at, division=division)
    body: dict[str, object] = {"is_accepted": True}
    try:
        with store.change(tenant, act) as change:
            change.save(accepted)
            if claimed_code(offer):
                change.claim(CODE, claimed_code(offer), Ref(kind=Subject.KIND, id=offer.subject_id))
            if offer.projection.plate:
                change.claim(PLATE, offer.projection.plate, Ref(kind=Subject.KIND, id=offer.subject_id))
            store.todos.replace(change, offer.ref, accepted.todos())
            change.save(message(offer, Topic.HAND_OVER_ANSWERED, offer.other_tenant, body, act))
            change.event(EventType.HAND_OVER_ACCEPTED, accepted, {"division": division})
    except AlreadyExistsError as error:
        field, code = ("plate", "plate_taken") if is_of_plate(error) else ("code", "already_registered")
        problem = FieldProblem(field=field, code=code, details={"value": str(error.details["identity"])})
        raise InvalidInputError([problem]) from error
    return accepted


@idempotent
def return_hand_over(store: Store, tenant: TenantId, act: Act, *, hand_over_id: str, reason: str) -> HandOver:
    """Returned to its sender. Raises InvalidInputError without a reason."""
    offer = _waiting(store, tenant, act, hand_over_id)
    if problems := reason_problems(reason):
        raise InvalidInputError(problems)
    returned = offer.moved(HandOverStep.RETURN, answered_at=act.at, answer=reason.strip())
    body: dict[str, object] = {"is_accepted": False, "answer": returned.answer}
    with store.change(tenant, act) as change:
        change.save(returned)
        store.todos.replace(change, offer.ref, returned.todos())
        change.save(message(offer, Topic.HAND_OVER_ANSWERED, offer.other_tenant, body, act))
        change.event(EventType.HAND_OVER_RETURNED, returned, {})
    return returned


def claimed_code(offer: HandOver) -> str:
    """The code under which an accepted subject is unique, "" for a kind without one."""
    return (offer.projection.code or "") if offer.projection.kind == SubjectKind.COMPANY else ""


def _waiting(store: Store, tenant: TenantId, act: Act, hand_over_id: str) -> HandOver:
    offer = store.hand_overs.get(tenant, hand_over_id)
    require(act.actor, Permission.SUBJECT_HAND_OVER, offer.resource)
    if offer.direction is not Direction.INCOMING:
        raise IllegalTransitionError(state=offer.state.value, step="answer_hand_over")
    return offer
