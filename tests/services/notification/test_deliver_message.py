"""Attempts: sent once, tried again, given up, held back by the cap; the clock brings what is due to the queue."""

from datetime import timedelta

import pytest

from chalicelib.domain.errors import IllegalTransitionError, NotAllowedError
from chalicelib.domain.event import EventType
from chalicelib.domain.notification_message import MessageState
from chalicelib.domain.notification_preference import NotificationSetting
from chalicelib.domain.notification_rules import Channel, notification_rules
from chalicelib.domain.tenancy import Role
from chalicelib.services.notification.channels import ChannelRefusedError, Outgoing, Receipt
from chalicelib.services.notification.choose_preference import change_setting
from chalicelib.services.notification.deliver_message import deliver_message
from chalicelib.services.notification.read_notifications import open_all
from chalicelib.services.notification.recording import RecordingGateway, recorded
from chalicelib.services.notification.retry_message import retry_message
from chalicelib.services.notification.send_due import send_due
from tests.builders import NOW, TENANT, act, actor
from tests.services.notification.conftest import MOBILE, OFFICER, Case

ADMINISTRATOR = actor(Role.SYSTEM_ADMINISTRATOR)
BASE = "https://yijianshi.test"


class Gateway:
    """Remembers what it was given; refuses with `reason` until it is told otherwise."""

    def __init__(self, reason: str = "", is_final: bool = False) -> None:
        self.reason, self.is_final, self.taken = reason, is_final, list[Outgoing]()

    def send(self, message: Outgoing) -> Receipt:
        self.taken.append(message)
        if self.reason:
            raise ChannelRefusedError(reason=self.reason, is_final=self.is_final)
        return Receipt(False, "r-1")


@pytest.fixture
def message(case: Case):
    case.choose(OFFICER)
    case.tell(case.happen(EventType.TASKS_GENERATED, case.task(OFFICER, "opinion_requested")))
    return case.messages()[0]


def deliver(case: Case, id: str, gateway, minutes: float = 0):
    now = NOW + timedelta(minutes=minutes)
    return deliver_message(case.store, TENANT, id, now, gateways={Channel.SMS: gateway}, base_url=BASE)


def test_it_is_sent_once_with_nothing_of_the_record_in_it(case: Case, message) -> None:
    gateway = Gateway()

    sent = deliver(case, message.id, gateway)

    assert deliver(case, message.id, gateway) is None
    assert (sent.state, sent.attempts[0].reference, sent.masked_address) == (MessageState.SENT, "r-1", "138****2233")
    (taken,) = gateway.taken
    assert (taken.id, taken.address, taken.link) == (message.id, MOBILE, f"{BASE}/console/notifications")
    assert case.plan.title not in taken.text and case.plan.number not in taken.text


def test_it_is_tried_again_after_growing_pauses_and_then_given_up(case: Case, message) -> None:
    gateway, minutes, pauses = Gateway("unreachable"), 0.0, notification_rules().retry_seconds
    for pause in pauses:
        failed = deliver(case, message.id, gateway, minutes)
        assert (failed.state, failed.reason) == (MessageState.FAILED, "unreachable")
        assert deliver(case, message.id, gateway, minutes + pause / 60 - 0.5) is None
        minutes += pause / 60

    assert deliver(case, message.id, gateway, minutes).state is MessageState.GIVEN_UP
    assert len(gateway.taken) == len(pauses) + 1

    retry_message(case.store, TENANT, act(ADMINISTRATOR, minutes=minutes), message_id=message.id)
    gateway.reason = ""
    assert deliver(case, message.id, gateway, minutes).state is MessageState.SENT


@pytest.mark.parametrize(("reason", "is_final"), [("gateway_refused", True)])
def test_a_final_refusal_is_not_tried_again(case: Case, message, reason: str, is_final: bool) -> None:
    assert deliver(case, message.id, Gateway(reason, is_final)).state is MessageState.GIVEN_UP


def test_without_gateway_or_once_it_was_read_it_is_given_up(case: Case, message) -> None:
    open_all(case.store, TENANT, act(actor(Role.DEPARTMENT_OFFICER, person_id=OFFICER)))

    assert deliver(case, message.id, Gateway()).reason == "already_read"


def test_a_second_worker_leaves_it_to_the_first(case: Case, message) -> None:
    assert case.store.outbound.take(TENANT, message.id, NOW + timedelta(minutes=3), NOW)

    assert deliver(case, message.id, Gateway(), minutes=2) is None
    assert deliver(case, message.id, Gateway(), minutes=4).state is MessageState.SENT


def test_past_the_day_cap_it_waits_for_the_next_day(case: Case, message) -> None:
    change_setting(case.store, TENANT, act(ADMINISTRATOR), wanted=NotificationSetting(id=TENANT, sms_day_cap=0))
    gateway = Gateway()

    held = deliver(case, message.id, gateway)

    assert (held.state, gateway.taken) == (MessageState.HELD, [])
    assert held.next_attempt_at > NOW + timedelta(hours=12)


def test_messages_are_counted_per_day(case: Case, message) -> None:
    deliver(case, message.id, Gateway())

    assert case.store.outbound.counts(TENANT, Channel.SMS, "2026-11") == {"2026-11-23": 1}


def test_the_stand_in_writes_down_what_would_have_left(case: Case, message) -> None:
    done = deliver(case, message.id, RecordingGateway(case.store, Channel.SMS))

    assert done.state is MessageState.DELIVERED
    assert recorded(case.store, TENANT, message.id)["to"] == MOBILE
    assert recorded(case.store, TENANT, "none") is None


def test_the_clock_brings_what_is_due_to_the_queue(case: Case) -> None:
    case.choose(OFFICER, has_digest=True)
    for topic in ("opinion_requested", "change_proposed"):
        case.tell(case.happen(EventType.TASKS_GENERATED, case.task(OFFICER, topic)))
    sent = []

    class Queues:
        def send_outbound(self, *values):
            sent.append(values)

    assert send_due(case.store, Queues(), TENANT, NOW) == 0
    assert send_due(case.store, Queues(), TENANT, NOW + timedelta(days=1)) == 1
    gateway = Gateway()
    deliver(case, sent[0][2], gateway, minutes=24 * 60)
    assert "2条" in gateway.taken[0].text


def test_only_the_system_administrator_retries_and_only_what_failed(case: Case, message) -> None:
    with pytest.raises(NotAllowedError):
        retry_message(case.store, TENANT, act(), message_id=message.id)
    with pytest.raises(IllegalTransitionError):
        retry_message(case.store, TENANT, act(ADMINISTRATOR), message_id=message.id)
