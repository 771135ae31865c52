"""Workers on an empty cloud in this process: table, queues and the functions as `app.py` registers them."""

from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.storage.store import Store
from tests.builders import NOW
from tests.cloud import cloud_at, queues_added
from tests.emulated import ADDRESS
from tests.workers.delivery import Delivery


@pytest.fixture
def store() -> Iterator[Store]:
    with cloud_at(ADDRESS), queues_added():
        bootstrap.set_clock(lambda: NOW)
        yield bootstrap.store()


@pytest.fixture
def delivery(store: Store) -> Delivery:
    return Delivery()
