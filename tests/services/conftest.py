"""Services on an empty table and bucket of each test's own, inside the scope of one tenant.

The cloud is the emulator under the running site, a child of the test run: a transaction costs it 3 ms, moto many times
that. What moto would answer differently is tried in tests/storage, on both.
"""

from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.storage.store import Store
from tests.builders import TENANT
from tests.cloud import cloud_at


@pytest.fixture
def store(ministack_endpoint: str) -> Iterator[Store]:
    with cloud_at(ministack_endpoint), bootstrap.scope(TENANT):
        yield bootstrap.store()
