"""A frozen version's own golden cases say whether later handlers still judge as its authors promised."""

import json

from chalicelib.contract.freeze import freeze_package, thaw_samples
from chalicelib.contract.kept_results import check_kept
from chalicelib.contract.package import read_package
from chalicelib.contract.registry import Handlers, load_module
from tests.unit.contract.packages import PILOT, copy_pilot, edit


def frozen(folder):
    return freeze_package(read_package(folder).scenario, folder).content


def test_the_cases_are_frozen_and_hold_with_the_handlers_that_made_them():
    kept = check_kept(frozen(PILOT), Handlers(load_module(PILOT)))

    assert kept.cases == len(thaw_samples(frozen(PILOT))) > 3
    assert kept.differences == ()


def test_what_comes_out_otherwise_or_not_at_all_is_named(tmp_path):
    folder = copy_pilot(tmp_path)

    def promise(body):
        body["cases"][0]["expect"] = {"no_such_place": 1}
        body["cases"][0]["label"] = "另一种结果"

    edit(folder, "samples/cases.json", promise)
    (wrong,) = check_kept(frozen(folder), Handlers(load_module(PILOT))).differences
    assert wrong == ("另一种结果", "no_such_place", 1, None)

    broken = check_kept(frozen(PILOT), object.__new__(Handlers))
    assert len(broken.differences) == broken.cases
    assert all(not one.path and "Error" in one.found for one in broken.differences)


def test_a_version_that_cannot_be_read_any_more_is_one_difference_and_one_without_cases_promises_none():
    body = json.loads(frozen(PILOT))
    unreadable = json.dumps(body | {"scenario": {"manifest": {}}}).encode()
    early = json.dumps({name: part for name, part in body.items() if name != "cases"}).encode()

    (difference,) = check_kept(unreadable, Handlers(load_module(PILOT))).differences
    assert difference.case == "" and "ValidationError" in difference.found
    assert check_kept(early, Handlers(load_module(PILOT))) == (0, ())
