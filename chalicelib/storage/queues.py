"""Messages to the queues: jobs, and events in the order of their tenant."""

import json
from collections.abc import Callable
from typing import Any

from chalicelib.storage.errors import translated


class Queues:
    """Two queues by URL. Bodies are small JSON (≤ 64 KB); large things go by reference."""

    def __init__(self, client: Callable[[], Any], jobs_url: str, events_url: str) -> None:
        self._client, self._jobs_url, self._events_url = client, jobs_url, events_url

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
