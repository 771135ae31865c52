"""Fixtures that several folders share."""

import pytest

from tests.infra_fixtures import (
    engine_resources,
    ministack_endpoint,
    ministack_resources,
    moto_endpoint,
    moto_resources,
)

__all__ = ["engine_resources", "ministack_endpoint", "ministack_resources", "moto_endpoint", "moto_resources"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker runs a whole file, so that a site or a table is set up once and its tests keep their order."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
