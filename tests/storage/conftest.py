"""Storage on an empty table, the same tests on each engine, so that nothing rests on one emulator's habits.

moto runs in this process, ministack as a child of the test run. `AWS_ENDPOINT_URL_TEST` names one engine more.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from chalicelib import bootstrap
from chalicelib.storage.store import Store
from tests.cloud import cloud_at, emulator, moto_cloud

FURTHER = "AWS_ENDPOINT_URL_TEST"
ENGINES = ["moto", "ministack", *(["further"] if os.environ.get(FURTHER) else [])]


@contextmanager
def empty_cloud(name: str) -> Iterator[None]:
    """An empty table and bucket on the engine of this name."""
    if name == "moto":
        with moto_cloud():
            yield
    else:
        endpoint = emulator() if name == "ministack" else os.environ[FURTHER]
        with cloud_at(endpoint):
            yield


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest) -> Iterator[str]:
    """The name of the engine under an empty cloud of this test's own."""
    with empty_cloud(request.param):
        yield request.param


@pytest.fixture
def store(engine: str) -> Store:
    return bootstrap.store()
