"""The stand-in's receipts: a text message is only sent until its own signed receipt says that it arrived."""

from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.domain.notification_message import MessageState, NotificationMessage
from chalicelib.domain.notification_rules import Channel
from chalicelib.domain.tenancy import Role
from chalicelib.services.notification.channels import Outgoing
from chalicelib.services.notification.receipt_key import renew_receipt_key
from chalicelib.services.notification.recording import RecordingGateway
from infra.local.receipts import receipt_of
from tests.builders import act, actor
from tests.unit.domain.test_delivery_report import queued
from tests.visiting import save
from tests.web.site import NOW, TENANT_A, Site, at, open_site


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    with open_site() as opened:
        at(NOW)
        yield opened


def recorded_message(number: str) -> NotificationMessage:
    """As the stand-in took it."""
    message = queued()
    taken = RecordingGateway(bootstrap.store(), Channel.SMS).send(
        Outgoing(message.id, TENANT_A, "opinion_requested@1", number, "有一项待办", "https://yijianshi.test")
    )
    sent = message.succeeded(NOW, is_delivered=taken.is_delivered, reference=taken.reference, masked="")
    save(bootstrap.store(), sent)
    return sent


def test_the_stand_in_tells_what_arrived_and_what_did_not(site: Site) -> None:
    with bootstrap.scope(TENANT_A):
        assert recorded_message("13800000001").state is MessageState.DELIVERED
        administrator = act(actor(Role.SYSTEM_ADMINISTRATOR))
        renew_receipt_key(bootstrap.store(), TENANT_A, administrator, vault=bootstrap.vault())
        taken = [recorded_message(number) for number in ("13800000001", "13800000000")]
    for message in taken:
        assert message.state is MessageState.SENT
        body, headers = receipt_of(TENANT_A, message.id) or (b"", {})
        sent = {"content-type": "application/json", **headers}
        assert site.browser().send("POST", f"/api/v1/sms-receipts/{TENANT_A}", sent, body).status == 204

    with bootstrap.scope(TENANT_A):
        states = [bootstrap.store().notification_messages.get(TENANT_A, one.id).state for one in taken]
    assert states == [MessageState.DELIVERED, MessageState.FAILED]
    assert receipt_of(TENANT_A, taken[0].id) is None
