"""An order is served, reported as done by the subject, and confirmed as done by the acting body."""

from collections.abc import Sequence
from datetime import datetime

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.disposal import Disposal, day_clock
from chalicelib.domain.disposal_order import DisposalOrder, Fulfilment, Service, ServiceWay
from chalicelib.domain.errors import FieldProblem, InvalidInputError, RecordNotFoundError, collecting
from chalicelib.domain.loop import machine
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.disposal.draft_order import term_of
from chalicelib.services.disposal.editions import Parties, edition_of
from chalicelib.services.disposal.record_occurrence import happen, of_order
from chalicelib.services.disposal.writing import (
    check_evidence,
    happened_at,
    keep_evidence,
    move_order,
    note_of,
    read_order,
    refused,
)
from chalicelib.services.finding.move_finding import require_text
from chalicelib.services.idempotent import idempotent
from chalicelib.storage.store import Store

_SERVED, _FULFILLED = "order_served", "order_fulfilled"


@idempotent
def serve_order(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    order_id: str,
    way: str,
    received_by: str,
    at: datetime | None = None,
    note: str = "",
    files: Sequence[bytes] = (),
) -> DisposalOrder:
    """The served order; its service is written into the disposal as the occurrence that the package names, by which
    its clock starts. Raises InvalidInputError with every wrong field, also when the last day that it names was over on
    the day of service; IllegalTransitionError."""
    order = read_order(store, tenant, act, order_id, Permission.ORDER_HANDLE)
    machine("disposal_order").transition(order.state, "serve_order")
    problems: list[FieldProblem] = []
    received, when, said = "", act.at, ""
    if way not in list(ServiceWay):
        problems += refused("way", "unknown_choice", value=way[:40]).problems
    with collecting(problems):
        received = require_text("received_by", received_by, 60)
    with collecting(problems):
        when = happened_at("at", at, act.at, order.decided_at)
        if order.due_on is not None and order.due_on < shanghai_date(when):
            raise refused("at", "order_day_over_at_service", day=order.due_on.isoformat())
    with collecting(problems):
        said = note_of(note)
    with collecting(problems):
        check_evidence("files", files)
    if problems:
        raise InvalidInputError(problems)
    service = Service(
        way=ServiceWay(way),
        received_by=received,
        at=when,
        recorded_at=act.at,
        by=act.actor.person_id,
        text=said,
        evidence=keep_evidence(store, tenant, DisposalOrder.KIND, "files", files),
    )
    disposal = _served(store, tenant, act, order, service)
    clock = disposal.clock_of_order(order.id)
    return move_order(
        store,
        tenant,
        act,
        order,
        "serve_order",
        disposal=disposal,
        data={"way": way, "disposal_id": disposal.id, "occurrence": disposal.occurrences[-1].occurrence_id},
        files=service.evidence,
        service=service,
        due_at=clock.due_at if clock else None,
    )


def _served(store: Store, tenant: TenantId, act: Act, order: DisposalOrder, service: Service) -> Disposal:
    disposal = store.disposals.get(tenant, order.disposal_id)
    rules = edition_of(store, tenant, order).scenario.inspection
    document = rules.document(order.document_id)
    name = document.served_as if document and document.served_as else _SERVED
    happened = of_order(act, order, name, service.at)
    parties = Parties.at(store, tenant, disposal.division)
    term = term_of(rules, document) if document else None
    moved = happen(disposal, happened, rules, parties, act.actor, term)
    if order.due_on is None:
        return moved
    clock = day_clock(order.document_id, happened, order.due_on, (order.acting_body_id,))
    return moved.with_changes(clocks=(*moved.clocks, clock))


@idempotent
def report_fulfilment(
    store: Store, tenant: TenantId, act: Act, *, order_id: str, text: str, files: Sequence[bytes]
) -> DisposalOrder:
    """The order with what the subject says it did. Raises RecordNotFoundError for an order that is not theirs or was
    never served, InvalidInputError without words or photos."""
    order = store.disposal_orders.get(tenant, order_id)
    if not order.is_shown_to_subject:
        raise RecordNotFoundError(kind=DisposalOrder.KIND, id=order_id)
    require(act.actor, Permission.RECTIFICATION_SUBMIT, order.resource)
    machine("disposal_order").transition(order.state, "report_fulfilment")
    said = _said(text, files, is_file_needed=True)
    kept = keep_evidence(store, tenant, DisposalOrder.KIND, "files", files)
    report = Fulfilment(by=act.actor.person_id, at=act.at, text=said, evidence=kept)
    return move_order(
        store,
        tenant,
        act,
        order,
        "report_fulfilment",
        holds={"has_evidence": True},
        files=kept,
        reports=(*order.reports, report)[-20:],
        reason="",
    )


@idempotent
def return_fulfilment(store: Store, tenant: TenantId, act: Act, *, order_id: str, reason: str) -> DisposalOrder:
    """The order not done yet, although the subject said so."""
    order = read_order(store, tenant, act, order_id, Permission.ORDER_HANDLE)
    said = require_text("reason", reason, 500)
    holds, data = {"has_reason": True}, {"reason": said}
    return move_order(store, tenant, act, order, "return_fulfilment", holds=holds, data=data, reason=said)


@idempotent
def fulfil_order(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    order_id: str,
    text: str,
    at: datetime | None = None,
    files: Sequence[bytes] = (),
) -> DisposalOrder:
    """The order as done, seen by the acting body: its clock stops, and what the package starts by it begins. Files are
    needed unless the subject sent some."""
    order = read_order(store, tenant, act, order_id, Permission.ORDER_HANDLE)
    machine("disposal_order").transition(order.state, "fulfil_order")
    said = _said(text, files, is_file_needed=not any(one.evidence for one in order.reports))
    when = happened_at("at", at, act.at, order.service.at if order.service else None)
    kept = keep_evidence(store, tenant, DisposalOrder.KIND, "files", files)
    disposal = store.disposals.get(tenant, order.disposal_id)
    rules = edition_of(store, tenant, order).scenario.inspection
    document = rules.document(order.document_id)
    name = document.fulfilled_as if document and document.fulfilled_as else _FULFILLED
    happened = of_order(act, order, name, when)
    moved = happen(disposal, happened, rules, Parties.at(store, tenant, disposal.division), act.actor)
    return move_order(
        store,
        tenant,
        act,
        order,
        "fulfil_order",
        holds={"fulfilment_is_seen": True},
        disposal=moved,
        data={"disposal_id": disposal.id, "occurrence": name},
        files=kept,
        fulfilment=Fulfilment(by=act.actor.person_id, at=when, text=said, evidence=kept),
        ended_at=act.at,
        reason="",
    )


def _said(text: str, files: Sequence[bytes], *, is_file_needed: bool) -> str:
    """What was done, in words. Raises InvalidInputError: of the words and of the files at once."""
    problems: list[FieldProblem] = []
    said = ""
    with collecting(problems):
        said = require_text("text", text, 1000)
    with collecting(problems):
        check_evidence("files", files)
    if is_file_needed and not files:
        problems += refused("files", "file_missing").problems
    if problems:
        raise InvalidInputError(problems)
    return said
