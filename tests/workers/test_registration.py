"""The functions beside the web: names of their own, resolvable from `app.py`, JSON in and JSON out."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest
from chalice import Chalice

import app
from chalicelib.contract.registry import ScenarioRegistry
from chalicelib.domain.errors import InvalidInputError
from chalicelib.workers import handlers
from chalicelib.workers.registration import JOB_DELIVERIES, ONES, register_scenarios, register_workers
from infra.local.pump import lambda_context

CASES = json.loads((Path(__file__).parents[2] / "scenarios" / "refined_oil" / "samples" / "cases.json").read_text())[
    "cases"
]
WORKERS = ("run_jobs", "sequence_events", "deliver_outbound", "publish_events", "sweep_deadlines")
SCENARIO_FUNCTIONS = [f"{name}_{one}" for name in ScenarioRegistry().names() for one in ONES]


@pytest.mark.parametrize("name", [*WORKERS, *SCENARIO_FUNCTIONS])
def test_a_function_is_found_under_its_own_name_in_the_app_module(name):
    assert callable(getattr(app, name))
    registered = {one.handler_string: one for one in [*app.app.pure_lambda_functions, *app.app.event_sources]}
    assert registered[f"app.{name}"].name in (name, "-".join(name.rsplit("_", 1)))


def test_every_registered_function_has_a_handler_of_its_own():
    handlers = [one.handler_string for one in [*app.app.pure_lambda_functions, *app.app.event_sources]]

    assert len(handlers) == len(set(handlers)) == len(WORKERS) + len(SCENARIO_FUNCTIONS)


def test_two_functions_of_one_name_are_refused():
    fresh = Chalice("fresh", configure_logs=False)
    namespace = {"__name__": "app", "run_jobs": None}

    with pytest.raises(ValueError, match="two functions are called run_jobs"):
        register_workers(fresh, namespace)


def test_registering_reads_names_only():
    class Names:
        def names(self):
            return ["escrow"]

    namespace = {"__name__": "app"}
    fresh = Chalice("fresh", configure_logs=False)
    register_scenarios(fresh, Names(), namespace)

    assert set(namespace) - {"__name__"} == {f"escrow_{one}" for one in ONES}
    assert [one.handler_string for one in fresh.pure_lambda_functions] == [f"app.escrow_{one}" for one in ONES]


class TestScenarioFunctions:
    def call(self, one, request, **more):
        event = json.loads(json.dumps({"tenant_id": "gx450100", "request": request, **more}))
        return getattr(app, f"refined_oil_{one}")(event, lambda_context(one))

    @pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
    def test_json_goes_in_and_json_comes_out(self, case):
        answer = self.call(case["one"], case["request"], now=case["now"])

        assert json.loads(json.dumps(answer)) == answer
        assert answer

    def test_each_of_the_four_answers_as_itself(self):
        by_one = {case["one"]: case for case in CASES}

        answers = {one: self.call(one, by_one[one]["request"], now=by_one[one]["now"]) for one in ONES}

        assert len({frozenset(answer) for answer in answers.values()}) == len(ONES)

    def test_without_a_time_the_functions_own_clock_counts(self):
        case = next(case for case in CASES if case["one"] == "handbook")
        now = datetime.now(UTC).isoformat()

        assert self.call("handbook", case["request"]) == self.call("handbook", case["request"], now=now)

    @pytest.mark.parametrize(
        ("event", "field"),
        [
            ({"request": {}}, "tenant_id"),
            ({"tenant_id": "GX450100", "request": {}}, "tenant_id"),
            ({"tenant_id": "gx450100"}, "request"),
            ({"tenant_id": "gx450100", "request": {}, "role": "coordinator"}, "role"),
            ({"tenant_id": "gx450100", "request": {}}, "subject_kind"),
        ],
    )
    def test_what_is_missing_or_unknown_is_named(self, event, field):
        with pytest.raises(InvalidInputError) as raised:
            app.refined_oil_handbook(event, lambda_context("handbook"))

        assert field in {problem.field for problem in raised.value.problems}


def test_the_last_delivery_of_a_job_is_known(monkeypatch):
    seen = []
    monkeypatch.setattr(handlers, "run_job_message", lambda body, stop_at, is_last: seen.append(is_last))
    record = {"messageId": "1", "body": "{}", "eventSource": "aws:sqs", "receiptHandle": "1"}
    for count in ("1", str(JOB_DELIVERIES)):
        app.run_jobs({"Records": [record | {"attributes": {"ApproximateReceiveCount": count}}]}, lambda_context("run"))

    template = (Path(__file__).parents[2] / "infra" / "template.yaml").read_text()
    assert seen == [False, True]
    assert f"JobsDeadLetters, Arn]}}\n        maxReceiveCount: {JOB_DELIVERIES}\n" in template
