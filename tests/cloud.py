"""The table and bucket for tests, made from the same template that is deployed, on moto or on any endpoint."""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import boto3
from moto import mock_aws

from chalicelib import bootstrap

ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": "ap-southeast-1",
    "AWS_REGION": "ap-southeast-1",
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
    "YIJIANSHI_STAGE": "test",
    "YIJIANSHI_TABLE_NAME": "yijianshi",
    "YIJIANSHI_FILES_BUCKET": "files",
    "YIJIANSHI_SIGNING_SEED_HEX": "11" * 32,
    "YIJIANSHI_APPLICATION_SECRET_HEX": "22" * 32,
}

KEY_NAMES = ("pk", "sk", *(f"index{n}_{part}" for n in (1, 2, 3) for part in ("pk", "sk")))


def create_table(client: object, table_name: str) -> None:
    """The single table with its three sparse indexes."""
    client.create_table(  # type: ignore[attr-defined]
        TableName=table_name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in KEY_NAMES],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
        GlobalSecondaryIndexes=[
            {
                "IndexName": f"index{n}",
                "KeySchema": [
                    {"AttributeName": f"index{n}_pk", "KeyType": "HASH"},
                    {"AttributeName": f"index{n}_sk", "KeyType": "RANGE"},
                ],
                "Projection": {"ProjectionType": "ALL"},
            }
            for n in (1, 2, 3)
        ],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    )


@contextmanager
def moto_cloud() -> Iterator[None]:
    """An empty cloud in this process; the composition root points at it until the block ends."""
    before = {name: os.environ.get(name) for name in (*ENVIRONMENT, "AWS_ENDPOINT_URL")}
    os.environ.pop("AWS_ENDPOINT_URL", None)
    os.environ.update(ENVIRONMENT)
    bootstrap.reset()
    try:
        with mock_aws():
            create_table(boto3.client("dynamodb"), "yijianshi")
            boto3.client("s3").create_bucket(
                Bucket="files", CreateBucketConfiguration={"LocationConstraint": "ap-southeast-1"}
            )
            yield
    finally:
        bootstrap.reset()
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
