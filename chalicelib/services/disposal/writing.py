"""What every step of a disposal or an order writes: records, what waits at them, one event."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.disposal import MAX_FILES, Disposal
from chalicelib.domain.disposal_order import DisposalOrder, order_todos
from chalicelib.domain.disposal_todo import disposal_todos
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.loop import Facts, machine
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.visit_evidence import DOCUMENT_TYPES, MAX_FORM_BYTES, check_file
from chalicelib.services.register.subject_photos import keep_files
from chalicelib.storage.change import Change
from chalicelib.storage.store import Store

_ORDER_OPEN = "order_open"
_LONGEST_NOTE = 1000


def put_disposal(store: Store, change: Change, disposal: Disposal) -> None:
    change.save(disposal)
    store.todos.replace(change, disposal.ref, disposal_todos(disposal, change.act.at))


def save_disposal(
    store: Store,
    tenant: TenantId,
    act: Act,
    disposal: Disposal,
    type: EventType,
    data: dict[str, Any],
    files: Sequence[str] = (),
) -> Disposal:
    with store.change(tenant, act) as change:
        put_disposal(store, change, disposal)
        change.event(type, disposal, data, hashes_of(files))
    return disposal


def move_order(
    store: Store,
    tenant: TenantId,
    act: Act,
    order: DisposalOrder,
    step: str,
    *,
    holds: Facts | None = None,
    disposal: Disposal | None = None,
    data: dict[str, Any] | None = None,
    files: Sequence[str] = (),
    **changes: Any,
) -> DisposalOrder:
    """The order after the step, written with its disposal where that changes too. holds: the facts that the machine
    asks for; `changes` may hold a field of any other name. Raises IllegalTransitionError."""
    moved = stepped(order, step, holds or {}, **changes)
    with store.change(tenant, act) as change:
        put_order(store, change, moved)
        if disposal is not None:
            put_disposal(store, change, disposal)
        change.event(machine("disposal_order").transition(order.state, step).event, moved, data, hashes_of(files))
    return moved


def stepped(order: DisposalOrder, step: str, holds: Facts, **changes: Any) -> DisposalOrder:
    return order.with_changes(state=machine("disposal_order").advance(order.state, step, facts=holds), **changes)


def put_order(store: Store, change: Change, order: DisposalOrder) -> None:
    """A disposal has at most one open order of each document: AlreadyExistsError at commit for another."""
    if not order.version:
        change.claim(_ORDER_OPEN, f"{order.disposal_id}.{order.document_id}", order.ref)
    elif not order.is_open:
        change.release(_ORDER_OPEN, f"{order.disposal_id}.{order.document_id}")
    change.save(order)
    store.todos.replace(change, order.ref, order_todos(order))


def rehang_order(change: Change, order: DisposalOrder, disposal_id: str) -> None:
    """The open order under the disposal that its own was joined to."""
    change.release(_ORDER_OPEN, f"{order.disposal_id}.{order.document_id}")
    change.claim(_ORDER_OPEN, f"{disposal_id}.{order.document_id}", order.ref)
    change.save(order.with_changes(disposal_id=disposal_id))


def read_order(store: Store, tenant: TenantId, act: Act, order_id: str, permission: Permission) -> DisposalOrder:
    """The order when this actor may take such a step: people of the body in whose name it is; a decision is made by
    its head alone, never by the department's."""
    order = store.disposal_orders.get(tenant, order_id)
    is_decision = permission is Permission.ORDER_DECIDE
    require(act.actor, permission, order.head_office if is_decision else order.office)
    return order


def check_evidence(field: str, files: Sequence[bytes]) -> None:
    """Raises InvalidInputError: too_many_files, and for a file that is no photo or PDF."""
    if len(files) > MAX_FILES:
        raise refused(field, "too_many_files", maximum=MAX_FILES)
    for one in files:
        check_file(field, one, DOCUMENT_TYPES, MAX_FORM_BYTES)


def keep_evidence(store: Store, tenant: TenantId, kind: str, field: str, files: Sequence[bytes]) -> tuple[str, ...]:
    """SHA-256 (hex) of stored photos or PDFs. Raises InvalidInputError as `check_evidence`."""
    check_evidence(field, files)
    return keep_files(store, tenant, kind, field, files, DOCUMENT_TYPES)


def hashes_of(files: Sequence[str]) -> dict[str, str]:
    return {f"evidence_{number}": sha256 for number, sha256 in enumerate(files, 1)}


def refused(field: str, code: str, **details: str | int) -> InvalidInputError:
    return InvalidInputError([FieldProblem(field=field, code=code, details=details)])


def note_of(note: str) -> str:
    """The stripped note. Raises InvalidInputError: too_long."""
    if len(note.strip()) > _LONGEST_NOTE:
        raise refused("note", "too_long", maximum=_LONGEST_NOTE)
    return note.strip()


def happened_at(field: str, at: datetime | None, now: datetime, not_before: datetime | None = None) -> datetime:
    """When it happened, now without a time. Raises InvalidInputError: in the future, or before what it follows."""
    if at is None:
        return now
    if at > now:
        raise refused(field, "moment_to_come")
    if not_before is not None and at < not_before.replace(second=0, microsecond=0):
        raise refused(field, "moment_too_early")
    return at
