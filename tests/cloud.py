"""The table and bucket for tests, made from the same template that is deployed, on moto or on any endpoint."""

import atexit
import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import boto3
import botocore.session
from botocore.loaders import Loader, create_loader
from moto import mock_aws

from chalicelib import bootstrap
from chalicelib.domain.record import new_id
from infra.local.by_hand import create_queues, create_table
from infra.local.cloud import running_cloud
from infra.template import load_template

REGION = "ap-southeast-1"
TABLE, BUCKET = "yijianshi", "files"
ENVIRONMENT = {
    "AWS_ACCESS_KEY_ID": "test",
    "AWS_SECRET_ACCESS_KEY": "test",
    "AWS_DEFAULT_REGION": REGION,
    "AWS_REGION": REGION,
    "AWS_ACCOUNT_ID_ENDPOINT_MODE": "disabled",
    "YIJIANSHI_STAGE": "test",
    "YIJIANSHI_TABLE_NAME": TABLE,
    "YIJIANSHI_FILES_BUCKET": BUCKET,
    "YIJIANSHI_JOBS_QUEUE_URL": "",
    "YIJIANSHI_EVENTS_QUEUE_URL": "",
    "YIJIANSHI_OUTBOUND_QUEUE_URL": "",
    "YIJIANSHI_SIGNING_SEED_HEX": "11" * 32,
    "YIJIANSHI_APPLICATION_SECRET_HEX": "22" * 32,
}


@contextmanager
def moto_cloud() -> Iterator[None]:
    """An empty cloud in this process; the composition root points at it until the block ends."""
    with _environment({}), mock_aws():
        session = botocore.session.Session()
        session.register_component("data_loader", _descriptions())
        boto3.setup_default_session(botocore_session=session)
        _create(TABLE, BUCKET)
        yield


@cache
def _descriptions() -> Loader:
    """What botocore knows of the services, parsed once: moto begins each time with a session that knows nothing."""
    return create_loader()


@cache
def emulator() -> str:
    """Address of the emulator that runs under the local site, started once per test process and stopped with it.

    For tests that are about the wire; services and web tests have the same emulator in their own process
    (`tests/emulated.py`), where a call costs half. A transaction costs moto many times as much.
    """
    stack = ExitStack()
    atexit.register(stack.close)
    folder = stack.enter_context(TemporaryDirectory(prefix="yijianshi-test-"))
    return stack.enter_context(running_cloud(Path(folder), is_kept=False))


_open: list[str] = []
"""Tables of clouds that are set up now. A name is used again, so that the client that was made for it is too."""


@contextmanager
def cloud_at(endpoint: str) -> Iterator[None]:
    """An empty table and an empty bucket, of this test alone, in the cloud that answers at `endpoint`."""
    table, bucket = f"test-{len(_open)}", f"test-{new_id().lower()}"
    own = {"AWS_ENDPOINT_URL": endpoint, "YIJIANSHI_TABLE_NAME": table, "YIJIANSHI_FILES_BUCKET": bucket}
    with _environment(own):
        _create(table, bucket, endpoint)
        _open.append(table)
        try:
            yield
        finally:
            _open.remove(table)
            _client("dynamodb", endpoint).delete_table(TableName=table)


def all_items() -> Iterator[dict[str, Any]]:
    """Everything in the table as DynamoDB JSON, read by a plain client that knows no scope."""
    client = _client("dynamodb", os.environ.get("AWS_ENDPOINT_URL"))
    for page in client.get_paginator("scan").paginate(TableName=os.environ["YIJIANSHI_TABLE_NAME"]):
        yield from page["Items"]


@contextmanager
def queues_added() -> Iterator[None]:
    """The template's queues in the cloud that is set up, for tests of workers."""
    client = _client("sqs", os.environ.get("AWS_ENDPOINT_URL"))
    described = {name: resource.get("Properties", {}) for name, resource in load_template()["Resources"].items()}
    urls = create_queues(client, described)
    os.environ["YIJIANSHI_JOBS_QUEUE_URL"] = urls["JobsQueue"]
    os.environ["YIJIANSHI_EVENTS_QUEUE_URL"] = urls["EventsQueue"]
    os.environ["YIJIANSHI_OUTBOUND_QUEUE_URL"] = urls["OutboundQueue"]
    bootstrap.reset()
    try:
        yield
    finally:
        for url in urls.values():
            client.delete_queue(QueueUrl=url)


@cache
def _client(service: str, endpoint: str | None) -> Any:
    return boto3.client(service, endpoint_url=endpoint)


def _create(table: str, bucket: str, endpoint: str | None = None) -> None:
    # Without time to live: an emulator forgets by the clock on the wall, and that of the tests stands still.
    create_table(_client("dynamodb", endpoint), _table_properties(), table)
    _client("s3", endpoint).create_bucket(Bucket=bucket, CreateBucketConfiguration={"LocationConstraint": REGION})


@cache
def _table_properties() -> dict[str, Any]:
    found: dict[str, Any] = load_template()["Resources"]["Table"]["Properties"]
    return found


@contextmanager
def _environment(own: dict[str, str]) -> Iterator[None]:
    before = {name: os.environ.get(name) for name in (*ENVIRONMENT, "AWS_ENDPOINT_URL")}
    os.environ.pop("AWS_ENDPOINT_URL", None)
    os.environ.update(ENVIRONMENT | own)
    bootstrap.reset()
    try:
        yield
    finally:
        bootstrap.reset()
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value
