"""Brings what is in the table and the queues to the functions of `app.py`, shaped as Lambda shapes it."""

import json
from typing import Any

import boto3

import app
from chalicelib.settings import settings
from infra.local.pump import lambda_context, schedule_event, sqs_event, stream_event
from tests.builders import NOW
from tests.cloud import all_items

Failures = list[str]


class Delivery:
    """One delivery per call; nothing happens in between."""

    def stream(self, *extra: dict[str, Any], only: str = "") -> Failures:
        """Every event item of the table (of one type, if named), then `extra` images, as one batch of new items.

        Returns the sequence numbers that failed: positions from 0."""
        images = [item for item in all_items() if not only or f'"type":"{only}"' in item.get("body", {}).get("S", "")]
        records = [
            {"eventName": "INSERT", "eventSource": "aws:dynamodb", "dynamodb": change(number, image)}
            for number, image in enumerate([*images, *extra])
        ]
        return failures(app.publish_events(stream_event(records, settings().table_name), lambda_context("publish")))

    def received(self, url: str) -> list[dict[str, Any]]:
        """Every message that a queue holds now, in order; they stay hidden from then on."""
        client, found = boto3.client("sqs"), []
        while True:
            answer = client.receive_message(
                QueueUrl=url, MaxNumberOfMessages=10, MessageSystemAttributeNames=["All"], WaitTimeSeconds=0
            )
            messages = answer.get("Messages", [])
            found += messages
            if not messages:
                return found

    def leaves(self) -> list[dict[str, Any]]:
        return self.received(settings().events_queue_url)

    def jobs(self) -> list[dict[str, Any]]:
        return self.received(settings().jobs_queue_url)

    def sequence(self, messages: list[dict[str, Any]]) -> Failures:
        return failures(app.sequence_events(sqs_event(messages), lambda_context("sequence")))

    def run(self, messages: list[dict[str, Any]]) -> Failures:
        return failures(app.run_jobs(sqs_event(messages), lambda_context("run")))

    def tick(self) -> None:
        app.sweep_deadlines(schedule_event(NOW), lambda_context("sweep"))


def change(number: int, image: dict[str, Any]) -> dict[str, Any]:
    return {"SequenceNumber": str(number), "NewImage": image, "Keys": {"pk": image["pk"], "sk": image["sk"]}}


def message(name: str, body: object, group: str = "") -> dict[str, Any]:
    """A message that nobody sent through a queue."""
    text = body if isinstance(body, str) else json.dumps(body)
    return {"MessageId": name, "ReceiptHandle": name, "Body": text, "Attributes": {"MessageGroupId": group}}


def failures(answer: dict[str, Any]) -> Failures:
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]
