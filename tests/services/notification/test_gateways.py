"""What leaves for a text-message gateway and for WeCom, against a real server on this machine."""

import hashlib
import hmac
from datetime import timedelta

import pytest

from chalicelib.services.notification.channels import ChannelRefusedError, Outgoing
from chalicelib.services.notification.sms_gateway import SmsGateway
from chalicelib.services.notification.wecom import WeComGateway
from tests.builders import NOW, TENANT
from tests.receiver import receiving

MESSAGE = Outgoing("01JD", TENANT, "opinion_requested@1", "13877112233", "有一件待办", "https://yijianshi.test/in")


def test_a_text_message_is_signed_over_path_time_nonce_and_body():
    with receiving() as receiver:
        receiver.answer(200, {"status": "accepted", "reference": "g-7"})
        receipt = SmsGateway(f"{receiver.url}/send", "key-1", lambda: "word", lambda: NOW).send(MESSAGE)

    (request,) = receiver.requests
    sent = request.headers
    parts = ["POST", "/send", sent["x-timestamp"], sent["x-nonce"], hashlib.sha256(request.body).hexdigest()]
    assert sent["x-signature"] == hmac.new(b"word", "\n".join(parts).encode(), hashlib.sha256).hexdigest()
    assert request.json["request_id"] == "01JD" and request.json["text"].startswith("【一件事】")
    assert (receipt.is_delivered, receipt.reference) == (False, "g-7")


@pytest.mark.parametrize(
    ("status", "body", "reason", "is_final"),
    [
        (200, {"status": "refused"}, "gateway_refused", True),
        (200, {"status": "later"}, "gateway_refused", False),
        (500, {}, "http_500", False),
        (400, {}, "http_400", True),
        (429, {}, "http_429", False),
        (302, {}, "http_302", False),
        (200, ["no object"], "unreadable_answer", False),
    ],
)
def test_refusals_say_whether_another_try_helps(status, body, reason, is_final):
    with receiving() as receiver:
        receiver.answer(status, body)
        with pytest.raises(ChannelRefusedError) as refused:
            SmsGateway(receiver.url, "key-1", lambda: "word", lambda: NOW).send(MESSAGE)

    assert refused.value.details == {"reason": reason, "is_final": is_final}


def test_a_gateway_that_is_not_there_is_tried_again():
    with pytest.raises(ChannelRefusedError) as refused:
        SmsGateway("http://127.0.0.1:9/", "key-1", lambda: "word", lambda: NOW).send(MESSAGE)

    assert refused.value.details == {"reason": "unreachable", "is_final": False}


def wecom(receiver, clock=lambda: NOW):
    return WeComGateway("corp", 1000002, lambda: "word", clock, receiver.url)


def test_wecom_gets_a_card_and_a_token_is_kept():
    with receiving() as receiver:
        receiver.answer(200, {"errcode": 0, "access_token": "t-1", "expires_in": 7200})
        receiver.then(200, {"errcode": 0, "msgid": "m-1"})
        gateway = wecom(receiver)
        assert gateway.send(MESSAGE).reference == "m-1"
        gateway.send(MESSAGE)

    assert [(one.method, one.path) for one in receiver.requests] == [
        ("GET", "/cgi-bin/gettoken?corpid=corp&corpsecret=word"),
        ("POST", "/cgi-bin/message/send?access_token=t-1"),
        ("POST", "/cgi-bin/message/send?access_token=t-1"),
    ]
    sent = receiver.requests[1].json
    assert (sent["touser"], sent["msgtype"], sent["agentid"]) == ("13877112233", "textcard", 1000002)
    assert sent["textcard"]["url"] == MESSAGE.link


def test_wecom_renews_a_token_that_ran_out_or_is_refused():
    moment = [NOW]
    with receiving() as receiver:
        receiver.answer(200, {"errcode": 0, "access_token": "t-1", "expires_in": 7200})
        receiver.then(200, {"errcode": 42001})
        receiver.then(200, {"errcode": 0, "access_token": "t-2", "expires_in": 7200})
        receiver.then(200, {"errcode": 0})
        gateway = wecom(receiver, lambda: moment[0])
        gateway.send(MESSAGE)
        moment[0] += timedelta(hours=2)
        receiver.answer(200, {"errcode": 0, "access_token": "t-3"})
        receiver.then(200, {"errcode": 0})
        gateway.send(MESSAGE)

    assert [one.path.rpartition("=")[2] for one in receiver.requests if one.method == "POST"] == ["t-1", "t-2", "t-3"]


@pytest.mark.parametrize(
    ("answer", "reason", "is_final"),
    [
        ({"errcode": 0, "invaliduser": "13877112233"}, "unknown_member", True),
        ({"errcode": 60111}, "unknown_member", True),
        ({"errcode": 45009}, "wecom_45009", False),
    ],
)
def test_wecom_refusals(answer, reason, is_final):
    with receiving() as receiver:
        receiver.answer(200, {"errcode": 0, "access_token": "t-1"})
        receiver.then(200, answer)
        with pytest.raises(ChannelRefusedError) as refused:
            wecom(receiver).send(MESSAGE)

    assert refused.value.details == {"reason": reason, "is_final": is_final}
