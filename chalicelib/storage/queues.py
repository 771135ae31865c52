"""Messages to the queues: jobs, and events in the order of their tenant."""

import json
from collections.abc import Callable
from typing import Any, NamedTuple

from chalicelib.storage.errors import translated


class Queues:
    """Three queues by URL. Bodies are small JSON (≤ 64 KB); large things go by reference."""

    def __init__(self, client: Callable[[], Any], jobs_url: str, events_url: str, outbound_url: str = "") -> None:
        self._client, self._jobs_url, self._events_url = client, jobs_url, events_url
        self._outbound_url = outbound_url

    def send_job(self, tenant: str, job_id: str) -> None:
        with translated():
            self._client().send_message(
                QueueUrl=self._jobs_url, MessageBody=json.dumps({"tenant": tenant, "job_id": job_id})
            )

    def send_leaf(self, tenant: str, event_id: str, leaf: str) -> None:
        """One group per tenant keeps the order; the event's identifier stops duplicates for five minutes."""
        with translated():
            self._client().send_message(
                QueueUrl=self._events_url,
                MessageBody=json.dumps({"tenant": tenant, "event_id": event_id, "leaf": leaf}, ensure_ascii=False),
                MessageGroupId=tenant,
                MessageDeduplicationId=event_id,
            )

    def send_outbound(self, tenant: str, kind: str, id: str, delay_seconds: int = 0) -> None:
        """A message or a pushed event (by the kind of its record) to be tried now, or after at most 15 minutes."""
        with translated():
            self._client().send_message(
                QueueUrl=self._outbound_url,
                MessageBody=json.dumps({"tenant": tenant, "kind": kind, "id": id}),
                DelaySeconds=min(delay_seconds, 900),
            )

    def waiting(self) -> dict[str, int]:
        """How many messages lie in each dead-letter queue, by the name of the queue that they come from."""
        return {name: self._count(dead) for name, (_, dead) in self._dead_letter_urls().items()}

    def take_dead(self, name: str, limit: int) -> list["DeadMessage"]:
        """Up to `limit` messages of a queue's dead letters; they come back by themselves unless they are resent."""
        _, dead = self._dead_letter_urls()[name]
        found: list[DeadMessage] = []
        with translated():
            while len(found) < limit:
                answer = self._client().receive_message(
                    QueueUrl=dead, MaxNumberOfMessages=min(10, limit - len(found)), AttributeNames=["All"]
                )
                messages = answer.get("Messages", [])
                if not messages:
                    break
                found += [DeadMessage(m["MessageId"], m["Body"], m["ReceiptHandle"]) for m in messages]
        return found

    def resend(self, name: str, message: "DeadMessage") -> None:
        """Send a dead message to its queue again, then take it off the dead letters: twice is better than never."""
        url, dead = self._dead_letter_urls()[name]
        with translated():
            if name == "events":
                body = json.loads(message.body)
                self.send_leaf(body["tenant"], body["event_id"], body["leaf"])
            else:
                self._client().send_message(QueueUrl=url, MessageBody=message.body)
            self._client().delete_message(QueueUrl=dead, ReceiptHandle=message.receipt)

    def _dead_letter_urls(self) -> dict[str, tuple[str, str]]:
        """Queue name → its URL and that of its dead letters, as the queue's own redrive policy names it."""
        found = {}
        with translated():
            urls = {"jobs": self._jobs_url, "events": self._events_url, "outbound": self._outbound_url}
            for name, url in urls.items():
                answer = self._client().get_queue_attributes(QueueUrl=url, AttributeNames=["RedrivePolicy"])
                policy = json.loads(answer["Attributes"]["RedrivePolicy"])
                dead = self._client().get_queue_url(QueueName=policy["deadLetterTargetArn"].rpartition(":")[2])
                found[name] = (url, dead["QueueUrl"])
        return found

    def _count(self, url: str) -> int:
        with translated():
            answer = self._client().get_queue_attributes(QueueUrl=url, AttributeNames=["ApproximateNumberOfMessages"])
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])


class DeadMessage(NamedTuple):
    """A message that failed too often. receipt: with which this reading of it is deleted."""

    id: str
    body: str
    receipt: str
