"""The template that is deployed: clean, fit for both partitions, and within the platform's limits."""

import json
from typing import Any

import pytest

from chalicelib.storage.table import Item
from infra.package import merged
from infra.template import load_template
from tests.architecture.built import Built

pytestmark = pytest.mark.xdist_group("package")

SCENARIOS_PLANNED = 35
FUNCTIONS_PER_SCENARIO = 4
STACK_LIMIT = 500
WORKERS = {"RunJobs", "SequenceEvents", "DeliverOutbound", "PublishEvents"}


def texts(value: Any) -> list[str]:
    """Every string in a document."""
    if isinstance(value, dict):
        return [text for pair in value.items() for part in pair for text in texts(part)]
    if isinstance(value, list):
        return [text for item in value for text in texts(item)]
    return [value] if isinstance(value, str) else []


def of_type(document: dict[str, Any], kind: str) -> dict[str, Any]:
    return {name: r["Properties"] for name, r in document["Resources"].items() if r["Type"] == kind}


def test_linter_finds_nothing(built: Built) -> None:
    # Here, because it is large and every worker imports every file of tests.
    from cfnlint.api import lint_file

    assert [str(problem) for problem in lint_file(built.template)] == []


def test_no_partition_region_or_account_is_written_down(built: Built) -> None:
    found = [text for text in texts(built.document) if "arn:aws:" in text or "arn:aws-cn:" in text]

    assert found == []


def test_the_table_forgets_what_storage_lets_expire(built: Built) -> None:
    (table,) = of_type(built.document, "AWS::DynamoDB::Table").values()

    assert table["TimeToLiveSpecification"] == {"AttributeName": Item.expires_at.attr_name, "Enabled": True}


def test_user_pool_is_left_out_where_there_is_none(built: Built) -> None:
    resources = built.document["Resources"]

    cognito = [name for name, resource in resources.items() if resource["Type"].startswith("AWS::Cognito::")]

    assert cognito
    assert {resources[name].get("Condition") for name in cognito} == {"HasUserPool"}
    assert {"Condition": "InChina"} in built.document["Conditions"]["HasUserPool"]["Fn::And"][0]["Fn::Not"]


def test_all_pilot_scenarios_fit_into_one_stack(built: Built) -> None:
    others = sum("ScenarioRole" not in str(p.get("Role")) for p in built.functions().values())
    base = len(built.document["Resources"]) - len(built.functions()) + others
    # SAM adds a mapping, a permission or a deployment to what has events or is an API.
    added_by_sam = 10

    assert base + added_by_sam + SCENARIOS_PLANNED * FUNCTIONS_PER_SCENARIO < STACK_LIMIT


def test_roles_logs_and_alarms_are_shared(built: Built) -> None:
    assert len(of_type(built.document, "AWS::Logs::LogGroup")) == 1
    assert len(of_type(built.document, "AWS::IAM::Role")) == 4
    assert len(of_type(built.document, "AWS::CloudWatch::Alarm")) < 10
    for properties in built.functions().values():
        assert properties["Role"]["Fn::GetAtt"][0] in ("WebRole", "WorkerRole", "ScenarioRole")
        assert properties["LoggingConfig"] == {"LogGroup": {"Ref": "LogGroup"}}


def test_functions_have_memory_and_a_time_limit(built: Built) -> None:
    for properties in built.functions().values():
        assert properties["MemorySize"] >= 512
        assert properties["Timeout"] >= 29


def test_queues_and_the_stream_report_partial_failures(built: Built) -> None:
    for name in WORKERS:
        (event,) = built.functions()[name]["Events"].values()
        assert event["Properties"]["FunctionResponseTypes"] == ["ReportBatchItemFailures"], name


def test_workers_listen_to_our_queues_and_stream(built: Built) -> None:
    def source(name: str) -> Any:
        (event,) = built.functions()[name]["Events"].values()
        return event["Properties"].get("Queue") or event["Properties"].get("Stream")

    assert source("RunJobs") == {"Fn::Sub": "${JobsQueue.Arn}"}
    assert source("SequenceEvents") == {"Fn::Sub": "${EventsQueue.Arn}"}
    assert source("PublishEvents") == {"Fn::GetAtt": ["Table", "StreamArn"]}


def test_every_queue_but_the_dead_letters_has_dead_letters_and_an_alarm(built: Built) -> None:
    queues = of_type(built.document, "AWS::SQS::Queue")
    watched = str(of_type(built.document, "AWS::CloudWatch::Alarm"))

    for name, properties in queues.items():
        if name.endswith("DeadLetters"):
            assert name in watched
        else:
            assert properties["RedrivePolicy"]["deadLetterTargetArn"]["Fn::GetAtt"][0] in queues


def test_a_message_outlasts_six_runs_of_its_function(built: Built) -> None:
    queues = of_type(built.document, "AWS::SQS::Queue")

    for queue, function in (("JobsQueue", "RunJobs"), ("EventsQueue", "SequenceEvents")):
        assert queues[queue]["VisibilityTimeout"] >= 6 * built.functions()[function]["Timeout"]


def test_no_role_may_scan_run_statements_or_read_the_table_without_a_tenant() -> None:
    resources = load_template()["Resources"]
    for name in ("WebRole", "WorkerRole", "ScenarioRole"):
        actions = texts(
            [s["Action"] for p in resources[name]["Properties"]["Policies"] for s in p["PolicyDocument"]["Statement"]]
        )
        allowed = {
            "dynamodb:GetRecords",
            "dynamodb:GetShardIterator",
            "dynamodb:DescribeStream",
            "dynamodb:ListStreams",
        }
        assert {action for action in actions if action.startswith("dynamodb:")} <= allowed
        assert "*" not in actions
    statements = resources["DataRole"]["Properties"]["Policies"][0]["PolicyDocument"]["Statement"]
    for statement in statements:
        assert all(action.startswith("dynamodb:") and "*" not in action for action in statement["Action"])
        assert "dynamodb:PartiQLSelect" not in statement["Action"]
        if "dynamodb:Scan" in statement["Action"]:
            # Of the eraser, which lists keys and reads no item.
            assert statement["Action"] == ["dynamodb:Scan"]
            assert statement["Condition"]["ForAllValues:StringEquals"] == {"dynamodb:Attributes": ["pk", "sk"]}
            assert statement["Condition"]["Null"] == {"dynamodb:Attributes": "false"}
            assert statement["Condition"]["StringEqualsIfExists"] == {"dynamodb:Select": "SPECIFIC_ATTRIBUTES"}
            continue
        assert statement["Condition"]["Null"] == {"dynamodb:LeadingKeys": "false"}
        assert all(
            key.startswith("T#????????#")
            for key in texts(statement["Condition"]["ForAllValues:StringLike"])
            if "#" in key
        )
        assert "*" not in "".join(texts(statement["Resource"]))


def test_role_of_the_data_allows_what_some_scope_allows_and_no_more() -> None:
    from infra.template import POLICIES, data_role_statements

    shipped = [s for path in POLICIES.glob("*.json") for s in json.loads(path.read_text("utf-8"))["Statement"]]

    assert sorted(str(sorted(s["Action"])) for s in data_role_statements()) == sorted(
        str(sorted(s["Action"])) for s in shipped if s["Effect"] == "Allow"
    )


def test_secrets_never_stand_in_a_functions_environment(built: Built) -> None:
    for properties in built.functions().values():
        names = properties["Environment"]["Variables"]
        assert not [name for name in names if name.endswith("_HEX") or "CLIENT_SECRET" in name]


def test_base_and_generated_template_do_not_hide_one_another(built: Built) -> None:
    base = load_template()

    for section in ("Parameters", "Conditions", "Resources", "Outputs"):
        assert merged(base[section], built.document[section]) == built.document[section]


def test_the_gateway_knows_one_path_for_all(built: Built) -> None:
    """It holds 300 at most; the app finds the route (chalicelib/web/paths.py)."""
    api = of_type(built.document, "AWS::Serverless::Api")["RestAPI"]

    assert set(api["DefinitionBody"]["paths"]) == {"/", "/{proxy+}"}
