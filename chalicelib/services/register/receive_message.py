"""What a tenant's own worker does with a message in its inbox: once, and only if its sender may ask for it."""

from collections.abc import Callable

from chalicelib.domain.act import Act
from chalicelib.domain.event import EventType
from chalicelib.domain.hand_over import (
    Direction,
    HandOver,
    HandOverState,
    HandOverStep,
    InboxMessage,
    SubjectHome,
    SubjectProjection,
    Topic,
)
from chalicelib.domain.subject import DEFAULT_DRAW_GRADE, Subject, SubjectKind, SubjectStatus
from chalicelib.domain.tenancy import PLATFORM, TenantId
from chalicelib.services.register.answer_hand_over import claimed_code
from chalicelib.services.register.members import regroup_members
from chalicelib.services.register.offer_hand_over import answer_due, message
from chalicelib.services.register.plates import keep_plates
from chalicelib.storage.change import Change
from chalicelib.storage.errors import AlreadyDoneError
from chalicelib.storage.store import Store
from chalicelib.storage.subjects import CODE, PLATE

Handling = Callable[[Store, TenantId, Act, Change, InboxMessage], None]


def receive_message(store: Store, tenant: TenantId, act: Act, *, message_id: str) -> None:
    """The message is gone from the inbox in the same transaction. One that does not fit what this side knows of the
    hand-over (another sender, a state long past) changes nothing and goes too."""
    found = store.inbox.find(tenant, message_id)
    if found is None:
        return
    try:
        with store.change(tenant, act) as change:
            change.delete(found)
            _HANDLINGS[found.topic](store, tenant, act, change, found)
    except AlreadyDoneError:
        return


def _ignore(change: Change, found: InboxMessage) -> None:
    change.event(EventType.OUTBOX_CARRIED, found, {"topic": found.topic.value, "is_ignored": True})


def _known(store: Store, tenant: TenantId, found: InboxMessage, direction: Direction) -> HandOver | None:
    """The hand-over that the message is about, if it is one with its sender and still waits."""
    offer = store.hand_overs.find(tenant, found.about)
    fits = offer and offer.direction is direction and offer.other_tenant == found.sender and offer.is_waiting
    return offer if fits else None


def _offered(store: Store, tenant: TenantId, act: Act, change: Change, found: InboxMessage) -> None:
    if store.hand_overs.find(tenant, found.about) is not None:
        _ignore(change, found)
        return
    offer = HandOver(
        id=found.about,
        direction=Direction.INCOMING,
        subject_id=found.body["subject_id"],
        projection=SubjectProjection.model_validate(found.body["projection"]),
        other_tenant=found.sender,
        other_label=found.body["label"],
        reason=found.body["reason"],
        offered_by=found.sender,
        offered_at=found.sent_at,
        due_at=answer_due(found.sent_at),
    )
    change.save(offer)
    store.todos.replace(change, offer.ref, offer.todos())
    change.event(EventType.HAND_OVER_RECEIVED, offer, {"sender": found.sender})


def _withdrawn(store: Store, tenant: TenantId, act: Act, change: Change, found: InboxMessage) -> None:
    offer = _known(store, tenant, found, Direction.INCOMING)
    if offer is None:
        _ignore(change, found)
        return
    withdrawn = offer.moved(HandOverStep.WITHDRAW)
    change.save(withdrawn)
    store.todos.replace(change, offer.ref, withdrawn.todos())
    if offer.state is HandOverState.ACCEPTED and claimed_code(offer):
        change.release(CODE, claimed_code(offer))
    if offer.state is HandOverState.ACCEPTED and offer.projection.plate:
        change.release(PLATE, offer.projection.plate)
    change.event(EventType.HAND_OVER_WITHDRAWN, withdrawn, {"sender": found.sender})


def _answered(store: Store, tenant: TenantId, act: Act, change: Change, found: InboxMessage) -> None:
    offer = _known(store, tenant, found, Direction.OUTGOING)
    if offer is None:
        _ignore(change, found)
        return
    subject = store.subjects.get(tenant, offer.subject_id)
    if not found.body.get("is_accepted"):
        returned = offer.moved(HandOverStep.RETURN, answered_at=found.sent_at, answer=str(found.body.get("answer", "")))
        back = subject.with_changes(hand_over_id="")
        change.save(back)
        change.save(returned)
        store.todos.replace(change, offer.ref, returned.todos())
        change.event(EventType.HAND_OVER_RETURNED, back, {"hand_over_id": offer.id})
        return
    done = offer.moved(HandOverStep.COMPLETE, answered_at=found.sent_at)
    gone = subject.with_changes(
        status=SubjectStatus.HANDED_OVER,
        handed_to=offer.other_tenant,
        memberships=(),
        phone="",
        responsible_person="",
        responsible_people=(),
    )
    change.save(gone)
    regroup_members(change, store, tenant, gone)
    keep_plates(change, store, [(subject, gone)])
    change.save(done)
    store.todos.replace(change, offer.ref, done.todos())
    body: dict[str, object] = {"subject": subject.model_dump(mode="json")}
    change.save(message(offer, Topic.SUBJECT_DELIVERED, offer.other_tenant, body, act))
    moved: dict[str, object] = {"subject_id": subject.id, "receiver": offer.other_tenant}
    change.save(message(offer, Topic.SUBJECT_MOVED, PLATFORM, moved, act))
    data = {"hand_over_id": offer.id, "receiver": offer.other_tenant}
    change.event(EventType.SUBJECT_HANDED_OVER, gone, data)


def _delivered(store: Store, tenant: TenantId, act: Act, change: Change, found: InboxMessage) -> None:
    """The subject under the identifier that it had, in the scenarios that this tenant works with, graded anew. A tenant
    that had it once gets it back into the record that it kept."""
    offer = _known(store, tenant, found, Direction.INCOMING)
    if offer is None or offer.state is not HandOverState.ACCEPTED:
        _ignore(change, found)
        return
    enabled = set(store.tenants.get(tenant, tenant).scenarios)
    given = Subject.model_validate(found.body["subject"])
    kept = store.subjects.find(tenant, offer.subject_id)
    ungraded = {"draw_grade": DEFAULT_DRAW_GRADE, "is_default_grade": True}
    subject = given.with_changes(
        id=offer.subject_id,
        version=kept.version if kept else 0,
        division=offer.division,
        status=SubjectStatus.ACTIVE if given.is_tombstone else given.status,
        memberships=tuple(one.model_copy(update=ungraded) for one in given.memberships if one.scenario in enabled),
        photos=kept.photos if kept else (),
        absorbed=kept.absorbed if kept else (),
        hand_over_id="",
        handed_to="",
        source=f"hand_over:{found.sender}",
    )
    change.save(subject)
    regroup_members(change, store, tenant, subject)
    if subject.code and subject.kind is SubjectKind.COMPANY:
        change.claim(CODE, subject.code, subject.ref)
    _take_plate(store, tenant, change, offer, subject)
    change.save(offer.moved(HandOverStep.COMPLETE))
    change.event(EventType.SUBJECT_RECEIVED, subject, {"hand_over_id": offer.id, "sender": found.sender})


def _take_plate(store: Store, tenant: TenantId, change: Change, offer: HandOver, subject: Subject) -> None:
    """The plate was claimed when the offer was accepted. Where the sender has changed it since, the new one is claimed
    unless another vehicle has it: the message is never refused."""
    promised, plate = offer.projection.plate, subject.held_plate
    if promised and promised != plate:
        change.release(PLATE, promised)
    if plate and store.owner(tenant, PLATE, plate) in (None, subject.ref):
        change.claim(PLATE, plate, subject.ref)


def _moved(store: Store, tenant: TenantId, act: Act, change: Change, found: InboxMessage) -> None:
    """In tenant `platform`: only the tenant that has a subject can say that another has it now."""
    subject_id = str(found.body["subject_id"])
    home = store.subject_homes.find(tenant, subject_id)
    if tenant != PLATFORM or (home and home.tenant != found.sender):
        _ignore(change, found)
        return
    earlier = [*(home.earlier if home else []), found.sender]
    entry = SubjectHome(
        id=subject_id,
        version=home.version if home else 0,
        tenant=found.body["receiver"],
        earlier=earlier,
        since=found.sent_at,
    )
    change.save(entry)
    change.event(EventType.SUBJECT_HOME_MOVED, entry, {"sender": found.sender, "receiver": entry.tenant})


_HANDLINGS: dict[Topic, Handling] = {
    Topic.HAND_OVER_OFFERED: _offered,
    Topic.HAND_OVER_ANSWERED: _answered,
    Topic.HAND_OVER_WITHDRAWN: _withdrawn,
    Topic.SUBJECT_DELIVERED: _delivered,
    Topic.SUBJECT_MOVED: _moved,
}
