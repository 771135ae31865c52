"""Services on an empty table and bucket of each test's own, inside the scope of one tenant."""

from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.storage.store import Store
from tests.builders import TENANT
from tests.cloud import cloud_at
from tests.emulated import ADDRESS


@pytest.fixture
def store() -> Iterator[Store]:
    with cloud_at(ADDRESS), bootstrap.scope(TENANT):
        yield bootstrap.store()
