"""The registered functions hand on what they are given and report what failed."""

import json
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from chalice import Chalice

from chalicelib.contract.registry import ONES, ScenarioRegistry
from chalicelib.workers import handlers
from chalicelib.workers.registration import register_scenarios, register_workers
from infra.local.pump import lambda_context, schedule_event, sqs_event, stream_event
from tests.builders import NOW


@pytest.fixture
def functions() -> dict[str, Any]:
    namespace: dict[str, Any] = {"__name__": "app"}
    app = Chalice("registration", configure_logs=False)
    register_workers(app, namespace)
    register_scenarios(app, ScenarioRegistry(), namespace)
    return {**namespace, "app": app}


def message(body: str, group: str = "") -> dict[str, Any]:
    attributes = {"MessageGroupId": group} if group else {}
    return {"MessageId": f"id of {body}", "ReceiptHandle": "handle", "Body": body, "Attributes": attributes}


def failing_on(*bad: str) -> Callable[[Any], None]:
    def handle(given: Any) -> None:
        if any(text in json.dumps(given) for text in bad):
            raise RuntimeError("bad")

    return handle


def failed(answer: dict[str, Any]) -> list[str]:
    return [failure["itemIdentifier"] for failure in answer["batchItemFailures"]]


def test_jobs_fail_one_by_one(functions: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handlers, "run_job_message", failing_on("two"))

    answer = functions["run_jobs"](sqs_event([message("one"), message("two"), message("three")]), lambda_context("x"))

    assert failed(answer) == ["id of two"]


def test_a_tenants_events_fail_together_and_leave_the_others_alone(
    functions: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    taken: list[list[str]] = []

    def sequence(bodies: list[str]) -> None:
        if "a2" in bodies:
            raise RuntimeError("bad")
        taken.append(bodies)

    monkeypatch.setattr(handlers, "sequence_leaves", sequence)
    batch = [message("a1", "a"), message("b1", "b"), message("a2", "a"), message("b2", "b")]

    answer = functions["sequence_events"](sqs_event(batch), lambda_context("x"))

    assert failed(answer) == ["id of a1", "id of a2"]
    assert taken == [["b1", "b2"]]


def test_stream_hands_on_new_images_and_names_the_failed_record(
    functions: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[str] = []

    def publish(image: dict[str, Any]) -> None:
        seen.append(image["pk"]["S"])
        failing_on("bad")(image)

    monkeypatch.setattr(handlers, "publish_stream_record", publish)
    records = [
        {"eventID": "1", "eventName": "INSERT", "dynamodb": {"SequenceNumber": "1", "NewImage": {"pk": {"S": "good"}}}},
        {"eventID": "2", "eventName": "REMOVE", "dynamodb": {"SequenceNumber": "2"}},
        {"eventID": "3", "eventName": "INSERT", "dynamodb": {"SequenceNumber": "3", "NewImage": {"pk": {"S": "bad"}}}},
    ]

    answer = functions["publish_events"](stream_event(records, "table"), lambda_context("x"))

    assert seen == ["good", "bad"]
    assert failed(answer) == ["3"]


def test_tick_hands_on_its_time(functions: dict[str, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    ticks: list[Any] = []
    monkeypatch.setattr(handlers, "sweep_deadlines", ticks.append)

    functions["sweep_deadlines"](schedule_event(NOW), lambda_context("x"))

    assert ticks == [NOW.replace(microsecond=0)]


def test_every_function_has_a_name_and_a_handler_of_its_own(functions: dict[str, Any]) -> None:
    app = functions["app"]
    registered = {f.name: f.handler_string for f in [*app.pure_lambda_functions, *app.event_sources]}

    assert len(set(registered.values())) == len(registered)
    for scenario in ScenarioRegistry().names():
        for one in ONES:
            assert registered[f"{scenario}-{one}"] == f"app.{scenario}_{one}"
            assert callable(functions[f"{scenario}_{one}"])


def test_two_functions_of_one_name_are_refused() -> None:
    registry = SimpleNamespace(names=lambda: ["one", "one"])

    with pytest.raises(ValueError, match="one_handbook"):
        register_scenarios(Chalice("twice", configure_logs=False), registry, {"__name__": "app"})  # type: ignore[arg-type]


def test_scenario_function_answers_like_the_page_and_the_api(functions: dict[str, Any]) -> None:
    name = ScenarioRegistry().names()[0]
    event = {"tenant_id": "gx450100", "request": {"subject_kind": "premises"}, "now": NOW.isoformat()}

    answer = functions[f"{name}_handbook"](event, lambda_context("x"))

    from chalicelib.contract.entrance import call_with_json

    assert answer == call_with_json(ScenarioRegistry(), name, "handbook", event, NOW)
