"""Orders of a disposal: drafting one, deciding on it, serving it, confirming that it was done; the printed document."""

from collections.abc import Callable
from typing import Any

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed, require
from chalicelib.domain.disposal import MAX_FILES
from chalicelib.domain.disposal_order import DisposalOrder, ServiceWay
from chalicelib.domain.errors import (
    AlreadyExistsError,
    IllegalTransitionError,
    InvalidInputError,
    RecordNotFoundError,
)
from chalicelib.domain.loop import machine
from chalicelib.services.disposal.decide_order import decide_order, extend_order, lift_order, return_order
from chalicelib.services.disposal.draft_order import draft_order, redraft_order, withdraw_order
from chalicelib.services.disposal.serve_order import fulfil_order, return_fulfilment, serve_order
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.body_words import body_name
from chalicelib.web.console.disposals import BASE, DISPOSAL, ONE, read_disposal
from chalicelib.web.console.order_form import ORDERS, draft_of, order_form, values_of
from chalicelib.web.disposal_files import SENT_BEFORE, files_of, kept_file, signed_upload
from chalicelib.web.disposal_words import (
    WAYS,
    is_own_draft,
    labels,
    left_of,
    missing_words,
    order_row,
    package_of,
    people_named,
)
from chalicelib.web.fields import invalid
from chalicelib.web.i18n import gettext
from chalicelib.web.messages import form_problems
from chalicelib.web.order_document import order_docx, order_lines
from chalicelib.web.order_history import order_timeline
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import route
from chalicelib.web.scenarios import scenario_label

blueprint = Blueprint(__name__)

ORDER = (DisposalOrder.KIND, "order_id")
_ONE = ORDERS + "/{order_id}"


def read_order(request: WebRequest, order_id: str, permission: Permission = Permission.DISPOSAL_READ) -> DisposalOrder:
    found = request.find_named(DisposalOrder, order_id) or request.store.disposal_orders.get(request.tenant, order_id)
    require(request.actor, permission, found.resource if permission is Permission.DISPOSAL_READ else found.office)
    return found


@route(blueprint, f"{ONE}/orders/new", permission=Permission.ORDER_HANDLE, resource=DISPOSAL)
def new_order(request: WebRequest, disposal_id: str) -> Answer:
    return order_form(request, read_disposal(request, disposal_id), request.query)


@route(
    blueprint,
    f"{ONE}/orders",
    methods=("POST",),
    permission=Permission.ORDER_HANDLE,
    resource=DISPOSAL,
    sample_body={"document_id": "stop_use_order", "facts": "x", "content": "x"},
)
def post_order(request: WebRequest, disposal_id: str) -> Answer:
    disposal = read_disposal(request, disposal_id)
    try:
        made = draft_order(
            request.store, request.tenant, request.act(), disposal_id=disposal.id, draft=draft_of(request.form)
        )
    except InvalidInputError as error:
        return order_form(request, disposal, request.form, error)
    except AlreadyExistsError:
        return order_form(request, disposal, request.form, invalid("document_id", "order_under_way"))
    return see_other(f"{ORDERS}/{made.id}", gettext("已起草，等%(body)s负责人决定", body=body_name(made)))


@route(blueprint, _ONE, permission=Permission.DISPOSAL_READ, resource=ORDER)
def show_order(request: WebRequest, order_id: str) -> Answer:
    return _page(request, read_order(request, order_id))


@route(blueprint, f"{_ONE}/edit", permission=Permission.ORDER_HANDLE, resource=ORDER)
def edit_order(request: WebRequest, order_id: str) -> Answer:
    order = read_order(request, order_id, Permission.ORDER_HANDLE)
    machine("disposal_order").transition(order.state, "redraft_order")
    disposal = request.store.disposals.get(request.tenant, order.disposal_id)
    return order_form(request, disposal, values_of(order), order=order)


@route(blueprint, f"{_ONE}/document", permission=Permission.DISPOSAL_READ, resource=ORDER)
def show_document(request: WebRequest, order_id: str) -> Answer:
    order = read_order(request, order_id)
    return document_page(request, order, f"{ORDERS}/{order.id}")


@route(blueprint, f"{_ONE}/docx", permission=Permission.DISPOSAL_READ, resource=ORDER)
def save_document(request: WebRequest, order_id: str) -> Answer:
    order = read_order(request, order_id)
    return order_docx(order_lines(request, order), f"{order.name}{order.number}")


@route(
    blueprint,
    f"{_ONE}/files/{{sha256}}",
    permission=Permission.DISPOSAL_READ,
    resource=ORDER,
    sample={"sha256": "0" * 64},
)
def show_order_file(request: WebRequest, order_id: str, sha256: str) -> Answer:
    return kept_file(request, read_order(request, order_id), sha256)


@route(
    blueprint,
    f"{_ONE}/uploads",
    methods=("POST",),
    permission=Permission.ORDER_HANDLE,
    resource=ORDER,
    sample_body={"content_type": "image/jpeg"},
)
def sign_order_upload(request: WebRequest, order_id: str) -> Answer:
    return signed_upload(
        request, read_order(request, order_id, Permission.ORDER_HANDLE), request.form.text("content_type")
    )


@route(
    blueprint,
    f"{_ONE}/handle/{{step}}",
    methods=("POST",),
    permission=Permission.ORDER_HANDLE,
    resource=ORDER,
    sample={"step": "withdraw"},
    sample_body={"reason": "x"},
)
def handle(request: WebRequest, order_id: str, step: str) -> Answer:
    """`redraft`, `withdraw`, `serve`, `return_report` or `fulfil`: the officers of the acting body."""
    order, form = read_order(request, order_id, Permission.ORDER_HANDLE), request.form
    common: dict[str, Any] = {"order_id": order.id}

    def run() -> str:
        call = (request.store, request.tenant, request.act())
        if step == "redraft":
            redraft_order(*call, draft=draft_of(form), **common)
            return gettext("已修改，等负责人决定")
        if step == "withdraw":
            withdraw_order(*call, reason=form.text("reason"), **common)
            return gettext("文书已撤回")
        if step == "serve":
            serve_order(
                *call,
                way=form.text("way"),
                received_by=form.text("received_by"),
                at=form.moment("at"),
                note=form.text("note"),
                files=files_of(request, order, form.many(SENT_BEFORE)),
                **common,
            )
            return gettext("已记录送达，时限开始计算，已通知对方")
        if step == "return_report":
            return_fulfilment(*call, reason=form.text("reason"), **common)
            return gettext("已退回，对方会看到理由")
        if step == "fulfil":
            fulfil_order(
                *call,
                text=form.text("text"),
                at=form.moment("at"),
                files=files_of(request, order, form.many(SENT_BEFORE)),
                **common,
            )
            return gettext("已确认履行，时限停止")
        raise RecordNotFoundError(kind="step", id=step)

    return _taken(request, order, step, run)


@route(
    blueprint,
    f"{_ONE}/decide/{{step}}",
    methods=("POST",),
    permission=Permission.ORDER_DECIDE,
    resource=ORDER,
    sample={"step": "return"},
    sample_body={"reason": "x"},
)
def decide(request: WebRequest, order_id: str, step: str) -> Answer:
    """`decide`, `return`, `extend` or `lift`: the head of the acting body."""
    order, form = read_order(request, order_id, Permission.ORDER_DECIDE), request.form
    common: dict[str, Any] = {"order_id": order.id}

    def run() -> str:
        call = (request.store, request.tenant, request.act())
        if step == "decide":
            made = decide_order(*call, **common)
            return gettext("已决定，编号%(number)s，等送达", number=made.number)
        if step == "return":
            return_order(*call, reason=form.text("reason"), **common)
            return gettext("已退回起草人")
        if step == "extend":
            until = form.day("until")
            if until is None:
                raise invalid("until", "required")
            extend_order(*call, until=until, reason=form.text("reason"), **common)
            return gettext("期限已延长，已通知对方")
        if step == "lift":
            lift_order(*call, reason=form.text("reason"), **common)
            return gettext("文书已解除")
        raise RecordNotFoundError(kind="step", id=step)

    return _taken(request, order, step, run)


def _taken(request: WebRequest, order: DisposalOrder, step: str, run: Callable[[], str]) -> Answer:
    try:
        words = run()
    except InvalidInputError as error:
        if step == "redraft":
            disposal = request.store.disposals.get(request.tenant, order.disposal_id)
            return order_form(request, disposal, request.form, error, order)
        return _page(request, order, error, step)
    except IllegalTransitionError as error:
        return _page(request, order, step=step, missing=missing_words(error))
    return see_other(f"{ORDERS}/{order.id}", words)


def document_page(request: WebRequest, order: DisposalOrder, back_url: str) -> Answer:
    """The printed document on a page of its own."""
    return page(
        request,
        "pages/disposals/document.html",
        order=order,
        lines=order_lines(request, order),
        back_url=back_url,
        docx_url=f"{back_url}/docx",
    )


def order_context(request: WebRequest, order: DisposalOrder) -> dict[str, Any]:
    """What the pages of one order share: its words, its clock, its rounds."""
    package = package_of(request, order)
    return {
        **order_row(order, package),
        "scenario": scenario_label(order.scenario),
        "days_left": left_of(request, order),
        "has_clock": order.due_at is not None and order.is_open,
        "way": gettext(WAYS[order.service.way]) if order.service else "",
        "max_files": MAX_FILES,
    }


def _page(
    request: WebRequest,
    order: DisposalOrder,
    error: InvalidInputError | None = None,
    step: str = "",
    missing: list[str] | None = None,
) -> Answer:
    actor = request.actor
    may_handle = allowed(actor, Permission.ORDER_HANDLE, order.office)
    may_decide = allowed(actor, Permission.ORDER_DECIDE, order.head_office)
    history = request.store.disposal_orders.history(request.tenant, order.ref)
    return page(
        request,
        "pages/disposals/order.html",
        422 if error else 409 if missing else 200,
        kept=request.form.many(SENT_BEFORE) if error else [],
        base=BASE,
        url=f"{ORDERS}/{order.id}",
        **order_context(request, order),
        may_edit=may_handle and order.may("redraft_order"),
        may_serve=may_handle and order.may("serve_order"),
        may_fulfil=may_handle and order.may("fulfil_order"),
        may_return_report=may_handle and order.may("return_fulfilment"),
        may_decide=may_decide and order.may("decide_order") and not is_own_draft(actor, order),
        is_own=may_decide and order.may("decide_order") and is_own_draft(actor, order),
        may_extend=may_decide and order.may("extend_order"),
        may_lift=may_decide and order.may("lift_order"),
        ways=[(one.value, gettext(WAYS[one])) for one in ServiceWay],
        timeline=order_timeline(history, people_named(request, list({one.actor_id for one in history}))),
        step=step,
        values=request.form.single() if error or missing else {},
        missing=missing or [],
        problems=form_problems(error, labels()) if error else [],
    )
