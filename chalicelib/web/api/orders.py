"""Orders over the API: drafted, decided, served, reported as done, confirmed, extended, lifted."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from chalice import Blueprint
from pydantic import AwareDatetime, Field

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.disposal import MAX_FILES
from chalicelib.domain.disposal_order import DisposalOrder, ServiceWay
from chalicelib.services.disposal.decide_order import decide_order, extend_order, lift_order, return_order
from chalicelib.services.disposal.draft_order import OrderDraft, draft_order, redraft_order, withdraw_order
from chalicelib.services.disposal.serve_order import fulfil_order, report_fulfilment, return_fulfilment, serve_order
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.disposals import DISPOSAL
from chalicelib.web.api.disposals import ONE as OF_DISPOSAL
from chalicelib.web.api.shapes import Body, Listed, call_of, listed
from chalicelib.web.api.uploads import FORM_OR_JSON, UploadBody, UploadForm, UploadId
from chalicelib.web.console.disposal_orders import ORDER, read_order
from chalicelib.web.console.disposals import read_disposal
from chalicelib.web.disposal_files import files_of, signed_upload
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import SIGNED_IN, Match, route
from chalicelib.web.subject.orders import read_served

blueprint = Blueprint(__name__)

ONE = f"{PREFIX}/orders/{{order_id}}"


Uploads = Annotated[list[UploadId], Field(default_factory=list, max_length=MAX_FILES)]


class OrderBody(Body):
    """document_id: an order of the scenario package. acting_body_id: in whose name, empty for the caller's own.
    basis_ids: of those that the document names, empty for all. due_on: where no clock of the package runs.
    grounds: why it does not wait for an appraisal, where its document may rest on danger that was seen. review_organ,
    court: to whom the party may turn, empty for a line to be filled. Redrafting replaces every field."""

    document_id: str = Field(min_length=1, max_length=64)
    acting_body_id: str = Field(default="", max_length=40)
    owner: str = Field(default="", max_length=60)
    facts: str = Field(min_length=1, max_length=2000)
    content: str = Field(min_length=1, max_length=2000)
    basis_ids: list[str] = Field(default_factory=list, max_length=30)
    due_on: date | None = None
    grounds: str = Field(default="", max_length=500)
    review_organ: str = Field(default="", max_length=60)
    court: str = Field(default="", max_length=60)


class OrderReasonBody(Body):
    reason: str = Field(min_length=1, max_length=500)


class ServiceBody(Body):
    """at: when it reached whom it was handed to, now without one."""

    way: ServiceWay
    received_by: str = Field(min_length=1, max_length=60)
    at: AwareDatetime | None = None
    note: str = Field(default="", max_length=1000)
    upload_ids: Uploads


class FulfilmentBody(Body):
    """text: what was seen. Where the subject sent no files, some are needed: parts `files` of a form,
    or those put under `upload_ids`."""

    text: str = Field(min_length=1, max_length=1000)
    at: AwareDatetime | None = None
    upload_ids: Uploads


class ReportBody(Body):
    """text: what was done. Files are needed, photos or PDF: parts `files` of a form, or those put under
    `upload_ids`."""

    text: str = Field(min_length=1, max_length=1000)
    upload_ids: Uploads


class ExtensionBody(Body):
    until: date
    reason: str = Field(min_length=1, max_length=500)


@route(
    blueprint,
    f"{OF_DISPOSAL}/orders",
    permission=Permission.DISPOSAL_READ,
    resource=DISPOSAL,
    answers=Listed[DisposalOrder],
)
def list_orders(request: WebRequest, disposal_id: str) -> Answer:
    """The orders of a disposal, oldest first."""
    disposal = read_disposal(request, disposal_id)
    return listed(request, request.store.disposal_orders.of_disposal(request.tenant, disposal.id))


@route(
    blueprint,
    f"{OF_DISPOSAL}/orders",
    methods=("POST",),
    permission=Permission.ORDER_HANDLE,
    resource=DISPOSAL,
    body=OrderBody,
    answers={201: DisposalOrder},
    sample_body={"document_id": "stop_use_order", "facts": "x", "content": "x"},
)
def post_order(request: WebRequest, disposal_id: str) -> Answer:
    """Draft an order; the head of the acting body decides on it."""
    draft = OrderDraft.model_validate(request.model(OrderBody).model_dump())
    return _order(draft_order(*call_of(request), disposal_id=disposal_id, draft=draft), 201)


@route(blueprint, ONE, permission=SIGNED_IN, resource=ORDER, answers=DisposalOrder)
def show_order(request: WebRequest, order_id: str) -> Answer:
    """One order. A subject user reads those that were served on it."""
    if allowed(request.actor, Permission.OWN_SUBJECT_READ):
        return _order(read_served(request, order_id))
    return _order(read_order(request, order_id))


@route(blueprint, f"{PREFIX}/own/orders", permission=Permission.OWN_SUBJECT_READ, answers=Listed[DisposalOrder])
def list_own_orders(request: WebRequest) -> Answer:
    """The orders that were served on the caller's subjects, of each the newest fifty."""
    store, ids = request.store, sorted(request.actor.subject_ids)
    return listed(request, [one for id in ids for one in store.disposal_orders.served_on(request.tenant, id)])


@route(
    blueprint,
    f"{ONE}/uploads",
    methods=("POST",),
    permission=SIGNED_IN,
    resource=ORDER,
    body=UploadBody,
    answers={201: UploadForm},
    sample_body={"content_type": "image/jpeg"},
    is_repeatable=False,
)
def sign_upload(request: WebRequest, order_id: str) -> Answer:
    """Where the subject or an officer may put one photo or PDF, within 120 seconds."""
    return signed_upload(request, _filed(request, order_id), request.model(UploadBody).content_type, 201)


def _filed(request: WebRequest, order_id: str) -> DisposalOrder:
    """The order to which this caller may add files."""
    if allowed(request.actor, Permission.RECTIFICATION_SUBMIT):
        return read_served(request, order_id, Permission.RECTIFICATION_SUBMIT)
    return read_order(request, order_id, Permission.ORDER_HANDLE)


def _step(
    path: str,
    permission: Permission,
    service: Callable[..., DisposalOrder],
    body: type[Body] | None,
    sample: dict[str, Any],
    words: str,
) -> None:
    """A call that takes one step of an order; files sent along with those of `_WITH_FILES`."""

    def take(request: WebRequest, order_id: str) -> Answer:
        values = request.model(body).model_dump() if body else {}
        if service is redraft_order:
            values = {"draft": OrderDraft.model_validate(values)}
        if path in _WITH_FILES:
            order = _filed(request, order_id)
            values["files"] = files_of(request, order, values.pop("upload_ids"))
        return _order(service(*call_of(request), order_id=order_id, **values))

    take.__name__, take.__doc__ = f"take_{path}", words
    route(
        blueprint,
        f"{ONE}/{path}",
        methods=("POST",),
        permission=permission,
        resource=ORDER,
        body=body,
        answers=DisposalOrder,
        match=Match.OPTIONAL,
        sample_body=sample,
        content_types=FORM_OR_JSON if path in _WITH_FILES else None,
    )(take)


_WITH_FILES = ("service", "report", "fulfilment")
_HANDLE, _DECIDE, _REPORT = Permission.ORDER_HANDLE, Permission.ORDER_DECIDE, Permission.RECTIFICATION_SUBMIT
_DRAFT = {"document_id": "stop_use_order", "facts": "x", "content": "x"}
_SERVED = {"way": "in_person", "received_by": "x"}
_step("redraft", _HANDLE, redraft_order, OrderBody, _DRAFT, "Change a draft; its document and body stay.")
_step("withdrawal", _HANDLE, withdraw_order, OrderReasonBody, {"reason": "x"}, "Withdraw a draft.")
_step("decision", _DECIDE, decide_order, None, {}, "Decide on a draft, which gets its number. Not by who drafted it.")
_step("return", _DECIDE, return_order, OrderReasonBody, {"reason": "x"}, "Send a draft back to who drafted it.")
_step("service", _HANDLE, serve_order, ServiceBody, _SERVED, "Record the service; the order's clock starts.")
_step("report", _REPORT, report_fulfilment, ReportBody, {"text": "x"}, "The subject reports that it was done.")
_step("fulfilment", _HANDLE, fulfil_order, FulfilmentBody, {"text": "x"}, "Confirm that it was done.")
_step("report_return", _HANDLE, return_fulfilment, OrderReasonBody, {"reason": "x"}, "Send a subject's report back.")
_step("extension", _DECIDE, extend_order, ExtensionBody, {"until": "2099-01-01", "reason": "x"}, "Give more time.")
_step("lifting", _DECIDE, lift_order, OrderReasonBody, {"reason": "x"}, "Lift an order; its clock stops.")


def _order(order: DisposalOrder, status: int = 200) -> Answer:
    return json_answer(order, status, etag=order.version)
