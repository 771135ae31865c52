"""Webhooks over the API: endpoints, their secrets, the log of deliveries. For the tenant's system administrator."""

from datetime import datetime

from chalice import Blueprint
from pydantic import Field

from chalicelib import bootstrap
from chalicelib.domain.access import Permission
from chalicelib.domain.event import EventType
from chalicelib.domain.webhook import DeliveryState, WebhookDelivery, WebhookEndpoint
from chalicelib.services.webhook.manage_endpoint import (
    change_endpoint,
    register_endpoint,
    rotate_secret,
    switch_endpoint,
)
from chalicelib.services.webhook.queue_deliveries import redeliver, try_endpoint
from chalicelib.web.answers import Answer, json_answer
from chalicelib.web.api import PREFIX
from chalicelib.web.api.shapes import Body, Listed, ListQuery, Shown, listed, versioned
from chalicelib.web.console.webhooks import DELIVERY, ENDPOINT, allows_local, drafted
from chalicelib.web.cursors import open_cursor
from chalicelib.web.preconditions import seen_version
from chalicelib.web.request import WebRequest
from chalicelib.web.routing import Match, route

blueprint = Blueprint(__name__)

BASE = f"{PREFIX}/webhooks"
ONE = BASE + "/{endpoint_id}"
M = Permission.WEBHOOK_MANAGE
SAMPLE = {"label": "sample", "url": "https://hooks.example.com/in", "event_types": ["plan_approved"]}


class EndpointBody(Body):
    """url: https, on the public internet, port 443 or 8443; event_types: of those that the handbook of events lists."""

    label: str = Field(min_length=1, max_length=60)
    url: str = Field(min_length=1, max_length=500)
    event_types: list[EventType] = Field(min_length=1)


class EndpointAnswer(Shown):
    """An endpoint without its secrets. failing_since: the first failure since the last success."""

    id: str
    version: int
    label: str
    url: str
    event_types: list[str]
    is_active: bool
    registered_at: datetime
    failing_since: datetime | None
    succeeded_at: datetime | None
    disabled_at: datetime | None


class SecretAnswer(EndpointAnswer):
    """With the signing secret, told this once; empty when the same act is repeated."""

    secret: str


class SwitchBody(Body):
    is_active: bool


class DeliveryQuery(ListQuery):
    state: DeliveryState | None = None


DeliveryAnswer = versioned(WebhookDelivery)


def _shown(endpoint: WebhookEndpoint) -> dict[str, object]:
    named = {"id", "label", "url", "registered_at", "failing_since", "succeeded_at", "disabled_at"}
    more = {"version": endpoint.version, "is_active": endpoint.is_active, "event_types": sorted(endpoint.event_types)}
    return endpoint.model_dump(mode="json", include=named) | more


def _told(endpoint: WebhookEndpoint, status: int = 200, **more: str) -> Answer:
    answer = json_answer(_shown(endpoint) | more, status, etag=endpoint.version)
    if more:
        answer.headers["Cache-Control"] = "no-store"
    return answer


def _delivery(delivery: WebhookDelivery, status: int = 200) -> Answer:
    body = delivery.model_dump(mode="json") | {"version": delivery.version}
    return json_answer(body, status, etag=delivery.version)


@route(blueprint, BASE, permission=M, answers=Listed[EndpointAnswer])
def list_endpoints(request: WebRequest) -> Answer:
    """Every endpoint of the tenant."""
    return listed(request, [_shown(one) for one in request.store.webhook_endpoints.every(request.tenant)])


@route(
    blueprint,
    BASE,
    methods=("POST",),
    permission=M,
    body=EndpointBody,
    answers={201: SecretAnswer},
    is_repeatable=False,
    sample_body=SAMPLE,
)
def post_endpoint(request: WebRequest) -> Answer:
    """Register an endpoint; the answer tells its signing secret, this once."""
    draft = drafted(request.model(EndpointBody).model_dump(mode="json"))
    endpoint, secret = register_endpoint(
        request.store,
        request.tenant,
        request.act(),
        draft=draft,
        vault=bootstrap.vault(),
        allows_local=allows_local(),
    )
    answer = _told(endpoint, 201, secret=secret)
    answer.headers["Location"] = f"{BASE}/{endpoint.id}"
    return answer


@route(blueprint, ONE, permission=M, resource=ENDPOINT, answers=EndpointAnswer)
def show_endpoint(request: WebRequest, endpoint_id: str) -> Answer:
    """One endpoint."""
    return _told(request.store.webhook_endpoints.get(request.tenant, endpoint_id))


@route(
    blueprint,
    ONE,
    methods=("PUT",),
    permission=M,
    resource=ENDPOINT,
    body=EndpointBody,
    answers=EndpointAnswer,
    match=Match.REQUIRED,
    sample_body=SAMPLE,
)
def put_endpoint(request: WebRequest, endpoint_id: str) -> Answer:
    """Change an endpoint. Needs `If-Match` with the version that was read."""
    changed = change_endpoint(
        request.store,
        request.tenant,
        request.act(),
        endpoint_id=endpoint_id,
        draft=drafted(request.model(EndpointBody).model_dump(mode="json")),
        allows_local=allows_local(),
        version=seen_version(request),
    )
    return _told(changed)


@route(
    blueprint,
    f"{ONE}/secret",
    methods=("POST",),
    permission=M,
    resource=ENDPOINT,
    answers=SecretAnswer,
    is_repeatable=False,
)
def post_secret(request: WebRequest, endpoint_id: str) -> Answer:
    """A new signing secret, told this once; the one before signs as well for a day."""
    endpoint, secret = rotate_secret(
        request.store, request.tenant, request.act(), endpoint_id=endpoint_id, vault=bootstrap.vault()
    )
    return _told(endpoint, secret=secret)


@route(
    blueprint,
    f"{ONE}/switch",
    methods=("POST",),
    permission=M,
    resource=ENDPOINT,
    body=SwitchBody,
    answers=EndpointAnswer,
    sample_body={"is_active": False},
)
def post_switch(request: WebRequest, endpoint_id: str) -> Answer:
    """Start or stop an endpoint; what happens while it is off is not pushed later."""
    is_active = request.model(SwitchBody).is_active
    return _told(
        switch_endpoint(request.store, request.tenant, request.act(), endpoint_id=endpoint_id, is_active=is_active)
    )


@route(
    blueprint,
    f"{ONE}/test",
    methods=("POST",),
    permission=M,
    resource=ENDPOINT,
    answers={202: DeliveryAnswer},
)
def post_test(request: WebRequest, endpoint_id: str) -> Answer:
    """Push an event of type `webhook_test`; the delivery shows what came of it."""
    return _delivery(try_endpoint(request.store, request.tenant, request.act(), endpoint_id=endpoint_id), 202)


@route(
    blueprint,
    f"{ONE}/deliveries",
    permission=M,
    resource=ENDPOINT,
    query=DeliveryQuery,
    answers=Listed[DeliveryAnswer],
)
def list_deliveries(request: WebRequest, endpoint_id: str) -> Answer:
    """The endpoint's deliveries, newest first; kept for 60 days."""
    asked = request.asked(DeliveryQuery)
    found = request.store.webhook_deliveries.of_endpoint(
        request.tenant, endpoint_id, asked.state or "", after=open_cursor(request), limit=asked.limit
    )
    items = [one.model_dump(mode="json") | {"version": one.version} for one in found.records]
    return listed(request, items, found.next)


@route(
    blueprint,
    f"{PREFIX}/webhook-deliveries/{{delivery_id}}/redeliver",
    methods=("POST",),
    permission=M,
    resource=DELIVERY,
    answers={202: DeliveryAnswer},
)
def post_redelivery(request: WebRequest, delivery_id: str) -> Answer:
    """Push it again, under the same `webhook-id`."""
    return _delivery(redeliver(request.store, request.tenant, request.act(), delivery_id=delivery_id), 202)
