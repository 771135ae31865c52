"""Workers on an empty cloud in this process: table, queues and the functions as `app.py` registers them."""

from collections.abc import Iterator

import pytest

from chalicelib import bootstrap
from chalicelib.storage.store import Store
from tests.builders import NOW
from tests.cloud import add_queues, moto_cloud
from tests.workers.delivery import Delivery


@pytest.fixture
def store() -> Iterator[Store]:
    with moto_cloud():
        add_queues()
        bootstrap.set_clock(lambda: NOW)
        yield bootstrap.store()


@pytest.fixture
def delivery(store: Store) -> Delivery:
    return Delivery()
