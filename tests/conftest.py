"""Fixtures that several folders share."""

import gc

import pytest

from infra.local.compiled_templates import keep_templates_compiled
from tests.infra_fixtures import (
    engine_resources,
    ministack_endpoint,
    ministack_resources,
    moto_endpoint,
    moto_resources,
)

LONGEST = (
    "site",
    "browser",
    "tests/architecture/test_routes_lists.py",
    "tests/architecture/test_routes.py",
    "package",
)
"""Groups that take longest; workers start with them, so that none is left for the end."""

__all__ = ["engine_resources", "ministack_endpoint", "ministack_resources", "moto_endpoint", "moto_resources"]


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker runs a whole file, so that a site or a table is set up once and its tests keep their order."""
    for item in items:
        if item.get_closest_marker("xdist_group") is None:
            item.add_marker(pytest.mark.xdist_group(item.nodeid.partition("::")[0]))
    items.sort(key=_turn)


def _turn(item: pytest.Item) -> int:
    marker = item.get_closest_marker("xdist_group")
    group = marker.args[0] if marker else ""
    return LONGEST.index(group) if group in LONGEST else len(LONGEST)


def pytest_sessionstart() -> None:
    gc.disable()


@pytest.hookimpl(trylast=True)
def pytest_collection_finish() -> None:
    """What was collected stays to the end, so the garbage collector need not look through it again and again: a fifth
    of the time of the tests that follow."""
    keep_templates_compiled()
    gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    gc.enable()
