"""Brings queue messages, stream records and ticks to the very handlers that Lambda would call, shaped as Lambda shapes
them: batches, partial failures, retries with growing pauses, dead letters by the queue's own redrive policy.

What is wired to what is read from the app itself (`event_sources`), so a wrong registration shows here too. Deliveries
may come twice and out of step, as in the cloud; a message that fails is seen again after 1, 2, 4 … seconds.
"""

import logging
import re
import threading
import time
import uuid
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import partial
from types import ModuleType, SimpleNamespace
from typing import Any

from infra.local.resources import REGION, Resources, client

logger = logging.getLogger("yijianshi.pump")

IDLE_SECONDS = 0.2
LONGEST_PAUSE_SECONDS = 60
_RATE = re.compile(r"rate\((\d+) (minute|minutes|hour|hours|day|days)\)")
_UNITS = {"minute": 60, "hour": 3600, "day": 86400}


class Pump:
    """Threads between an emulated cloud and the functions of `app` (the imported app.py).

    pause: base of the growing pause before a retry, in seconds; wait: seconds that a queue waits for a message before
    it answers that there is none, which costs less than asking again and delays a stop; has_ticks: whether schedules
    run.
    """

    def __init__(
        self, app: ModuleType, resources: Resources, *, pause: float = 1.0, wait: int = 1, has_ticks: bool = True
    ) -> None:
        self._app, self._resources, self._pause, self._has_ticks = app, resources, pause, has_ticks
        self._wait = wait
        self._queues = {
            "jobs": resources.jobs_queue_url,
            "events.fifo": resources.events_queue_url,
            "outbound": resources.outbound_queue_url,
        }
        self._stopping = threading.Event()
        self._threads: list[threading.Thread] = []
        self._stream = StreamReader(client("dynamodbstreams", resources.endpoint), resources)

    def start(self) -> None:
        for source in self._app.app.event_sources:
            name, handler = source.name, getattr(self._app, source.name)
            if hasattr(source, "queue"):
                sqs = client("sqs", self._resources.endpoint)
                url = self._queues[source.queue]
                self._run(name, partial(self._pump_queue, sqs, url, source.batch_size, handler))
            elif hasattr(source, "stream_arn"):
                self._run(name, partial(self._pump_stream, source.batch_size, handler))
            elif self._has_ticks:
                self._tick(name, seconds_of(source.schedule_expression), handler)

    def stop(self, drain_seconds: float = 10) -> bool:
        """Deliver what is waiting, then end the threads. True when nothing was left behind."""
        drained = self.drain(drain_seconds)
        self._stopping.set()
        for thread in self._threads:
            thread.join(timeout=10)
        return drained

    def redeliver(self) -> None:
        """Hand every event of the table to the stream's function again: an emulator that was killed has lost its
        stream, and a repeated delivery changes nothing."""
        handler = next(getattr(self._app, s.name) for s in self._app.app.event_sources if hasattr(s, "stream_arn"))
        pages = (
            client("dynamodb", self._resources.endpoint)
            .get_paginator("scan")
            .paginate(
                TableName=self._resources.table_name,
                FilterExpression="begins_with(sk, :event)",
                ExpressionAttributeValues={":event": {"S": "EVENT#"}},
            )
        )
        for page in pages:
            records = [
                {"eventName": "INSERT", "dynamodb": {"SequenceNumber": str(number), "NewImage": item}}
                for number, item in enumerate(page["Items"])
            ]
            if records:
                failures_of(handler, stream_event(records, self._resources.table_name), [])

    def drain(self, seconds: float) -> bool:
        """Wait until stream and queues have been empty twice in a row. False when the time ran out before."""
        until, quiet = time.monotonic() + seconds, 0
        sqs = client("sqs", self._resources.endpoint)
        while time.monotonic() < until:
            busy = self._stream.is_behind or any(_waiting(sqs, url) for url in self._queues.values())
            quiet = 0 if busy else quiet + 1
            if quiet == 2:
                return True
            time.sleep(IDLE_SECONDS)
        return False

    def _run(self, name: str, pump_once: Callable[[], bool]) -> None:
        def loop() -> None:
            while not self._stopping.is_set():
                try:
                    if pump_once():
                        continue
                except Exception:
                    logger.exception("the pump of %s stumbled and goes on", name)
                self._stopping.wait(IDLE_SECONDS)

        self._start_thread(name, loop)

    def _tick(self, name: str, seconds: int, handler: Callable[[Any, Any], Any]) -> None:
        def loop() -> None:
            while True:
                try:
                    handler(schedule_event(datetime.now(UTC)), lambda_context(name))
                except Exception:
                    logger.exception("%s failed and is called again at its next tick", name)
                if self._stopping.wait(seconds):
                    return

        self._start_thread(name, loop)

    def _start_thread(self, name: str, loop: Callable[[], None]) -> None:
        thread = threading.Thread(target=loop, name=f"pump-{name}", daemon=True)
        self._threads.append(thread)
        thread.start()

    def _pump_queue(self, sqs: Any, url: str, batch_size: int, handler: Callable[[Any, Any], Any]) -> bool:
        """One batch. True when there was something to do."""
        answer = sqs.receive_message(
            QueueUrl=url,
            MaxNumberOfMessages=min(batch_size, 10),
            MessageSystemAttributeNames=["All"],
            WaitTimeSeconds=self._wait,
        )
        messages = answer.get("Messages", [])
        if not messages:
            return False
        failed = failures_of(handler, sqs_event(messages), [message["MessageId"] for message in messages])
        for message in messages:
            handle = message["ReceiptHandle"]
            if message["MessageId"] not in failed:
                sqs.delete_message(QueueUrl=url, ReceiptHandle=handle)
                continue
            received = int(message["Attributes"].get("ApproximateReceiveCount", "1"))
            pause = min(self._pause * 2 ** (received - 1), LONGEST_PAUSE_SECONDS)
            sqs.change_message_visibility(QueueUrl=url, ReceiptHandle=handle, VisibilityTimeout=int(pause))
        return True

    def _pump_stream(self, batch_size: int, handler: Callable[[Any, Any], Any]) -> bool:
        records = self._stream.read(batch_size)
        if not records:
            return False
        numbers = [record["dynamodb"]["SequenceNumber"] for record in records]
        failed = failures_of(handler, stream_event(records, self._resources.table_name), numbers)
        first_failed = next((number for number in numbers if number in failed), None)
        self._stream.commit(first_failed)
        if first_failed:
            # As Lambda does: everything from the first failure on is delivered again, in order.
            self._stopping.wait(self._pause)
        return True


class StreamReader:
    """The table's stream from its oldest record, with the position that only a successful batch moves."""

    def __init__(self, streams: Any, resources: Resources) -> None:
        self._streams, self._table = streams, resources.table_name
        self._iterator = ""
        self._records: list[dict[str, Any]] = []
        self._next = ""
        self._empty_reads = 0

    @property
    def is_behind(self) -> bool:
        return self._empty_reads < 2

    def read(self, limit: int) -> list[dict[str, Any]]:
        """The next records in DynamoDB JSON; the same again until `commit` has moved on."""
        if self._records:
            return self._records
        if not self._iterator:
            self._iterator = self._oldest()
        answer = self._streams.get_records(ShardIterator=self._iterator, Limit=limit)
        self._records = [_plain(record) for record in answer["Records"]]
        self._next = answer.get("NextShardIterator", "")
        if not self._records:
            self._empty_reads += 1
            self._iterator = self._next
        else:
            self._empty_reads = 0
        return self._records

    def commit(self, first_failed: str | None) -> None:
        """All but the records from `first_failed` (a sequence number) on are done."""
        numbers = [record["dynamodb"]["SequenceNumber"] for record in self._records]
        self._records = self._records[numbers.index(first_failed) :] if first_failed else []
        if not self._records:
            self._iterator = self._next

    def _oldest(self) -> str:
        streams = self._streams.list_streams(TableName=self._table)["Streams"]
        arn = streams[-1]["StreamArn"]
        shard = self._streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]
        iterator: str = self._streams.get_shard_iterator(
            StreamArn=arn, ShardId=shard["ShardId"], ShardIteratorType="TRIM_HORIZON"
        )["ShardIterator"]
        return iterator


def failures_of(handler: Callable[[Any, Any], Any], event: Mapping[str, Any], all_ids: list[str]) -> set[str]:
    """Identifiers that the handler did not take: the named ones, or all when it raised."""
    try:
        answer = handler(event, lambda_context(getattr(handler, "__name__", "handler"))) or {}
    except Exception:
        logger.exception("a handler raised; its whole batch is delivered again")
        return set(all_ids)
    return {failure["itemIdentifier"] for failure in answer.get("batchItemFailures", [])}


def sqs_event(messages: list[dict[str, Any]]) -> dict[str, Any]:
    """What Lambda makes of received messages."""
    return {
        "Records": [
            {
                "messageId": message["MessageId"],
                "receiptHandle": message["ReceiptHandle"],
                "body": message["Body"],
                "attributes": message.get("Attributes", {}),
                "messageAttributes": message.get("MessageAttributes", {}),
                "md5OfBody": message.get("MD5OfBody", ""),
                "eventSource": "aws:sqs",
                "eventSourceARN": "",
                "awsRegion": REGION,
            }
            for message in messages
        ]
    }


def stream_event(records: list[dict[str, Any]], table_name: str) -> dict[str, Any]:
    """What Lambda makes of stream records; images stay in DynamoDB JSON."""
    arn = f"arn:aws:dynamodb:{REGION}:000000000000:table/{table_name}/stream/local"
    return {"Records": [{**record, "eventSourceARN": arn, "awsRegion": REGION} for record in records]}


def schedule_event(at: datetime) -> dict[str, Any]:
    """What EventBridge sends at a tick."""
    return {
        "version": "0",
        "id": str(uuid.uuid4()),
        "detail-type": "Scheduled Event",
        "source": "aws.events",
        "account": "000000000000",
        "time": at.strftime("%Y-%m-%dT%H:%M:%SZ"),
        "region": REGION,
        "resources": [],
        "detail": {},
    }


def lambda_context(name: str) -> SimpleNamespace:
    """The part of Lambda's context that libraries look at."""
    return SimpleNamespace(
        function_name=name,
        function_version="$LATEST",
        invoked_function_arn=f"arn:aws:lambda:{REGION}:000000000000:function:{name}",
        memory_limit_in_mb=512,
        aws_request_id=str(uuid.uuid4()),
        get_remaining_time_in_millis=lambda: 300_000,
    )


def seconds_of(expression: str) -> int:
    """`rate(5 minutes)` → 300. Only rates are used; anything else is a ValueError."""
    found = _RATE.fullmatch(expression)
    if not found:
        raise ValueError(f"not a rate: {expression}")
    return int(found[1]) * _UNITS[found[2].rstrip("s")]


def _waiting(sqs: Any, url: str) -> int:
    names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
    counts = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=names)["Attributes"]
    return sum(int(counts.get(name, 0)) for name in names)


def _plain(record: dict[str, Any]) -> dict[str, Any]:
    """boto3 turns the creation time into a datetime; Lambda sends seconds."""
    body = dict(record["dynamodb"])
    created = body.get("ApproximateCreationDateTime")
    if isinstance(created, datetime):
        body["ApproximateCreationDateTime"] = created.timestamp()
    return {**record, "dynamodb": body}
