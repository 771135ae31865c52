"""What the local cloud holds is what the template says."""

import json
from typing import Any

import pytest

from infra.local.resources import Resources, client, deploy
from infra.template import load_template
from tests.infra_fixtures import BASE_URL

DESCRIBED: dict[str, Any] = {name: r.get("Properties", {}) for name, r in load_template()["Resources"].items()}


def test_table_has_the_keys_indexes_stream_and_expiry_of_the_template(engine_resources: Resources) -> None:
    wanted = DESCRIBED["Table"]
    dynamodb = client("dynamodb", engine_resources.endpoint)

    table = dynamodb.describe_table(TableName=engine_resources.table_name)["Table"]

    assert table["KeySchema"] == wanted["KeySchema"]
    assert {a["AttributeName"]: a["AttributeType"] for a in table["AttributeDefinitions"]} == {
        a["AttributeName"]: a["AttributeType"] for a in wanted["AttributeDefinitions"]
    }
    assert sorted((i["IndexName"], i["KeySchema"], i["Projection"]) for i in table["GlobalSecondaryIndexes"]) == sorted(
        (i["IndexName"], i["KeySchema"], i["Projection"]) for i in wanted["GlobalSecondaryIndexes"]
    )
    assert table["StreamSpecification"]["StreamViewType"] == wanted["StreamSpecification"]["StreamViewType"]
    expiry = dynamodb.describe_time_to_live(TableName=engine_resources.table_name)["TimeToLiveDescription"]
    assert expiry["AttributeName"] == wanted["TimeToLiveSpecification"]["AttributeName"]


@pytest.mark.parametrize(
    ("queue", "field"),
    [("JobsQueue", "jobs_queue_url"), ("EventsQueue", "events_queue_url"), ("OutboundQueue", "outbound_queue_url")],
)
def test_queues_keep_order_retries_and_dead_letters_of_the_template(
    engine_resources: Resources, queue: str, field: str
) -> None:
    wanted = DESCRIBED[queue]
    sqs = client("sqs", engine_resources.endpoint)

    found = sqs.get_queue_attributes(QueueUrl=getattr(engine_resources, field), AttributeNames=["All"])["Attributes"]

    assert found.get("FifoQueue", "false") == str(wanted.get("FifoQueue", False)).lower()
    assert int(found["VisibilityTimeout"]) == wanted["VisibilityTimeout"]
    redrive = json.loads(found["RedrivePolicy"])
    assert int(redrive["maxReceiveCount"]) == wanted["RedrivePolicy"]["maxReceiveCount"]
    dead_letters = redrive["deadLetterTargetArn"].rsplit(":", 1)[-1]
    assert sqs.get_queue_url(QueueName=dead_letters)["QueueUrl"]


def test_evidence_is_under_lock_and_both_buckets_keep_versions(engine_resources: Resources) -> None:
    s3 = client("s3", engine_resources.endpoint)

    for bucket in (engine_resources.files_bucket, engine_resources.evidence_bucket):
        assert s3.get_bucket_versioning(Bucket=bucket)["Status"] == "Enabled"
    lock = s3.get_object_lock_configuration(Bucket=engine_resources.evidence_bucket)["ObjectLockConfiguration"]
    wanted = DESCRIBED["EvidenceBucket"]["ObjectLockConfiguration"]["Rule"]["DefaultRetention"]
    assert wanted.items() <= lock["Rule"]["DefaultRetention"].items()


def test_secrets_are_32_bytes_in_hexadecimal_and_differ(engine_resources: Resources) -> None:
    vault = client("secretsmanager", engine_resources.endpoint)

    names = (engine_resources.signing_seed_secret, engine_resources.application_secret_name)
    found = [bytes.fromhex(vault.get_secret_value(SecretId=name)["SecretString"]) for name in names]

    assert [len(secret) for secret in found] == [32, 32]
    assert found[0] != found[1]


def test_deploying_again_changes_nothing_but_where_sign_in_returns(ministack_resources: Resources) -> None:
    vault = client("secretsmanager", ministack_resources.endpoint)
    seed = vault.get_secret_value(SecretId=ministack_resources.signing_seed_secret)["SecretString"]

    again = deploy(ministack_resources.endpoint, "http://127.0.0.1:8001")

    assert again == ministack_resources
    assert vault.get_secret_value(SecretId=again.signing_seed_secret)["SecretString"] == seed
    web = client("cognito-idp", again.endpoint).describe_user_pool_client(
        UserPoolId=again.user_pool_id, ClientId=again.web_client_id
    )["UserPoolClient"]
    assert web["CallbackURLs"] == ["http://127.0.0.1:8001/login/callback"]
    deploy(again.endpoint, BASE_URL)
