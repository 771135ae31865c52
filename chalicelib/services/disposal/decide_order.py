"""The head of the acting body decides on a draft, sends it back, gives more time, or lifts an order."""

from datetime import date
from typing import Any

from chalicelib.domain.access import Permission
from chalicelib.domain.act import Act
from chalicelib.domain.calendar import end_of_day, shanghai_date
from chalicelib.domain.disposal import Disposal, Extension, with_order_clock
from chalicelib.domain.disposal_order import DisposalOrder
from chalicelib.domain.errors import IllegalTransitionError
from chalicelib.domain.event import EventType
from chalicelib.domain.loop import machine
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.disposal.editions import Parties, edition_of
from chalicelib.services.disposal.order_grounds import (
    appraisal_problem,
    current_subject,
    registered_appraisal,
    unusable_bases,
)
from chalicelib.services.disposal.record_occurrence import happen, of_order
from chalicelib.services.disposal.writing import move_order, put_order, read_order, refused, stepped
from chalicelib.services.draw.problems import SecondPersonNeededError
from chalicelib.services.finding.move_finding import require_text
from chalicelib.services.idempotent import idempotent
from chalicelib.services.try_again import try_again
from chalicelib.storage import keys
from chalicelib.storage.store import Store


@idempotent
def decide_order(store: Store, tenant: TenantId, act: Act, *, order_id: str) -> DisposalOrder:
    """The decided order with its number, the next of its acting body in this year; of a body with a document code
    (机关代字) the next of the document's word.

    Raises SecondPersonNeededError (who drafted it), InvalidInputError (its own last day is over),
    IllegalTransitionError: its `missing` names a basis that does not
    hold or an appraisal that is no longer there, `bases` and `repealed` which.
    """
    order = read_order(store, tenant, act, order_id, Permission.ORDER_DECIDE)
    if act.actor.is_behind(order.drafted_by, order.drafted_for):
        raise SecondPersonNeededError(step="decide_order")
    edition, today = edition_of(store, tenant, order), shanghai_date(act.at)
    if order.due_on is not None and order.due_on < today:
        raise refused("due_on", "order_day_over", day=order.due_on.isoformat())
    bases = [edition.scenario.bases[one] for one in order.basis_ids]
    held = store.confirmations.of_scenario(tenant, order.scenario)
    waiting, repealed = unusable_bases(store, tenant, bases, held, today)
    document = edition.scenario.inspection.document(order.document_id)
    appraisal = None
    if document is not None and order.appraisal is not None:
        subject = current_subject(store, tenant, order.subject_id)
        appraisal = registered_appraisal(store, tenant, act, subject, edition, document)
    rests_on_facts = document is not None and document.may_rest_on_facts and bool(order.grounds)
    facts = {
        "legal_bases_are_confirmed": not waiting,
        "legal_bases_hold": not repealed,
        "appraisal_holds": document is None or rests_on_facts or not appraisal_problem(document, appraisal),
    }
    try:
        stepped(order, "decide_order", facts)
    except IllegalTransitionError as error:
        error.details["bases"] = [one.id for one in waiting]
        error.details["repealed"] = [one.id for one, _ in repealed]
        raise
    word = document.number_word if document is not None else ""
    own = store.acting_bodies.get(tenant, order.acting_body_id).document_code
    named = f"{own}{word}字" if own else ""
    series = keys.number_series(tenant, f"order.{order.acting_body_id}{'.' + word if named else ''}", today.year)

    def decide() -> DisposalOrder:
        taken = store.counted(series) + 1
        number = f"{named}〔{today.year}〕{taken}号"
        decided = stepped(
            order, "decide_order", facts, number=number, decided_by=act.actor.person_id, decided_at=act.at
        )
        with store.change(tenant, act) as change:
            put_order(store, change, decided)
            change.take_number(series, taken)
            change.event(EventType.ORDER_DECIDED, decided, {"number": number})
        return decided

    return try_again(decide, about="number")


@idempotent
def return_order(store: Store, tenant: TenantId, act: Act, *, order_id: str, reason: str) -> DisposalOrder:
    """The draft before its drafter again."""
    order = read_order(store, tenant, act, order_id, Permission.ORDER_DECIDE)
    said = require_text("reason", reason, 500)
    holds, data = {"has_reason": True}, {"reason": said}
    return move_order(store, tenant, act, order, "return_order", holds=holds, data=data, reason=said)


@idempotent
def extend_order(store: Store, tenant: TenantId, act: Act, *, order_id: str, until: date, reason: str) -> DisposalOrder:
    """The order with a later end, the end of that day. Raises InvalidInputError for a day that is not later."""
    order = read_order(store, tenant, act, order_id, Permission.ORDER_DECIDE)
    said, to_at = require_text("reason", reason, 500), end_of_day(until)
    if to_at < act.at or (order.due_at is not None and to_at <= order.due_at):
        raise refused("until", "date_not_later")
    given = Extension(from_at=order.due_at, to_at=to_at, reason=said, given_by=act.actor.person_id, given_at=act.at)
    disposal = store.disposals.get(tenant, order.disposal_id)
    clock = disposal.clock_of_order(order.id)
    moved = with_order_clock(
        disposal,
        order.id,
        due_at=to_at,
        told_at=None,
        extensions=(*(clock.extensions if clock else ()), given),
    )
    return move_order(
        store,
        tenant,
        act,
        order,
        "extend_order",
        holds={"has_reason": True},
        disposal=moved,
        data={"reason": said, "until": until.isoformat()},
        due_at=to_at,
        extensions=(*order.extensions, given),
    )


@idempotent
def lift_order(store: Store, tenant: TenantId, act: Act, *, order_id: str, reason: str) -> DisposalOrder:
    """The order that no longer binds; its clock stops. Of one that was served the lifting is written into the disposal
    as the occurrence that the package names."""
    order = read_order(store, tenant, act, order_id, Permission.ORDER_DECIDE)
    machine("disposal_order").transition(order.state, "lift_order")
    said = require_text("reason", reason, 500)
    disposal, data = _lifted(store, tenant, act, order) if order.service else (None, {})
    return move_order(
        store,
        tenant,
        act,
        order,
        "lift_order",
        holds={"has_reason": True},
        disposal=disposal,
        data=data | {"reason": said},
        reason=said,
        ended_at=act.at,
    )


def _lifted(store: Store, tenant: TenantId, act: Act, order: DisposalOrder) -> tuple[Disposal, dict[str, Any]]:
    """The disposal after the lifting, and what the event tells of it."""
    disposal = store.disposals.get(tenant, order.disposal_id)
    stopped = with_order_clock(disposal, order.id, stopped_by="order_lifted", stopped_at=act.at)
    rules = edition_of(store, tenant, order).scenario.inspection
    document = rules.document(order.document_id)
    if document is None or document.lifted_as is None:
        return stopped, {}
    happened = of_order(act, order, document.lifted_as, act.at)
    moved = happen(stopped, happened, rules, Parties.at(store, tenant, disposal.division), act.actor)
    return moved, {"disposal_id": disposal.id, "occurrence": document.lifted_as}
