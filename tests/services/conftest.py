"""Services on an empty cloud in this process, inside the scope of one tenant."""

from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.storage.store import Store
from tests.builders import TENANT
from tests.cloud import moto_cloud


@pytest.fixture
def store() -> Iterator[Store]:
    with moto_cloud(), bootstrap.scope(TENANT):
        yield bootstrap.store()
