"""Orders that were served on the reader's subjects: read, print, report as fulfilled."""

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed, require
from chalicelib.domain.disposal_order import DisposalOrder
from chalicelib.domain.errors import InvalidInputError, RecordNotFoundError
from chalicelib.services.disposal.serve_order import report_fulfilment
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.body_words import body_name
from chalicelib.web.console.disposal_orders import document_page, order_context
from chalicelib.web.disposal_files import SENT_BEFORE, files_of, kept_file, signed_upload
from chalicelib.web.disposal_words import labels, served_row
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.messages import form_problems
from chalicelib.web.order_document import order_docx, order_lines
from chalicelib.web.order_history import told_timeline
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route

blueprint = Blueprint(__name__)

BASE = "/subject/orders"
ORDER = (DisposalOrder.KIND, "order_id")
_ONE = BASE + "/{order_id}"


def read_served(
    request: WebRequest, order_id: str, permission: Permission = Permission.OWN_SUBJECT_READ
) -> DisposalOrder:
    """Raises RecordNotFoundError for one that was never served: drafts are nobody's outside the office."""
    found = request.find_named(DisposalOrder, order_id) or request.store.disposal_orders.get(request.tenant, order_id)
    require(request.actor, permission, found.resource)
    if not found.is_shown_to_subject:
        raise RecordNotFoundError(kind=DisposalOrder.KIND, id=order_id)
    return found


@route(
    blueprint,
    BASE,
    permission=Permission.OWN_SUBJECT_READ,
    nav=Nav(group=mark("我的企业"), label=mark("收到的文书"), order=13, icon="file-text"),
)
def list_orders(request: WebRequest) -> Answer:
    """One query for each subject of this person."""
    found = [
        one
        for id in sorted(request.actor.subject_ids)
        for one in request.store.disposal_orders.served_on(request.tenant, id)
    ]
    rows = [served_row(request, one) for one in sorted(found, key=lambda one: (not one.is_open, one.id))]
    return page(request, "pages/subject/orders.html", rows=rows)


@route(blueprint, _ONE, permission=Permission.OWN_SUBJECT_READ, resource=ORDER)
def show_order(request: WebRequest, order_id: str) -> Answer:
    return _page(request, read_served(request, order_id))


@route(blueprint, f"{_ONE}/document", permission=Permission.OWN_SUBJECT_READ, resource=ORDER)
def show_document(request: WebRequest, order_id: str) -> Answer:
    order = read_served(request, order_id)
    return document_page(request, order, f"{BASE}/{order.id}")


@route(blueprint, f"{_ONE}/docx", permission=Permission.OWN_SUBJECT_READ, resource=ORDER)
def save_document(request: WebRequest, order_id: str) -> Answer:
    order = read_served(request, order_id)
    return order_docx(order_lines(request, order), f"{order.name}{order.number}")


@route(
    blueprint,
    f"{_ONE}/files/{{sha256}}",
    permission=Permission.OWN_SUBJECT_READ,
    resource=ORDER,
    sample={"sha256": "0" * 64},
)
def show_file(request: WebRequest, order_id: str, sha256: str) -> Answer:
    return kept_file(request, read_served(request, order_id), sha256)


@route(
    blueprint,
    f"{_ONE}/report",
    methods=("POST",),
    permission=Permission.RECTIFICATION_SUBMIT,
    resource=ORDER,
    sample_body={"text": "x"},
)
def report(request: WebRequest, order_id: str) -> Answer:
    order = read_served(request, order_id, Permission.RECTIFICATION_SUBMIT)
    try:
        report_fulfilment(
            request.store,
            request.tenant,
            request.act(),
            order_id=order.id,
            text=request.form.text("text"),
            files=files_of(request, order, request.form.many(SENT_BEFORE)),
        )
    except InvalidInputError as error:
        return _page(request, order, error)
    return see_other(f"{BASE}/{order.id}", gettext("已报告，等%(body)s核实", body=body_name(order)))


@route(
    blueprint,
    f"{_ONE}/uploads",
    methods=("POST",),
    permission=Permission.RECTIFICATION_SUBMIT,
    resource=ORDER,
    sample_body={"content_type": "image/jpeg"},
)
def sign_upload(request: WebRequest, order_id: str) -> Answer:
    return signed_upload(
        request, read_served(request, order_id, Permission.RECTIFICATION_SUBMIT), request.form.text("content_type")
    )


def _page(request: WebRequest, order: DisposalOrder, error: InvalidInputError | None = None) -> Answer:
    may_report = allowed(request.actor, Permission.RECTIFICATION_SUBMIT, order.resource)
    return page(
        request,
        "pages/subject/order.html",
        422 if error else 200,
        url=f"{BASE}/{order.id}",
        **order_context(request, order),
        may_report=may_report and order.may("report_fulfilment"),
        timeline=told_timeline(request.store.disposal_orders.history(request.tenant, order.ref)),
        values=request.form.single() if error else {},
        kept=request.form.many(SENT_BEFORE) if error else [],
        problems=form_problems(error, labels() | {"text": gettext("做了什么")}) if error else [],
    )
