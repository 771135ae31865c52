"""Offer a subject to another tenant, or take the offer back before it is done."""

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.deadline import Due, deadline_rule, due_at
from chalicelib.domain.errors import FieldProblem, IllegalTransitionError, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.hand_over import Direction, HandOver, HandOverStep, OutboxMessage, SubjectProjection, Topic
from chalicelib.domain.public_tenant import PublicTenant
from chalicelib.domain.record import UtcTime
from chalicelib.domain.subject import Subject
from chalicelib.domain.tenancy import PLATFORM, TenantId, TenantKind
from chalicelib.services.idempotent import idempotent
from chalicelib.services.working_calendar import working_calendar
from chalicelib.storage.scope import ScopeRole, entered
from chalicelib.storage.store import Store

RULE = "hand_over_answer"
MAX_REASON = 400


def receivers(store: Store, tenant: TenantId) -> list[PublicTenant]:
    """Tenants that a subject can be handed to: those with a register of their own, from the public directory."""
    with entered(PLATFORM, ScopeRole.PUBLIC):
        found = store.public_tenants.directory(PLATFORM)
    kinds = {TenantKind.CITY, TenantKind.PARK}
    return [one for one in found if one.kind in kinds and one.id != tenant]


def answer_due(at: UtcTime) -> UtcTime | None:
    """By when an offer of this moment is to be answered; None while the year's calendar is missing."""
    due = due_at(deadline_rule(RULE, shanghai_date(at)), at, working_calendar())
    return due.due_at if isinstance(due, Due) else None


@idempotent
def offer_hand_over(
    store: Store, tenant: TenantId, act: Act, *, subject_id: str, receiver: TenantId, reason: str
) -> Subject:
    """The subject with the offer (`hand_over_id`) under way. The receiver sees a masked projection until it accepts.

    Raises InvalidInputError without a reason or for a receiver that there is not, IllegalTransitionError while another
    offer is under way or when the subject is not kept any more.
    """
    subject = store.subjects.get(tenant, subject_id)
    require(act.actor, Permission.SUBJECT_HAND_OVER, subject.resource)
    if subject.is_tombstone or subject.hand_over_id:
        raise IllegalTransitionError(state=subject.status.value, step="offer_hand_over")
    label = {one.id: one.label for one in receivers(store, tenant)}.get(receiver)
    problems = [] if label else [FieldProblem(field="receiver", code="unknown_choice" if receiver else "not_chosen")]
    problems += reason_problems(reason)
    if problems or label is None:
        raise InvalidInputError(problems)
    findings = [one for id in subject.all_ids for one in store.findings.of_subject(tenant, id)]
    offer = HandOver(
        direction=Direction.OUTGOING,
        subject_id=subject.id,
        projection=SubjectProjection.of(
            subject,
            open_findings=sum(one.state != "closed" for one in findings),
            visits=sum(len(store.visits.of_subject(tenant, id)) for id in subject.all_ids),
        ),
        other_tenant=receiver,
        other_label=label,
        reason=reason.strip(),
        offered_by=act.actor.person_id,
        offered_at=act.at,
        due_at=answer_due(act.at),
    )
    offered = subject.with_changes(hand_over_id=offer.id)
    sender = store.tenants.get(tenant, tenant)
    body: dict[str, object] = {
        "subject_id": subject.id,
        "projection": offer.projection.model_dump(mode="json"),
        "label": sender.label,
        "reason": offer.reason,
    }
    with store.change(tenant, act) as change:
        change.save(offered)
        change.save(offer)
        store.todos.replace(change, offer.ref, offer.todos())
        change.save(message(offer, Topic.HAND_OVER_OFFERED, receiver, body, act))
        data = {"hand_over_id": offer.id, "receiver": receiver}
        change.event(EventType.HAND_OVER_OFFERED, offered, data)
    return offered


@idempotent
def withdraw_hand_over(store: Store, tenant: TenantId, act: Act, *, hand_over_id: str) -> Subject:
    """The subject, at home again. Raises IllegalTransitionError when the offer is not waiting any more."""
    offer = store.hand_overs.get(tenant, hand_over_id)
    subject = store.subjects.get(tenant, offer.subject_id)
    require(act.actor, Permission.SUBJECT_HAND_OVER, subject.resource)
    if offer.direction is not Direction.OUTGOING:
        raise IllegalTransitionError(state=offer.state.value, step="withdraw")
    withdrawn = offer.moved(HandOverStep.WITHDRAW, answered_at=act.at)
    back = subject.with_changes(hand_over_id="")
    with store.change(tenant, act) as change:
        change.save(back)
        change.save(withdrawn)
        store.todos.replace(change, offer.ref, withdrawn.todos())
        change.save(message(offer, Topic.HAND_OVER_WITHDRAWN, offer.other_tenant, {}, act))
        change.event(EventType.HAND_OVER_WITHDRAWN, back, {"hand_over_id": offer.id})
    return back


def reason_problems(reason: str) -> list[FieldProblem]:
    if not reason.strip():
        return [FieldProblem(field="reason", code="reason_missing")]
    if len(reason.strip()) > MAX_REASON:
        return [FieldProblem(field="reason", code="text_too_long", details={"limit": MAX_REASON})]
    return []


def message(offer: HandOver, topic: Topic, receiver: TenantId, body: dict[str, object], act: Act) -> OutboxMessage:
    return OutboxMessage(topic=topic, receiver=receiver, about=offer.id, body=body, sent_at=act.at)
