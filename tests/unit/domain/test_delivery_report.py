"""What a gateway tells later of a message: taken once, of the right attempt, in whatever order it comes."""

from datetime import timedelta

import pytest

from chalicelib.domain.delivery_report import DeliveryReport, ReportedState
from chalicelib.domain.notification_message import MessageState, NotificationMessage
from chalicelib.domain.notification_rules import Channel, notification_rules
from tests.builders import NOW

DELIVERED, FAILED, REFUSED = ReportedState
LATER = NOW + timedelta(minutes=1)


def queued() -> NotificationMessage:
    return NotificationMessage(
        person_id="p",
        channel=Channel.SMS,
        notification_ids=["n"],
        template="opinion_requested",
        template_version=1,
        state=MessageState.QUEUED,
        created_at=NOW,
        next_attempt_at=NOW,
    )


def sent(reference: str = "r-1") -> NotificationMessage:
    return queued().succeeded(NOW, is_delivered=False, reference=reference, masked="138****2233")


def told(state: ReportedState, reference: str = "r-1", code: str = "") -> DeliveryReport:
    return DeliveryReport(message_id="m", state=state, reference=reference, gateway_code=code)


def test_what_arrived_is_delivered_once() -> None:
    arrived = sent().reported(told(DELIVERED), LATER)

    assert arrived is not None
    assert (arrived.state, arrived.next_attempt_at, arrived.masked_address) == ("delivered", None, "138****2233")
    assert arrived.reported(told(DELIVERED), LATER) is None
    assert arrived.reported(told(FAILED), LATER) is None


def test_what_did_not_arrive_is_tried_again_after_the_usual_pause() -> None:
    failed = sent().reported(told(FAILED, code="MK:0001"), LATER)

    assert failed is not None
    assert (failed.state, failed.reason, failed.tries) == ("failed", "not_received", 1)
    assert (failed.attempts[-1].gateway_code, failed.attempt_count) == ("MK:0001", 1)
    assert failed.next_attempt_at == LATER + timedelta(seconds=notification_rules().pause_after(1) or 0)
    assert failed.reported(told(FAILED), LATER) is None


def test_a_number_that_is_none_is_given_up() -> None:
    refused = sent().reported(told(REFUSED), LATER)

    assert refused is not None
    assert (refused.state, refused.next_attempt_at) == ("given_up", None)


def test_a_late_failure_of_an_earlier_attempt_does_not_fail_the_present_one() -> None:
    failed = sent("r-1").reported(told(FAILED, "r-1"), LATER)
    assert failed is not None
    again = failed.succeeded(LATER, is_delivered=False, reference="r-2", masked="")

    assert again.reported(told(FAILED, "r-1"), LATER) is None
    late = again.reported(told(DELIVERED, "r-1"), LATER)
    assert late is not None and late.state is MessageState.DELIVERED


def test_what_arrives_although_it_was_told_lost_is_not_sent_again() -> None:
    failed = sent().reported(told(FAILED), LATER)
    assert failed is not None

    arrived = failed.reported(told(DELIVERED), LATER)

    assert arrived is not None
    assert (arrived.state, arrived.next_attempt_at) == ("delivered", None)


@pytest.mark.parametrize("state", [DELIVERED, FAILED])
def test_a_report_that_overtakes_the_end_of_its_attempt_is_taken(state: ReportedState) -> None:
    assert queued().reported(told(state, ""), NOW) is None
    early = queued().reported(told(state), NOW)

    assert early is not None and early.state == state.value


def test_what_was_never_sent_cannot_arrive() -> None:
    held = queued().postponed(LATER + timedelta(hours=8))

    assert held.reported(told(DELIVERED), LATER) is None
