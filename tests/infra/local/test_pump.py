"""The pump delivers, honours partial failures, retries and dead-letters, on both engines."""

import json
import threading
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import pytest
from chalice import Chalice

from infra.local.by_hand import create_table
from infra.local.pump import Pump, failures_of, seconds_of
from infra.local.resources import Resources, client
from infra.template import load_template

PATIENCE_SECONDS = 30


class Heard:
    """An app with the product's four kinds of function, which remembers what it was given and fails as told."""

    def __init__(self) -> None:
        self.bodies: list[str] = []
        self.images: list[dict[str, Any]] = []
        self.ticks: list[str] = []
        self.failing: Callable[[str], bool] = lambda body: False
        self.module = self._module()

    def _module(self) -> ModuleType:
        chalice, module = Chalice("heard", configure_logs=False), ModuleType("heard")

        def run_jobs(event: Any) -> dict[str, Any]:
            records = event.to_dict()["Records"]
            failed = [record["messageId"] for record in records if not self._take(record["body"])]
            return {"batchItemFailures": [{"itemIdentifier": name} for name in failed]}

        def publish_events(event: Any) -> None:
            records = event.to_dict()["Records"]
            if any(self.failing(record["dynamodb"]["NewImage"]["pk"]["S"]) for record in records):
                raise RuntimeError("not now")
            self.images += [record["dynamodb"]["NewImage"] for record in records]

        def sweep_deadlines(event: Any) -> None:
            self.ticks.append(event.to_dict()["time"])

        module.app = chalice  # type: ignore[attr-defined]
        module.run_jobs = chalice.on_sqs_message(queue="jobs", batch_size=5, name="run_jobs")(run_jobs)  # type: ignore[attr-defined]
        module.sequence_events = chalice.on_sqs_message(  # type: ignore[attr-defined]
            queue="events.fifo", batch_size=10, name="sequence_events"
        )(run_jobs)
        module.publish_events = chalice.on_dynamodb_record(stream_arn="table", name="publish_events")(publish_events)  # type: ignore[attr-defined]
        module.sweep_deadlines = chalice.schedule("rate(5 minutes)", name="sweep_deadlines")(sweep_deadlines)  # type: ignore[attr-defined]
        return module

    def _take(self, body: str) -> bool:
        self.bodies.append(body)
        return not self.failing(body)


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture(params=["ministack", "moto"])
def cloud(request: pytest.FixtureRequest) -> Resources:
    """A table, queues and buckets of this test alone."""
    endpoint = request.getfixturevalue(f"{request.param}_endpoint")
    name = f"pump-{uuid.uuid4().hex[:8]}"
    described = load_template()["Resources"]
    dynamodb, sqs = client("dynamodb", endpoint), client("sqs", endpoint)
    create_table(dynamodb, described["Table"]["Properties"], name)
    dead = sqs.create_queue(QueueName=f"{name}-dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=dead, AttributeNames=["QueueArn"])["Attributes"]["QueueArn"]
    redrive = json.dumps({"deadLetterTargetArn": arn, "maxReceiveCount": 3})
    jobs = sqs.create_queue(QueueName=f"{name}-jobs", Attributes={"RedrivePolicy": redrive})["QueueUrl"]
    events = sqs.create_queue(QueueName=f"{name}-events.fifo", Attributes={"FifoQueue": "true"})["QueueUrl"]
    return Resources(
        endpoint=endpoint,
        table_name=name,
        jobs_queue_url=jobs,
        events_queue_url=events,
        outbound_queue_url=jobs,
        files_bucket="",
        evidence_bucket="",
        signing_seed_secret="",
        application_secret_name="",
        dead_letters={"jobs": dead},
    )


@contextmanager
def pumping(heard: Heard, cloud: Resources, *, wait: int = 0) -> Iterator[Pump]:
    pump = Pump(heard.module, cloud, pause=0.0, wait=wait, has_ticks=False)
    pump.start()
    try:
        yield pump
    finally:
        pump.stop(drain_seconds=0)


def wait_until(holds: Callable[[], bool]) -> None:
    until = time.monotonic() + PATIENCE_SECONDS
    while not holds():
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)


def send(cloud: Resources, body: str) -> None:
    client("sqs", cloud.endpoint).send_message(QueueUrl=cloud.jobs_queue_url, MessageBody=body)


def test_message_reaches_its_handler_once_and_leaves_the_queue(heard: Heard, cloud: Resources) -> None:
    with pumping(heard, cloud, wait=1) as pump:
        send(cloud, "one")

        wait_until(lambda: heard.bodies == ["one"])

        assert pump.drain(PATIENCE_SECONDS)
        assert heard.bodies == ["one"]


def test_only_the_named_failure_comes_again(heard: Heard, cloud: Resources) -> None:
    seen: set[str] = set()
    heard.failing = lambda body: body == "bad" and not (body in seen or seen.add(body))
    send(cloud, "good")
    send(cloud, "bad")

    with pumping(heard, cloud) as pump:
        wait_until(lambda: heard.bodies.count("bad") == 2)
        assert pump.drain(PATIENCE_SECONDS)

    assert sorted(heard.bodies) == ["bad", "bad", "good"]


def test_poison_goes_to_the_dead_letters_after_its_receives(heard: Heard, cloud: Resources) -> None:
    heard.failing = lambda body: body == "poison"
    send(cloud, "poison")
    sqs = client("sqs", cloud.endpoint)

    def is_dead() -> bool:
        return bool(sqs.receive_message(QueueUrl=cloud.dead_letters["jobs"], VisibilityTimeout=0).get("Messages"))

    with pumping(heard, cloud):
        wait_until(is_dead)

    assert heard.bodies == ["poison"] * 3


def test_ordered_group_keeps_its_order_through_a_retry(heard: Heard, cloud: Resources) -> None:
    refused = threading.Event()

    def first_time(body: str) -> bool:
        return not refused.is_set()

    heard.failing = first_time
    sqs = client("sqs", cloud.endpoint)
    for number in range(3):
        sqs.send_message(
            QueueUrl=cloud.events_queue_url,
            MessageBody=f"event {number}",
            MessageGroupId="gx450100",
            MessageDeduplicationId=str(number),
        )

    with pumping(heard, cloud) as pump:
        wait_until(lambda: len(heard.bodies) >= 3)
        refused.set()
        before = len(heard.bodies)
        wait_until(lambda: len(heard.bodies) >= before + 3)
        assert pump.drain(PATIENCE_SECONDS)

    assert list(dict.fromkeys(heard.bodies[-3:])) == ["event 0", "event 1", "event 2"]


def test_stream_record_is_delivered_again_until_it_is_taken(heard: Heard, cloud: Resources) -> None:
    tries = iter([True, True])
    heard.failing = lambda pk: next(tries, False)
    client("dynamodb", cloud.endpoint).put_item(
        TableName=cloud.table_name, Item={"pk": {"S": "T#gx450100#A"}, "sk": {"S": "EVENT#1"}, "shape": {"S": "event"}}
    )

    with pumping(heard, cloud) as pump:
        wait_until(lambda: len(heard.images) == 1)
        assert pump.drain(PATIENCE_SECONDS)

    assert [image["shape"] for image in heard.images] == [{"S": "event"}]
    assert next(tries, None) is None


def test_events_of_the_table_can_be_delivered_again(heard: Heard, cloud: Resources) -> None:
    dynamodb = client("dynamodb", cloud.endpoint)
    for sk in ("EVENT#1", "META"):
        dynamodb.put_item(TableName=cloud.table_name, Item={"pk": {"S": "T#gx450100#A"}, "sk": {"S": sk}})

    Pump(heard.module, cloud).redeliver()

    assert [image["sk"]["S"] for image in heard.images] == ["EVENT#1"]


def test_a_tick_carries_its_time(heard: Heard, cloud: Resources) -> None:
    pump = Pump(heard.module, cloud)
    pump.start()

    wait_until(lambda: len(heard.ticks) == 1)
    pump.stop(drain_seconds=0)

    assert heard.ticks[0].endswith("Z")


def test_a_handler_that_raises_fails_its_whole_batch() -> None:
    def broken(event: Any, context: Any) -> None:
        raise RuntimeError("broken")

    assert failures_of(broken, {}, ["a", "b"]) == {"a", "b"}
    assert failures_of(lambda event, context: None, {}, ["a"]) == set()


@pytest.mark.parametrize(
    ("text", "seconds"), [("rate(5 minutes)", 300), ("rate(1 hour)", 3600), ("rate(2 days)", 172800)]
)
def test_rates_are_read(text: str, seconds: int) -> None:
    assert seconds_of(text) == seconds


def test_other_schedules_are_refused() -> None:
    with pytest.raises(ValueError, match="not a rate"):
        seconds_of("cron(0 * * * ? *)")
