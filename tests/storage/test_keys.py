"""Keys: every one begins with its tenant, none is built elsewhere."""

import inspect
from datetime import UTC, datetime

import pytest

from chalicelib.domain.errors import TenantRequiredError
from chalicelib.domain.record import Ref
from chalicelib.storage import keys
from tests.grouped import every

REF = Ref(kind="inspection_plan", id="01A")
SAMPLES = {
    "tenant": "gx450100",
    "ref": REF,
    "parent": REF,
    "event_id": "01B",
    "act_key": "01C",
    "name": "code",
    "value": "91450100MA00000071",
    "owner": "p1",
    "operator_code": "91450100MA00000071",
    "agency": "b1",
    "year": 2026,
    "county": "450103000000",
    "scenario": "refined_oil",
    "grade": "B",
    "hour": datetime(2026, 11, 23, 1, tzinfo=UTC),
    "index": 7,
    "size": 9,
    "sequence": 12,
    "order": 3,
    "subject_id": "s1",
    "draw_id": "d1",
    "kind": "visit",
    "id": "x1",
}
BUILDERS = [
    function
    for name, function in inspect.getmembers(keys, inspect.isfunction)
    if function.__module__ == keys.__name__
    and not name.startswith("_")
    and "tenant" in inspect.signature(function).parameters
    and "key" not in inspect.signature(function).parameters
    and name != "object_key"
]


def arguments(function: object, tenant: str) -> list[object]:
    found = []
    for parameter in inspect.signature(function).parameters.values():  # type: ignore[arg-type]
        if parameter.default is not inspect.Parameter.empty:
            continue
        if parameter.kind is inspect.Parameter.VAR_POSITIONAL:
            found.append("part")
            continue
        found.append(tenant if parameter.name == "tenant" else SAMPLES.get(parameter.name, "x"))
    return found


@every("build", BUILDERS, lambda build: build.__name__)
def test_every_partition_key_begins_with_its_tenant(build):
    built = build(*arguments(build, "gx450100"))

    partition = built.partition if isinstance(built, keys.Key) else built
    assert partition.startswith("T#gx450100#")


@pytest.mark.parametrize("tenant", ["", "GX450100", "gx45010", "gx450100#", "../etc/x"])
@every("build", BUILDERS, lambda build: build.__name__)
def test_no_key_without_a_valid_tenant(build, tenant):
    with pytest.raises(TenantRequiredError):
        build(*arguments(build, tenant))


def test_public_kinds_live_in_the_public_area():
    assert keys.record("gx450100", Ref(kind="public_result", id="r1")).partition == "T#gx450100#PUB#RESULT#r1"


@pytest.mark.parametrize("id", ["", "a#b", "x#META"])
def test_a_part_cannot_smuggle_a_separator(id):
    with pytest.raises(ValueError, match="not a key part"):
        keys.record("gx450100", Ref(kind="visit", id=id))


@pytest.mark.parametrize("name", ["../other", "", "/abs", ".hidden", "a/../../b"])
def test_an_object_name_stays_inside_the_tenant(name):
    with pytest.raises(ValueError, match="not an object name"):
        keys.object_key("gx450100", "photos", name)
