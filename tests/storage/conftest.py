"""Storage on an empty cloud: in process on moto, and the same tests against a running emulator."""

from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.storage.store import Store
from tests.cloud import moto_cloud


@pytest.fixture
def store() -> Iterator[Store]:
    with moto_cloud():
        yield bootstrap.store()
