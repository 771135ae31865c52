"""From an event through the stream and the queue to the gateway, and what the clock brings later."""

from datetime import timedelta

import pytest

import app
from chalicelib import bootstrap
from chalicelib.domain.event import EventType
from chalicelib.domain.notification_preference import NotificationPreference
from chalicelib.domain.notification_rules import Channel
from chalicelib.domain.tenancy import Person, Role
from chalicelib.domain.todo import Todo
from chalicelib.domain.webhook import DeliveryState
from chalicelib.services.notification.recording import recorded
from chalicelib.services.webhook.manage_endpoint import EndpointDraft, register_endpoint
from chalicelib.settings import settings
from infra.local.pump import lambda_context, schedule_event, sqs_event
from tests.builders import NOW, TENANT, act, actor
from tests.receiver import receiving
from tests.visiting import plan, save
from tests.workers.delivery import failures, message

ASKED = "opinion_requested"


@pytest.fixture
def made(store):
    """A plan and an officer who wants text messages about it."""
    chosen = {"plans": frozenset({Channel.SMS})}
    with bootstrap.scope(TENANT):
        found = plan()
        person = Person(id="p1", name="韦晨阳", roles=frozenset({Role.COORDINATOR}))
        save(store, found, person, NotificationPreference(id="p1", mobile="13877112233", channels=chosen))
        return store.plans.get(TENANT, found.id)


def approve(store, found):
    with bootstrap.scope(TENANT), store.change(TENANT, act()) as change:
        store.todos.replace(change, found.ref, [Todo.of(found.ref, "p1", ASKED, found.title, at=NOW)])
        change.event(EventType.PLAN_APPROVED, found)


def outbound(delivery):
    """What the queue holds goes to the function; the identifiers of what failed."""
    waiting = delivery.received(settings().outbound_queue_url)
    if not waiting:
        return 0, []
    return len(waiting), failures(app.deliver_outbound(sqs_event(waiting), lambda_context("send")))


def test_a_task_becomes_a_text_message_through_stream_and_queue(store, delivery, made):
    approve(store, made)

    assert delivery.stream(only="plan_approved") == []
    assert delivery.stream(only="plan_approved") == []
    assert delivery.stream(only="notifications_issued") == []
    assert outbound(delivery) == (1, [])

    with bootstrap.scope(TENANT):
        (entry,) = store.notifications.of_person(TENANT, "p1").records
        (sent,) = store.notification_messages.recent(TENANT).records
        assert (entry.template, sent.state.value) == (ASKED, "delivered")
        assert made.title not in recorded(store, TENANT, sent.id)["text"]


def test_what_was_held_leaves_with_the_clock(store, delivery, made):
    with bootstrap.scope(TENANT):
        held = store.notification_preferences.of(TENANT, "p1").with_changes(has_digest=True)
        save(store, held)
    approve(store, made)
    delivery.stream(only="plan_approved")
    delivery.stream(only="notifications_issued")
    assert outbound(delivery) == (0, [])

    with bootstrap.scope("platform"):
        save_tenant(store)
    later = NOW + timedelta(days=1)
    bootstrap.set_clock(lambda: later)
    app.sweep_deadlines(schedule_event(later), lambda_context("sweep"))

    assert outbound(delivery) == (1, [])
    with bootstrap.scope(TENANT):
        assert store.notification_messages.recent(TENANT).records[0].state.value == "delivered"


def save_tenant(store):
    from chalicelib.domain.tenancy import Tenant, TenantKind

    tenant = Tenant(id=TENANT, label="南宁市", kind=TenantKind.CITY)
    with store.change("platform", act()) as change:
        change.save(tenant)
        change.event(EventType.TENANT_ONBOARDED, tenant)


def test_an_event_is_pushed_and_a_failure_is_queued_again_with_a_pause(store, delivery, made):
    with receiving() as receiver:
        draft = EndpointDraft(label="大脑", url=receiver.url, event_types=["plan_approved"])
        administrator = act(actor(Role.SYSTEM_ADMINISTRATOR))
        with bootstrap.scope(TENANT):
            register_endpoint(store, TENANT, administrator, draft=draft, vault=bootstrap.vault(), allows_local=True)
        receiver.answer(500)
        approve(store, made)
        delivery.stream(only="plan_approved")
        delivery.stream(only="webhook_queued")

        assert outbound(delivery) == (1, [])
        assert len(receiver.requests) == 1
        with bootstrap.scope(TENANT):
            (endpoint,) = store.webhook_endpoints.every(TENANT)
            (failed,) = store.webhook_deliveries.of_endpoint(TENANT, endpoint.id).records
        assert failed.state is DeliveryState.FAILED
        assert outbound(delivery) == (0, []), "the queue holds it back for the pause"

        receiver.answer(200)
        bootstrap.set_clock(lambda: NOW + timedelta(minutes=1))
        body = {"tenant": TENANT, "kind": "webhook_delivery", "id": failed.id}
        assert failures(app.deliver_outbound(sqs_event([message("m1", body)]), lambda_context("send"))) == []
        with bootstrap.scope(TENANT):
            assert store.webhook_deliveries.get(TENANT, failed.id).state is DeliveryState.DELIVERED


def test_a_message_that_names_nothing_changes_nothing_and_a_broken_one_is_left(store, delivery):
    gone = message("m1", {"tenant": TENANT, "kind": "notification_message", "id": "01JD0000000000000000000000"})

    assert failures(app.deliver_outbound(sqs_event([gone, message("m2", "{")]), lambda_context("send"))) == ["m2"]
