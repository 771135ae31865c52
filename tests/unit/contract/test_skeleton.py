"""A new package holds at once: bronze, with tests that pass, and only its author's own work left."""

from datetime import date

import pytest

from chalicelib.contract.json_places import find_place
from chalicelib.contract.registry import ScenarioRegistry
from chalicelib.contract.rule import Tier, Tools
from chalicelib.contract.rules import RULES, check_package
from chalicelib.contract.schemas import FILES, OPTIONAL, SCHEMA_FOLDER
from chalicelib.contract.skeleton import NewPackage, SkeletonError, make_package
from chalicelib.package_tools import render_template

NEW = NewPackage("elderly_care", "养老机构", "Elderly care", date(2026, 11, 23))


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    root = tmp_path_factory.mktemp("author")
    files = make_package(NEW, root / "scenarios", root / "tests")
    report = check_package(root / "scenarios" / NEW.name, Tools(render_template, root / "tests"))
    return root, files, report


def test_it_is_bronze_and_only_its_own_words_are_left(made):
    _, _, report = made

    assert report.tier is Tier.BRONZE
    assert {rule for rule, found in report.by_rule.items() if found} == {
        "nothing_unwritten",
        "samples_pass",
        "strings_complete",
    }
    assert {one.id for one in RULES} == set(report.by_rule)


def test_no_token_of_the_skeleton_is_left(made):
    _, files, _ = made

    assert not [path for path in files if "@" in path.read_text(encoding="utf-8")]
    assert not [path for path in files if path.suffix == ".txt"]


def test_the_registry_takes_it_and_its_own_test_passes(made):
    root, _, _ = made
    registry = ScenarioRegistry([root / "scenarios"], use_entry_points=False)

    package = registry.get("elderly_care")
    source = (root / "tests" / "elderly_care" / "test_data.py").read_text(encoding="utf-8")
    names = {"PACKAGE": package, "__name__": "own"}
    exec(compile(source.replace('ScenarioRegistry().get("elderly_care")', "PACKAGE"), "test_data.py", "exec"), names)

    assert callable(registry.handlers("elderly_care").handbook)
    tests = [value for name, value in names.items() if name.startswith("test_")]
    assert len(tests) == 2
    for test in tests:
        test()


def test_every_data_file_points_at_its_schema(made):
    root, files, _ = made
    package = root / "scenarios" / NEW.name
    data = [path for path in files if path.suffix == ".json"]

    assert len(data) == len(FILES.keys() - OPTIONAL)
    for path in data:
        text = path.read_text(encoding="utf-8")
        assert find_place(text, "$schema").line == 2, path
        name = {"cases": "samples", "en": "strings"}.get(path.stem, path.stem)
        reference = text.split('"')[3]
        assert (path.parent / reference).resolve() == (SCHEMA_FOLDER / f"{name}.schema.json").resolve(), path
    assert package in data[0].parents


@pytest.mark.parametrize(
    "name", ["Elderly", "elderly-care", "ab", "1care", "a__b", "care_", "x" * 33, "tests", "class", "import", "../up"]
)
def test_bad_names(name):
    with pytest.raises(SkeletonError) as refused:
        NewPackage(name, "养老机构", "Elderly care", date(2026, 11, 23))
    assert refused.value.problem == "name"


def test_nothing_is_written_over(made):
    root, _, _ = made

    with pytest.raises(SkeletonError) as refused:
        make_package(NEW, root / "scenarios", root / "elsewhere")
    assert refused.value.problem == "exists"
    assert not (root / "elsewhere").exists()
