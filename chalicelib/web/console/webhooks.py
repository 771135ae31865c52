"""Endpoints of other systems, for the system administrator: registering, secrets, the log of deliveries."""

from typing import Any

from chalice import Blueprint
from pydantic import ValidationError

from chalicelib import bootstrap
from chalicelib.domain.access import Permission
from chalicelib.domain.errors import ConflictError, FieldProblem, InvalidInputError
from chalicelib.domain.webhook import DeliveryState, WebhookDelivery, WebhookEndpoint
from chalicelib.domain.webhook_rules import address_problems, webhook_rules
from chalicelib.services.webhook.manage_endpoint import (
    EndpointDraft,
    change_endpoint,
    register_endpoint,
    rotate_secret,
    switch_endpoint,
)
from chalicelib.services.webhook.queue_deliveries import redeliver, try_endpoint
from chalicelib.settings import settings
from chalicelib.web import messages
from chalicelib.web.answers import Answer, page, see_other
from chalicelib.web.cursors import CURSOR, open_cursor, seal_cursor
from chalicelib.web.field_problems import field_problems
from chalicelib.web.fields import Fields, invalid
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.notification_words import DELIVERY_STATES, event_words, reason_words
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Nav, route

blueprint = Blueprint(__name__)

BASE = "/console/webhooks"
DELIVERIES = "/console/webhook-deliveries"
ENDPOINT = (WebhookEndpoint.KIND, "endpoint_id")
DELIVERY = (WebhookDelivery.KIND, "delivery_id")
PAGE_ROWS = 25
_LABELS = {"label": mark("名称"), "url": mark("接收地址"), "event_types": mark("推送哪些事件")}
M = Permission.WEBHOOK_MANAGE


def allows_local() -> bool:
    return settings().webhooks_reach_this_machine


def drafted(values: dict[str, Any]) -> EndpointDraft:
    """The draft of these values; InvalidInputError names the fields."""
    try:
        return EndpointDraft.model_validate(values)
    except ValidationError as error:
        problems = [
            FieldProblem(field=one.field, code="not_chosen") if one.field == "event_types" else one
            for one in field_problems(error)
        ]
        # All that is wrong at once: the address is looked at by the service only when the rest holds.
        url = str(values.get("url") or "")
        problems += address_problems(url, allows_local=allows_local()) if url else []
        raise InvalidInputError(problems) from None


def state_asked(request: WebRequest) -> str:
    state = request.query.text("state")
    if state and state not in {one.value for one in DeliveryState}:
        raise invalid("state", "unknown_choice")
    return state


@route(
    blueprint,
    BASE,
    permission=M,
    nav=Nav(group=mark("单位"), label=mark("事件推送"), order=95, icon="link", also=(DELIVERIES,)),
)
def list_endpoints(request: WebRequest) -> Answer:
    endpoints = request.store.webhook_endpoints.every(request.tenant)
    stopped = sum(not one.is_active for one in endpoints)
    failing = sum(one.is_active and one.failing_since is not None for one in endpoints)
    rows = [{"endpoint": one, "state": _state(one), "events": len(one.event_types)} for one in endpoints]
    return page(request, "pages/webhooks/list.html", rows=rows, stopped=stopped, failing=failing, rules=webhook_rules())


def _state(endpoint: WebhookEndpoint) -> tuple[str, str]:
    if not endpoint.is_active:
        return (gettext("连续失败，已停用"), "red") if endpoint.disabled_by == "system" else (gettext("已停用"), "")
    return (gettext("正在失败"), "orange") if endpoint.failing_since else (gettext("推送中"), "green")


@route(blueprint, f"{BASE}/new", permission=M)
def new_endpoint(request: WebRequest) -> Answer:
    return _form(request, None, {"label": "", "url": "", "event_types": []})


@route(blueprint, f"{BASE}/receiving", permission=M)
def show_receiving(request: WebRequest) -> Answer:
    """How a receiver checks what it gets."""
    return page(request, "pages/webhooks/receiving.html", rules=webhook_rules())


@route(blueprint, BASE, methods=("POST",), permission=M)
def post_endpoint(request: WebRequest) -> Answer:
    """The page with the secret, which is shown this once."""
    try:
        endpoint, secret = register_endpoint(
            request.store,
            request.tenant,
            request.act(),
            draft=drafted(_values(request.form)),
            vault=bootstrap.vault(),
            allows_local=allows_local(),
        )
    except InvalidInputError as error:
        return _form(request, None, _values(request.form), error)
    return _secret(request, endpoint, secret)


@route(blueprint, f"{BASE}/{{endpoint_id}}", permission=M, resource=ENDPOINT)
def show_endpoint(request: WebRequest, endpoint_id: str) -> Answer:
    """The endpoint and its deliveries, by state if one is asked for: two calls."""
    store, tenant, state = request.store, request.tenant, state_asked(request)
    endpoint = request.find_named(WebhookEndpoint, endpoint_id) or store.webhook_endpoints.get(tenant, endpoint_id)
    found = store.webhook_deliveries.of_endpoint(
        tenant, endpoint_id, state, after=open_cursor(request), limit=PAGE_ROWS
    )
    url, query = f"{BASE}/{endpoint_id}", f"state={state}&" if state else ""
    cursor = seal_cursor(request, found.next)
    return page(
        request,
        "pages/webhooks/show.html",
        endpoint=endpoint,
        url=url,
        state=_state(endpoint),
        events=[event_words(one) for one in sorted(endpoint.event_types)],
        old=[one for one in endpoint.secrets_at(request.now) if one.ends_at is not None],
        rows=[_row(one) for one in found.records],
        filters=[
            {"label": gettext("全部"), "url": url, "active": not state},
            *(
                {"label": gettext(words), "url": f"{url}?state={one.value}", "active": state == one}
                for one, (words, _) in DELIVERY_STATES.items()
            ),
        ],
        rules=webhook_rules(),
        next_url=f"{url}?{query}{CURSOR}={cursor}" if cursor else "",
        first_url=f"{url}?{query}".rstrip("?&") if request.query.text(CURSOR) else "",
    )


def _row(delivery: WebhookDelivery) -> dict[str, Any]:
    words, tone = DELIVERY_STATES[delivery.state]
    last = delivery.attempts[-1] if delivery.attempts else None
    return {
        "delivery": delivery,
        "event": event_words(delivery.event_type),
        "state": (gettext(words), tone),
        "reason": reason_words(last.reason, last.status) if last and last.reason else "",
        "may_redeliver": delivery.state is not DeliveryState.QUEUED,
    }


@route(blueprint, f"{BASE}/{{endpoint_id}}/edit", permission=M, resource=ENDPOINT)
def edit_endpoint(request: WebRequest, endpoint_id: str) -> Answer:
    endpoint = request.store.webhook_endpoints.get(request.tenant, endpoint_id)
    values = {"label": endpoint.label, "url": endpoint.url, "event_types": sorted(endpoint.event_types)}
    return _form(request, endpoint, values)


@route(blueprint, f"{BASE}/{{endpoint_id}}/edit", methods=("POST",), permission=M, resource=ENDPOINT)
def post_edit(request: WebRequest, endpoint_id: str) -> Answer:
    endpoint = request.store.webhook_endpoints.get(request.tenant, endpoint_id)
    try:
        change_endpoint(
            request.store,
            request.tenant,
            request.act(),
            endpoint_id=endpoint_id,
            draft=drafted(_values(request.form)),
            allows_local=allows_local(),
            version=request.form.integer("version") or 0,
        )
    except InvalidInputError as error:
        return _form(request, endpoint, _values(request.form), error)
    except ConflictError:
        return _form(request, endpoint, _values(request.form), is_stale=True)
    return see_other(f"{BASE}/{endpoint_id}", gettext("已保存"))


@route(blueprint, f"{BASE}/{{endpoint_id}}/secret", permission=M, resource=ENDPOINT)
def ask_rotation(request: WebRequest, endpoint_id: str) -> Answer:
    endpoint = request.store.webhook_endpoints.get(request.tenant, endpoint_id)
    return page(request, "pages/webhooks/rotate.html", endpoint=endpoint, rules=webhook_rules())


@route(blueprint, f"{BASE}/{{endpoint_id}}/secret", methods=("POST",), permission=M, resource=ENDPOINT)
def post_rotation(request: WebRequest, endpoint_id: str) -> Answer:
    endpoint, secret = rotate_secret(
        request.store, request.tenant, request.act(), endpoint_id=endpoint_id, vault=bootstrap.vault()
    )
    return _secret(request, endpoint, secret)


@route(blueprint, f"{BASE}/{{endpoint_id}}/switch", methods=("POST",), permission=M, resource=ENDPOINT)
def post_switch(request: WebRequest, endpoint_id: str) -> Answer:
    """Field `is_active`: yes or no."""
    is_active = request.form.flag("is_active")
    switch_endpoint(request.store, request.tenant, request.act(), endpoint_id=endpoint_id, is_active=is_active)
    return see_other(f"{BASE}/{endpoint_id}", gettext("已启用") if is_active else gettext("已停用"))


@route(blueprint, f"{BASE}/{{endpoint_id}}/test", methods=("POST",), permission=M, resource=ENDPOINT)
def post_test(request: WebRequest, endpoint_id: str) -> Answer:
    try_endpoint(request.store, request.tenant, request.act(), endpoint_id=endpoint_id)
    return see_other(f"{BASE}/{endpoint_id}", gettext("测试推送已排队，几秒后刷新看结果"), "blue")


@route(blueprint, f"{DELIVERIES}/{{delivery_id}}/redeliver", methods=("POST",), permission=M, resource=DELIVERY)
def post_redelivery(request: WebRequest, delivery_id: str) -> Answer:
    queued = redeliver(request.store, request.tenant, request.act(), delivery_id=delivery_id)
    return see_other(f"{BASE}/{queued.endpoint_id}", gettext("已排队重发"), "blue")


def _values(form: Fields) -> dict[str, Any]:
    return {"label": form.text("label"), "url": form.text("url"), "event_types": form.many("event_types")}


def _secret(request: WebRequest, endpoint: WebhookEndpoint, secret: str) -> Answer:
    if not secret:
        return see_other(f"{BASE}/{endpoint.id}", gettext("密钥只显示一次；没有记下请重新更换"), "orange")
    answer = page(request, "pages/webhooks/secret.html", 201, endpoint=endpoint, secret=secret, rules=webhook_rules())
    answer.headers["Cache-Control"] = "no-store"
    return answer


def _form(
    request: WebRequest,
    endpoint: WebhookEndpoint | None,
    values: dict[str, Any],
    error: InvalidInputError | None = None,
    *,
    is_stale: bool = False,
) -> Answer:
    labels = {name: gettext(label) for name, label in _LABELS.items()}
    return page(
        request,
        "pages/webhooks/form.html",
        409 if is_stale else 422 if error else 200,
        endpoint=endpoint,
        version=endpoint.version if endpoint else 0,
        values=values,
        is_stale=is_stale,
        events=[(one.id.value, event_words(one.id)) for one in webhook_rules().events],
        problems=messages.form_problems(error, labels) if error else [],
    )
