"""Pushed events against a real server on this machine: signed, once, tried again, stopped when nobody answers."""

import json
from datetime import timedelta

import pytest
from cryptography.exceptions import InvalidTag

from chalicelib.domain.errors import ConflictError, InvalidInputError, NotAllowedError
from chalicelib.domain.event import EventType
from chalicelib.domain.tenancy import Actor, Role
from chalicelib.domain.webhook import DeliveryState
from chalicelib.domain.webhook_rules import webhook_rules
from chalicelib.domain.webhook_signing import PREFIX, verify
from chalicelib.services.webhook import safe_post
from chalicelib.services.webhook.deliver_webhook import deliver_webhook
from chalicelib.services.webhook.manage_endpoint import (
    EndpointDraft,
    change_endpoint,
    register_endpoint,
    rotate_secret,
    switch_endpoint,
)
from chalicelib.services.webhook.queue_deliveries import queue_deliveries, redeliver, try_endpoint
from chalicelib.services.webhook.vault import Vault
from tests.builders import NOW, TENANT, act, actor
from tests.receiver import receiving
from tests.visiting import plan

ADMINISTRATOR = actor(Role.SYSTEM_ADMINISTRATOR)
VAULT = Vault(b"\x22" * 32)
BASE = "https://yijianshi.test"


@pytest.fixture
def receiver():
    with receiving() as found:
        yield found


def draft(url: str, *events: str) -> EndpointDraft:
    return EndpointDraft(label="城市大脑", url=url, event_types=list(events or ("plan_approved",)))


def register(store, url: str, *events: str, **more):
    done = act(ADMINISTRATOR, **more)
    return register_endpoint(store, TENANT, done, draft=draft(url, *events), vault=VAULT, allows_local=True)


def happen(store, type: EventType = EventType.PLAN_APPROVED):
    made = plan()
    with store.change(TENANT, act()) as change:
        change.save(made)
        event = change.event(type, made)
    queue_deliveries(store, event, act(Actor.system(TENANT, "push"), key=f"{event.id}.push"))
    return event


def deliver(store, delivery_id: str, minutes: float = 0, allows_local: bool = True):
    now = NOW + timedelta(minutes=minutes)
    return deliver_webhook(store, TENANT, delivery_id, now, vault=VAULT, base_url=BASE, allows_local=allows_local)


def only(store, endpoint):
    (found,) = store.webhook_deliveries.of_endpoint(TENANT, endpoint.id).records
    return found


def test_an_event_is_pushed_signed_and_names_nobody(store, receiver):
    endpoint, secret = register(store, f"{receiver.url}/in")
    event = happen(store)

    done = deliver(store, only(store, endpoint).id)

    assert deliver(store, done.id) is None
    (request,) = receiver.requests
    assert done.state is DeliveryState.DELIVERED
    assert verify(secret, request.headers, request.body, NOW) == done.id
    assert request.json == {
        "type": "plan_approved",
        "timestamp": "2026-11-23T01:00:00.000Z",
        "data": {
            "event_id": event.id,
            "tenant": TENANT,
            "record": {"kind": "inspection_plan", "id": event.record.id},
            "link": f"{BASE}/api/v1/plans/{event.record.id}",
        },
    }
    assert json.loads(request.body) == request.json


def test_an_event_is_queued_once_and_only_where_it_was_asked_for(store, receiver):
    asked, _ = register(store, receiver.url)
    other, _ = register(store, receiver.url, "result_published")
    event = happen(store)
    again = act(Actor.system(TENANT, "push"), key=f"{event.id}.push")

    assert queue_deliveries(store, event, again) == 0
    assert len(store.webhook_deliveries.of_endpoint(TENANT, asked.id).records) == 1
    assert store.webhook_deliveries.of_endpoint(TENANT, other.id).records == []


def test_a_failure_is_tried_again_with_the_same_id_and_a_new_time(store, receiver):
    endpoint, secret = register(store, receiver.url)
    happen(store)
    receiver.answer(503)

    failed = deliver(store, only(store, endpoint).id)
    receiver.answer(204)

    assert (failed.state, failed.attempts[0].status) == (DeliveryState.FAILED, 503)
    assert failed.next_attempt_at == NOW + timedelta(seconds=webhook_rules().retry_seconds[0])
    assert store.webhook_endpoints.get(TENANT, endpoint.id).failing_since == NOW
    assert deliver(store, failed.id, 1).state is DeliveryState.DELIVERED
    first, second = receiver.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert verify(secret, second.headers, second.body, NOW + timedelta(minutes=1))
    assert store.webhook_endpoints.get(TENANT, endpoint.id).failing_since is None


def test_a_redirect_is_not_followed_and_a_large_answer_is_refused(store, receiver):
    endpoint, _ = register(store, receiver.url)
    happen(store)
    receiver.answer(302, headers={"Location": f"{receiver.url}/elsewhere"})
    id = only(store, endpoint).id

    assert deliver(store, id).attempts[-1].status == 302
    receiver.answer(200, "x" * 20_000)
    assert deliver(store, id, 1).attempts[-1].reason == "answer_too_large"
    assert [one.path for one in receiver.requests] == ["/", "/"]


def test_after_days_of_failures_the_endpoint_is_disabled_with_a_task(store, receiver):
    endpoint, _ = register(store, receiver.url)
    receiver.answer(500)
    happen(store)
    first = only(store, endpoint)
    deliver(store, first.id)
    day = 24 * 60
    again = redeliver(
        store, TENANT, act(ADMINISTRATOR, minutes=webhook_rules().disable_after_days * day), delivery_id=first.id
    )

    deliver(store, again.id, webhook_rules().disable_after_days * day)

    stopped = store.webhook_endpoints.get(TENANT, endpoint.id)
    assert (stopped.is_active, stopped.disabled_by) == (False, "system")
    (todo,) = store.todos.of_owner(TENANT, "role.system_administrator").records
    assert (todo.topic, todo.about.id) == ("webhook_disabled", endpoint.id)
    assert happen(store) and len(store.webhook_deliveries.of_endpoint(TENANT, endpoint.id).records) == 1
    switch_endpoint(store, TENANT, act(ADMINISTRATOR), endpoint_id=endpoint.id, is_active=True)
    assert store.todos.of_owner(TENANT, "role.system_administrator").records == []


def test_gone_stops_at_once(store, receiver):
    endpoint, _ = register(store, receiver.url)
    receiver.answer(410)
    happen(store)

    assert deliver(store, only(store, endpoint).id).state is DeliveryState.GIVEN_UP
    assert not store.webhook_endpoints.get(TENANT, endpoint.id).is_active


def test_after_a_rotation_both_secrets_sign_until_the_overlap_ends(store, receiver):
    endpoint, old = register(store, receiver.url)
    _, new = rotate_secret(store, TENANT, act(ADMINISTRATOR), endpoint_id=endpoint.id, vault=VAULT)
    happen(store)
    id = only(store, endpoint).id

    deliver(store, id)
    redeliver(store, TENANT, act(ADMINISTRATOR, minutes=25 * 60), delivery_id=id)
    deliver(store, id, 25 * 60)

    first, second = receiver.requests
    assert all(verify(one, first.headers, first.body, NOW) for one in (old, new))
    assert len(first.headers["webhook-signature"].split()) == 2
    assert len(second.headers["webhook-signature"].split()) == 1


def test_secrets_are_shown_once_and_stored_closed(store, receiver):
    once = act(ADMINISTRATOR)
    values = {"draft": draft(receiver.url), "vault": VAULT, "allows_local": True}
    endpoint, secret = register_endpoint(store, TENANT, once, **values)
    again, nothing = register_endpoint(store, TENANT, once, **values)

    assert secret.startswith(PREFIX) and nothing == ""
    assert again.id == endpoint.id
    assert secret not in again.model_dump_json()
    with pytest.raises(InvalidTag):
        VAULT.open(TENANT, "another", endpoint.secrets[0].sealed)


def test_a_name_that_resolves_to_a_private_address_is_not_called(store, monkeypatch):
    endpoint, _ = register(store, "https://hooks.example.com/in")
    happen(store)
    answers = [(0, 0, 0, "", ("8.8.8.8", 443)), (0, 0, 0, "", ("10.0.0.7", 443))]
    monkeypatch.setattr(safe_post.socket, "getaddrinfo", lambda *_, **__: answers)
    monkeypatch.setattr(safe_post.socket, "create_connection", lambda *_, **__: pytest.fail("connected"))

    failed = deliver(store, only(store, endpoint).id, allows_local=False)

    assert failed.attempts[-1].reason == "address_refused"


def test_the_connection_goes_to_the_address_that_was_checked(monkeypatch):
    called = []
    monkeypatch.setattr(safe_post.socket, "getaddrinfo", lambda *_, **__: [(0, 0, 0, "", ("8.8.8.8", 443))])

    def connect(address, timeout):
        called.append((address, timeout))
        raise TimeoutError

    monkeypatch.setattr(safe_post.socket, "create_connection", connect)
    with pytest.raises(safe_post.PostRefusedError) as refused:
        safe_post.safe_post("https://hooks.example.com/in", b"{}", {}, allows_local=False)

    assert refused.value.details == {"reason": "timed_out"}
    assert called == [(("8.8.8.8", 443), webhook_rules().connect_seconds)]


def test_in_production_this_machine_is_not_called(store, receiver):
    endpoint, _ = register(store, receiver.url)
    happen(store)

    assert deliver(store, only(store, endpoint).id, allows_local=False).attempts[-1].reason == "address_refused"
    assert receiver.requests == []


def test_a_test_event_and_a_disabled_endpoint(store, receiver):
    endpoint, _ = register(store, receiver.url)
    tried = try_endpoint(store, TENANT, act(ADMINISTRATOR), endpoint_id=endpoint.id)
    assert deliver(store, tried.id).state is DeliveryState.DELIVERED
    assert receiver.requests[0].json["type"] == "webhook_test"

    later = try_endpoint(store, TENANT, act(ADMINISTRATOR), endpoint_id=endpoint.id)
    switch_endpoint(store, TENANT, act(ADMINISTRATOR), endpoint_id=endpoint.id, is_active=False)
    assert deliver(store, later.id).attempts[-1].reason == "endpoint_disabled"


def test_who_may_and_what_is_refused(store, receiver):
    with pytest.raises(NotAllowedError):
        register_endpoint(store, TENANT, act(), draft=draft(receiver.url), vault=VAULT, allows_local=True)
    for url, events in (("http://10.0.0.1/", ()), (receiver.url, ("person_added",))):
        with pytest.raises(InvalidInputError):
            register(store, url, *events)
    endpoint, _ = register(store, receiver.url)
    changed = change_endpoint(
        store, TENANT, act(ADMINISTRATOR), endpoint_id=endpoint.id, draft=draft(receiver.url, "plan_closed"),
        allows_local=True, version=1,
    )  # fmt: skip
    assert changed.event_types == {EventType.PLAN_CLOSED}
    with pytest.raises(ConflictError):
        change_endpoint(
            store, TENANT, act(ADMINISTRATOR), endpoint_id=endpoint.id, draft=draft(receiver.url),
            allows_local=True, version=1,
        )  # fmt: skip


def test_there_are_only_so_many_endpoints(store, receiver):
    for _ in range(webhook_rules().most_endpoints):
        register(store, receiver.url)
    with pytest.raises(InvalidInputError):
        register(store, receiver.url)
