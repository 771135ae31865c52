"""Stored schemas are what the models say, and every data file points at its own."""

import json

import pytest

from chalicelib.contract.schemas import FILES, SCHEMA_FOLDER, stale_schemas, write_schemas
from tests.unit.contract.packages import PILOT


def test_stored_schemas_are_current():
    assert stale_schemas() == [], "run `yijianshi scenario schema`"


def test_a_stale_schema_is_noticed(tmp_path):
    write_schemas(tmp_path)
    (tmp_path / "manifest.schema.json").write_text("{}", encoding="utf-8")
    (tmp_path / "quality.schema.json").unlink()

    assert sorted(stale_schemas(tmp_path)) == ["manifest", "quality"]


@pytest.mark.parametrize("name", FILES)
def test_the_pilot_points_at_the_schema(name):
    path = PILOT / ("samples/cases.json" if name == "samples" else f"{name}.json")
    reference = json.loads(path.read_text(encoding="utf-8"))["$schema"]

    assert (path.parent / reference).resolve() == SCHEMA_FOLDER / f"{name}.schema.json"
