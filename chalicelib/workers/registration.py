"""Gives the app its functions besides the web: shared workers and four functions per scenario.

Chalice names a function's Handler after the module and `__name__` of what is registered, so each function is given its
own name and becomes an attribute of `app.py` before it is registered; a test resolves every Handler of the built zip.
Registering reads names only: what a function needs is imported when it first runs.
"""

from collections.abc import Callable, MutableMapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any

from chalice import Chalice

from chalicelib.contract.registry import ONES, ScenarioRegistry

Namespace = MutableMapping[str, Any]

SWEEP_MINUTES = 5
JOB_DELIVERIES = 5
"""How often the queue delivers a job's message before it gives it up, as the template says."""
HAND_ON_BEFORE = timedelta(seconds=60)
"""How long before a function's end a job stops at its next safe point."""


def register_workers(app: Chalice, namespace: Namespace) -> None:
    """Jobs queue, events queue, table stream and schedule. Queue and stream names are replaced by the template's own
    when the package is built (infra/functions.yaml) and by the local pump."""
    workers = {
        "run_jobs": (_run_jobs, app.on_sqs_message(queue="jobs", batch_size=5, name="run_jobs")),
        "sequence_events": (
            _sequence_events,
            app.on_sqs_message(queue="events.fifo", batch_size=10, name="sequence_events"),
        ),
        "deliver_outbound": (
            _deliver_outbound,
            app.on_sqs_message(queue="outbound", batch_size=5, name="deliver_outbound"),
        ),
        "publish_events": (
            _publish_events,
            app.on_dynamodb_record(
                stream_arn="table", batch_size=100, starting_position="TRIM_HORIZON", name="publish_events"
            ),
        ),
        "sweep_deadlines": (
            _sweep_deadlines,
            app.schedule(f"rate({SWEEP_MINUTES} minutes)", name="sweep_deadlines"),
        ),
    }
    for name, (function, register) in workers.items():
        namespace[name] = register(_named(function, name, namespace))


def register_scenarios(app: Chalice, registry: ScenarioRegistry, namespace: Namespace) -> None:
    """Four functions per scenario, `<scenario>-<one>`, over the entrance that the pages and the API use too."""
    for scenario in registry.names():
        for one in ONES:
            name = f"{scenario}_{one}"
            function = _named(_scenario_function(registry, scenario, one), name, namespace)
            namespace[name] = app.lambda_function(name=f"{scenario}-{one}")(function)


def _named(function: Callable[..., Any], name: str, namespace: Namespace) -> Callable[..., Any]:
    if name in namespace:
        raise ValueError(f"two functions are called {name}")
    function.__name__ = function.__qualname__ = name
    function.__module__ = namespace["__name__"]
    return function


def _scenario_function(registry: ScenarioRegistry, scenario: str, one: str) -> Callable[..., Any]:
    def call(event: dict[str, Any], context: Any) -> dict[str, Any]:
        from chalicelib.contract.entrance import call_with_json

        return call_with_json(registry, scenario, one, event, datetime.now(UTC))

    return call


@lru_cache(maxsize=1)
def _batches() -> Any:
    """Powertools' batch utility: it costs 0.3 s to import, so only workers load it."""
    from aws_lambda_powertools.utilities import batch

    return batch


def _run_jobs(event: Any) -> dict[str, Any]:
    from chalicelib.workers.handlers import run_job_message

    stop_at = _stop_at(event.context)

    def run(record: dict[str, Any]) -> None:
        received = int(record.get("attributes", {}).get("ApproximateReceiveCount", 1))
        run_job_message(record["body"], stop_at, is_last=received >= JOB_DELIVERIES)

    return _one_by_one(event, "SQS", run)


def _stop_at(context: Any) -> datetime | None:
    """When long jobs hand themselves on: before the function's own end, which kills what runs. None where nothing
    ends it (a local site)."""
    remaining = getattr(context, "get_remaining_time_in_millis", None)
    return None if remaining is None else datetime.now(UTC) + timedelta(milliseconds=remaining()) - HAND_ON_BEFORE


def _deliver_outbound(event: Any) -> dict[str, Any]:
    from chalicelib.workers.outbound import deliver_outbound_message

    return _one_by_one(event, "SQS", lambda record: deliver_outbound_message(record["body"]))


def _publish_events(event: Any) -> dict[str, Any]:
    from chalicelib.workers.handlers import publish_stream_record

    def publish(record: dict[str, Any]) -> None:
        image = record["dynamodb"].get("NewImage")
        if record["eventName"] != "REMOVE" and image:
            publish_stream_record(image)

    return _one_by_one(event, "DynamoDBStreams", publish)


def _one_by_one(event: Any, kind: str, handle: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """Each record by itself; those that failed are named, so that only they are delivered again."""
    from chalicelib.observability import logger

    def logged(record: Any) -> None:
        try:
            handle(record.raw_event)
        except Exception:
            logger.exception("record not handled", extra={"kind": kind})
            raise

    batch = _batches()
    processor = batch.BatchProcessor(event_type=batch.EventType[kind], raise_on_entire_batch_failure=False)
    failures: dict[str, Any] = batch.process_partial_response(
        event=event.to_dict(),
        record_handler=logged,
        processor=processor,
        context=event.context,
    )
    return failures


def _sequence_events(event: Any) -> dict[str, Any]:
    """A group (one tenant's events, in order) is taken or left whole: what follows a failure must not overtake it."""
    from chalicelib.observability import logger
    from chalicelib.workers.handlers import sequence_leaves

    groups: dict[str, list[dict[str, Any]]] = {}
    for record in event.to_dict()["Records"]:
        groups.setdefault(record["attributes"]["MessageGroupId"], []).append(record)
    failed: list[str] = []
    for group, records in groups.items():
        try:
            sequence_leaves([record["body"] for record in records])
        except Exception:
            logger.exception("events not sequenced", extra={"tenant": group, "count": len(records)})
            failed += [record["messageId"] for record in records]
    return {"batchItemFailures": [{"itemIdentifier": message_id} for message_id in failed]}


def _sweep_deadlines(event: Any) -> None:
    from chalicelib.workers.handlers import sweep_deadlines

    sweep_deadlines(datetime.fromisoformat(event.to_dict()["time"]))
