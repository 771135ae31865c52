"""Dead letters are delivered again on purpose only, and every one leaves its event."""

import json

import boto3
import pytest

from chalicelib import bootstrap
from chalicelib.domain.errors import InvalidInputError, NotAllowedError
from chalicelib.domain.event import EventType
from chalicelib.domain.record import Ref
from chalicelib.domain.tenancy import PLATFORM, Role
from chalicelib.services.jobs.redrive_messages import redrive_messages
from chalicelib.storage.queues import Queues
from tests.builders import TENANT, act, actor

OPERATOR = actor(Role.PLATFORM_OPERATOR, tenant=PLATFORM)


def arn(client, url):
    return client.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]


@pytest.fixture
def sqs(store):
    return boto3.client("sqs")


@pytest.fixture
def queues(sqs) -> Queues:
    urls = {}
    for name, more in (("jobs", {}), ("events", {"FifoQueue": "true"}), ("outbound", {})):
        end = ".fifo" if more else ""
        dead = sqs.create_queue(QueueName=f"{name}-dead{end}", Attributes=more)["QueueUrl"]
        policy = json.dumps({"deadLetterTargetArn": arn(sqs, dead), "maxReceiveCount": 1})
        attributes = {**more, "RedrivePolicy": policy}
        urls[name] = (sqs.create_queue(QueueName=f"{name}{end}", Attributes=attributes)["QueueUrl"], dead)
    made = Queues(lambda: sqs, *(urls[name][0] for name in ("jobs", "events", "outbound")))
    made.urls = urls
    return made


def bodies(sqs, url):
    return [
        json.loads(m["Body"]) for m in sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", [])
    ]


def test_jobs_go_back_to_their_queue(store, sqs, queues):
    for job_id in ("j1", "j2"):
        body = json.dumps({"tenant": TENANT, "job_id": job_id})
        sqs.send_message(QueueUrl=queues.urls["jobs"][1], MessageBody=body)
    assert queues.waiting() == {"jobs": 2, "events": 0, "outbound": 0}

    count = redrive_messages(store, queues, act(OPERATOR), queue="jobs", reason="模板已修好")

    assert count == 2
    assert {body["job_id"] for body in bodies(sqs, queues.urls["jobs"][0])} == {"j1", "j2"}
    assert queues.waiting()["jobs"] == 0
    history = store.jobs.history(TENANT, Ref(kind="queue", id="jobs"))
    assert [event.type for event in history] == [EventType.MESSAGE_REDRIVEN] * 2
    assert {event.data["job_id"] for event in history} == {"j1", "j2"}
    assert {event.data["reason"] for event in history} == {"模板已修好"}


def test_leaves_keep_their_group(store, sqs, queues):
    body = {"tenant": TENANT, "event_id": "e1", "leaf": "{}"}
    sqs.send_message(
        QueueUrl=queues.urls["events"][1],
        MessageBody=json.dumps(body),
        MessageGroupId=TENANT,
        MessageDeduplicationId="dead-e1",
    )

    assert redrive_messages(store, queues, act(OPERATOR), queue="events", reason="已修好") == 1
    assert bodies(sqs, queues.urls["events"][0]) == [body]


@pytest.mark.parametrize(("queue", "reason", "field"), [("other", "x", "queue"), ("jobs", "  ", "reason")])
def test_what_is_missing_is_said(store, queues, queue, reason, field):
    with pytest.raises(InvalidInputError) as raised:
        redrive_messages(store, queues, act(OPERATOR), queue=queue, reason=reason)

    assert [problem.field for problem in raised.value.problems] == [field]


def test_only_the_operator_redrives(store, queues):
    with pytest.raises(NotAllowedError):
        redrive_messages(store, queues, act(), queue="jobs", reason="x")


def test_the_process_has_its_queues(store):
    assert bootstrap.queues() is bootstrap.queues()
