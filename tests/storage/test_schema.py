"""What lies in the table after real work: every item of every kind, read by a plain client that knows no scope."""

import re
from typing import Any

import pytest

from chalicelib import bootstrap
from chalicelib.domain.event import Event
from chalicelib.services.evaluation.evaluate_subject import evaluate_subject
from tests.builders import TENANT, act
from tests.cloud import all_items
from tests.resulting import concluded_visit, published
from tests.services.draw.case import City
from tests.storage.conftest import ENGINES, empty_cloud
from tests.visiting import SCENARIO, SUBJECT_ID

SHAPES = {"record", "event", "pointer", "counter", "contents"}
KEYS = ("pk", "index1_pk", "index2_pk", "index3_pk")


def inspect_and_publish(store) -> None:
    published(store, concluded_visit(store))
    evaluate_subject(store, TENANT, act(), subject_id=SUBJECT_ID, scenario=SCENARIO, cause="result_published")


def draw_by_lot(store) -> None:
    City(store).drawn()


@pytest.fixture(
    scope="module", params=[(engine, work) for engine in ENGINES for work in (inspect_and_publish, draw_by_lot)]
)
def items(request) -> list[dict[str, Any]]:
    """Every item that one small run leaves behind."""
    engine, work = request.param
    with empty_cloud(engine):
        with bootstrap.scope(TENANT):
            work(bootstrap.store())
        found = list(all_items())
    assert len(found) > 30
    return found


def test_every_partition_key_of_table_and_indexes_names_its_tenant(items):
    wrong = {
        (name, item[name]["S"])
        for item in items
        for name in KEYS
        if name in item and not item[name]["S"].startswith(f"T#{TENANT}#")
    }

    assert wrong == set()
    assert all(sum(name in item for item in items) for name in KEYS), "each index is in use"


def test_an_index_key_comes_with_its_sort_key(items):
    for item in items:
        for number in (1, 2, 3):
            assert (f"index{number}_pk" in item) == (f"index{number}_sk" in item), item["pk"]


def test_every_item_has_one_of_the_shapes_and_nothing_unknown(items):
    known = {"pk", "sk", "shape", "body", "kind", "version", "target", "count", "expires_at", "names"}
    known |= {f"index{n}_{part}" for n in (1, 2, 3) for part in ("pk", "sk")}

    assert {item["shape"]["S"] for item in items} <= SHAPES
    assert {name for item in items for name in item} <= known


def test_every_record_lies_under_its_kind_and_every_public_kind_in_the_public_area(items):
    for item in items:
        if item["shape"]["S"] != "record":
            continue
        kind, partition, sort = item["kind"]["S"], item["pk"]["S"], item["sk"]["S"]
        is_public = partition.startswith(f"T#{TENANT}#PUB#")
        assert is_public == kind.startswith("public_"), (kind, partition)
        if partition.startswith(f"T#{TENANT}#LOG#"):
            assert kind == "log_state"
        elif sort == "META":
            name = "PUB#" + kind.removeprefix("public_") if is_public else kind
            assert partition.lower().startswith(f"t#{TENANT}#{name}#".lower())
        else:
            assert sort.startswith(f"ITEM#{kind.upper()}#")


def test_what_is_public_appears_in_public_index_partitions_only(items):
    for item in items:
        is_public = item["pk"]["S"].startswith(f"T#{TENANT}#PUB#")
        for name in KEYS[1:]:
            if name in item:
                assert item[name]["S"].startswith(f"T#{TENANT}#PUB#") == is_public, item["pk"]


def test_every_event_stands_in_the_partition_of_its_record_and_has_its_marker(items):
    markers = {
        item["body"]["S"]: item["target"]["S"]
        for item in items
        if item["shape"]["S"] == "pointer" and re.match(rf"T#{TENANT}#MARK#", item["pk"]["S"])
    }
    events = [item for item in items if item["shape"]["S"] == "event"]

    for item in events:
        event = Event.model_validate_json(item["body"]["S"])
        assert item["sk"]["S"] == f"EVENT#{event.id}"
        assert item["pk"]["S"].endswith(f"#{event.record.id}")
        assert markers[event.id] == f"{event.record.kind}#{event.record.id}"
    assert len(markers) == len(events)


def test_a_records_version_is_never_more_than_the_changes_that_could_have_made_it(items):
    events = sum(item["shape"]["S"] == "event" for item in items)

    for item in items:
        if item["shape"]["S"] == "record":
            assert 1 <= int(item["version"]["N"]) <= events
