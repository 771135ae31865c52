"""Requests of people to act for a subject: the list, one with what proves it, confirm or refuse."""

from chalice import Blueprint

from chalicelib.domain.access import Permission, allowed
from chalicelib.domain.binding import BindingRequest
from chalicelib.domain.errors import InvalidInputError, RecordNotFoundError
from chalicelib.services.binding.request_binding import confirm_binding, refuse_binding
from chalicelib.services.visit.deadlines import working_days_left
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.binding_words import labels, request_row
from chalicelib.web.cursors import CURSOR, open_cursor, seal_cursor
from chalicelib.web.disposition import evidence_answer
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.messages import form_problems
from chalicelib.web.places import place_label
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route

blueprint = Blueprint(__name__)

BASE = "/console/bindings"
REQUEST = ("binding_request", "binding_request_id")


@route(
    blueprint,
    BASE,
    permission=Permission.BINDING_CONFIRM,
    nav=Nav(group=mark("底账"), label=mark("企业绑定"), order=46, icon="link"),
)
def list_requests(request: WebRequest) -> Answer:
    """Those that wait, or those decided: one query of an index."""
    is_decided = request.query.text("state") == "decided"
    store, tenant = request.store, request.tenant
    found = store.binding_requests.in_state(tenant, is_waiting=not is_decided, after=open_cursor(request))
    rows = [
        request_row(one) | {"place": place_label(one.division), "days_left": working_days_left(request.now, one.due_at)}
        for one in found.records
        if allowed(request.actor, Permission.BINDING_CONFIRM, one.resource)
    ]
    base = f"{BASE}?state=decided" if is_decided else BASE
    cursor = seal_cursor(request, found.next)
    return page(
        request,
        "pages/bindings/list.html",
        rows=rows,
        is_decided=is_decided,
        next_url=f"{base}{'&' if '?' in base else '?'}{CURSOR}={cursor}" if cursor else "",
        first_url=base if request.query.text(CURSOR) else "",
    )


@route(blueprint, f"{BASE}/{{binding_request_id}}", permission=Permission.BINDING_CONFIRM, resource=REQUEST)
def show_request(request: WebRequest, binding_request_id: str) -> Answer:
    return _show(request, request.store.binding_requests.get(request.tenant, binding_request_id))


def _show(request: WebRequest, asked: BindingRequest, error: InvalidInputError | None = None) -> Answer:
    subject = request.store.subjects.find(request.tenant, asked.subject_id)
    held = [one for one in request.store.bindings.of_subject(request.tenant, asked.subject_id) if one.is_held]
    return page(
        request,
        "pages/bindings/show.html",
        422 if error else 200,
        row=request_row(asked),
        asked=asked,
        subject=subject,
        place=place_label(asked.division, is_full=True),
        held=len(held),
        owners=sum(one.role.value == "owner" for one in held),
        days_left=working_days_left(request.now, asked.due_at),
        base=f"{BASE}/{asked.id}",
        values=request.form.single() if error else {},
        problems=form_problems(error, labels()) if error else [],
    )


@route(
    blueprint,
    f"{BASE}/{{binding_request_id}}/evidence/{{sha256}}",
    permission=Permission.BINDING_CONFIRM,
    resource=REQUEST,
    sample={"sha256": "0" * 64},
)
def show_evidence(request: WebRequest, binding_request_id: str, sha256: str) -> Answer:
    asked = request.store.binding_requests.get(request.tenant, binding_request_id)
    found = next((one for one in asked.evidence if one.sha256 == sha256), None)
    if found is None:
        raise RecordNotFoundError(kind="evidence", id=sha256)
    return evidence_answer(request, found)


@route(
    blueprint,
    f"{BASE}/{{binding_request_id}}/confirm",
    methods=("POST",),
    permission=Permission.BINDING_CONFIRM,
    resource=REQUEST,
)
def post_confirm(request: WebRequest, binding_request_id: str) -> Answer:
    try:
        decided = confirm_binding(request.store, request.tenant, request.act(), request_id=binding_request_id)
    except InvalidInputError as error:
        return _show(request, request.store.binding_requests.get(request.tenant, binding_request_id), error)
    return see_other(BASE, gettext("已通过，%(name)s可以办事了", name=request_row(decided)["name"]))


@route(
    blueprint,
    f"{BASE}/{{binding_request_id}}/refuse",
    methods=("POST",),
    permission=Permission.BINDING_CONFIRM,
    resource=REQUEST,
    sample_body={"reason": "example"},
)
def post_refuse(request: WebRequest, binding_request_id: str) -> Answer:
    reason = request.form.text("reason")
    try:
        refuse_binding(request.store, request.tenant, request.act(), request_id=binding_request_id, reason=reason)
    except InvalidInputError as error:
        return _show(request, request.store.binding_requests.get(request.tenant, binding_request_id), error)
    return see_other(BASE, gettext("已退回，对方会看到理由"))
