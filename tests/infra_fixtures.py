"""Emulated clouds for tests: ministack as a child process and moto as a server, one of each per test worker.

`ministack_endpoint` and `moto_endpoint` are addresses; `ministack_resources` has the whole template deployed;
`engine_resources` runs a test once on each engine.
"""

import os
from collections.abc import Iterator

import pytest
from moto.server import ThreadedMotoServer

from infra.local.resources import Resources, create_by_hand, deploy
from tests.cloud import emulator

BASE_URL = "http://127.0.0.1:8000"


@pytest.fixture(scope="session")
def ministack_endpoint() -> str:
    """ministack in memory, on a free port of 127.0.0.1."""
    return emulator()


@pytest.fixture(scope="session")
def ministack_resources(ministack_endpoint: str) -> Resources:
    """Everything of infra/template.yaml, by ministack's CloudFormation. Shared: use tenants of your own."""
    return deploy(ministack_endpoint, BASE_URL)


@pytest.fixture(scope="session")
def moto_endpoint() -> Iterator[str]:
    """moto as a server. Apart from moto in process: what is made here is not seen there."""
    before = os.environ.get("AWS_ACCOUNT_ID_ENDPOINT_MODE")
    os.environ["AWS_ACCOUNT_ID_ENDPOINT_MODE"] = "disabled"
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()
    if before is None:
        del os.environ["AWS_ACCOUNT_ID_ENDPOINT_MODE"]
    else:
        os.environ["AWS_ACCOUNT_ID_ENDPOINT_MODE"] = before


@pytest.fixture(scope="session")
def moto_resources(moto_endpoint: str) -> Resources:
    return create_by_hand(moto_endpoint)


@pytest.fixture(params=["ministack", "moto"])
def engine_resources(request: pytest.FixtureRequest) -> Resources:
    """The same test on both engines."""
    found: Resources = request.getfixturevalue(f"{request.param}_resources")
    return found
