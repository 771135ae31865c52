"""No call of the API fails inside, and none answers what its description does not say (schemathesis)."""

import logging
import os
from collections.abc import Iterator
from typing import Any

import pytest

from tests.architecture.route_seeds import World, build_world
from tests.web.api.fuzzing import by_operation, fuzz, schema_of
from tests.web.site import TENANT_A, open_site

EXAMPLES = int(os.environ.get("FUZZ_EXAMPLES", "20"))
OPERATIONS = by_operation()
QUICK = ("me_who_am_i", "plans_list_plans", "plans_take_submit", "subjects_post_subject", "public_search")


@pytest.fixture(scope="module")
def world() -> Iterator[World]:
    for name in ("yijianshi", "yijianshi-security"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    with open_site() as site:
        yield build_world(site, TENANT_A)
    for name in ("yijianshi", "yijianshi-security"):
        logging.getLogger(name).setLevel(logging.INFO)


@pytest.fixture(scope="module")
def schema(world: World) -> Any:
    return schema_of(world.site)


@pytest.mark.parametrize("name", QUICK)
def test_a_call_answers_as_it_says(world: World, schema: Any, name: str) -> None:
    assert fuzz(schema.find_operation_by_id(name), OPERATIONS[name], world, 3) > 0


@pytest.mark.nightly
@pytest.mark.parametrize("name", sorted(OPERATIONS))
def test_every_call_answers_as_it_says(world: World, schema: Any, name: str) -> None:
    assert fuzz(schema.find_operation_by_id(name), OPERATIONS[name], world, EXAMPLES) > 0
