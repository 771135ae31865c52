"""Stored schemas are what the models say, and every data file points at its own."""

import json

import pytest
from jsonschema import Draft202012Validator

from chalicelib.contract.registry import ROOT
from chalicelib.contract.schemas import (
    FILES,
    OPTIONAL,
    PLACES,
    SCHEMA_FOLDER,
    field_words,
    schema_of,
    stale_schemas,
    write_schemas,
)
from tests.unit.contract.packages import PILOT

FOLDERS = sorted(path.parent for path in (ROOT / "scenarios").glob("*/manifest.json"))


def test_stored_schemas_are_current():
    assert stale_schemas() == [], "run `yijianshi scenario schema`"


def test_a_stale_schema_is_noticed(tmp_path):
    write_schemas(tmp_path)
    (tmp_path / "manifest.schema.json").write_text("{}", encoding="utf-8")
    (tmp_path / "quality.schema.json").unlink()

    assert sorted(stale_schemas(tmp_path)) == ["manifest", "quality"]


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_every_data_file_points_at_its_schema(folder):
    for name in FILES:
        paths = list(folder.glob(PLACES.get(name, f"{name}.json")))
        assert paths or name in OPTIONAL, name
        for path in paths:
            reference = json.loads(path.read_text(encoding="utf-8")).get("$schema", "")
            assert (path.parent / reference).resolve() == SCHEMA_FOLDER / f"{name}.schema.json", path


def test_every_field_says_in_two_languages_what_it_is_for():
    used = set()
    for name in FILES:
        schema = schema_of(name)
        for owner, model in {name: schema, **schema.get("$defs", {})}.items():
            for field, said in model.get("properties", {}).items():
                words = field_words(owner, field)
                assert words and said["description"] == " ".join(words), f"{owner}.{field}: field_words.json"
                used |= {f"{owner}.{field}", f"*.{field}"}

    assert set(json.loads((SCHEMA_FOLDER.parent / "field_words.json").read_text(encoding="utf-8"))) <= used


@pytest.mark.parametrize("folder", FOLDERS, ids=lambda folder: folder.name)
def test_the_request_of_a_case_has_the_shape_of_its_handler(folder):
    body = json.loads((folder / "samples" / "cases.json").read_text(encoding="utf-8"))
    check = Draft202012Validator(schema_of("samples"))
    first = body["cases"][0]

    assert check.is_valid(body)
    assert not check.is_valid(body | {"cases": [first | {"request": first["request"] | {"colour": "red"}}]})


def test_the_schemas_take_what_the_models_take():
    for name in FILES:
        for path in PILOT.glob(PLACES.get(name, f"{name}.json")):
            assert Draft202012Validator(schema_of(name)).is_valid(json.loads(path.read_text(encoding="utf-8"))), name
    assert not Draft202012Validator(schema_of("checklist")).is_valid({"title": "x", "sections": [], "colour": "red"})


@pytest.mark.parametrize("file", sorted((ROOT / "scenarios").glob("*/*_rules.json")), ids=lambda file: file.name)
def test_a_trades_figures_are_taken_and_a_broken_one_is_not(file):
    body = json.loads(file.read_text(encoding="utf-8"))
    check = Draft202012Validator(schema_of("figures"))

    assert check.is_valid(body)
    assert not check.is_valid(body | {"figures": [body["figures"][0] | {"unit": "pound"}]})
