"""A published version is proven to the last byte and thaws without its folder."""

import pytest

from chalicelib.contract.freeze import freeze_package, parse_address, thaw_package, thaw_samples
from chalicelib.contract.package import read_package
from chalicelib.domain.errors import InvalidInputError
from tests.unit.contract.packages import PILOT, copy_pilot, edit


def frozen(folder):
    return freeze_package(read_package(folder).scenario, folder)


def test_the_same_package_has_the_same_digest_whatever_its_layout(tmp_path):
    folder = copy_pilot(tmp_path)
    before = frozen(folder)
    edit(folder, "checklist.json", lambda body: body)

    assert frozen(folder) == before
    assert before.address == "refined_oil@1.0.0"
    assert len(before.sha256) == 64


@pytest.mark.parametrize(
    "change",
    [
        lambda folder: edit(folder, "checklist.json", lambda b: b.update(title="别的")),
        lambda folder: edit(folder, "strings/en.json", lambda b: b.update({"manifest.label": "Oil"})),
        lambda folder: (folder / "templates" / "result_notice.html").write_text("x", encoding="utf-8"),
        lambda folder: (folder / "handlers.py").write_text("x = 1\n", encoding="utf-8"),
        lambda folder: (folder / "oil_rules.json").write_text('{"figures": [], "table": 1}', encoding="utf-8"),
    ],
)
def test_any_change_changes_the_digest(tmp_path, change):
    folder = copy_pilot(tmp_path)
    before = frozen(folder)

    change(folder)

    assert frozen(folder).sha256 != before.sha256


@pytest.mark.parametrize("name", ["refined_oil", "prepaid_card"])
def test_thawed_is_what_was_frozen(name):
    original = read_package(PILOT.parent / name).scenario
    copy = freeze_package(original)

    assert thaw_package(copy.content, copy.sha256) == original
    with pytest.raises(InvalidInputError):
        thaw_package(copy.content.replace(name.encode(), b"refined_0il"), copy.sha256)


def test_address():
    assert parse_address("refined_oil@1.2.30") == ("refined_oil", "1.2.30")
    for bad in ("refined_oil", "refined_oil@1", "Refined@1.0.0", "a@1.0.0\n", "../a@1.0.0"):
        with pytest.raises(InvalidInputError):
            parse_address(bad)


@pytest.mark.parametrize("text", ["{", "[]", '{"cases": 3}'])
def test_cases_that_cannot_be_read_keep_nobody_from_freezing(tmp_path, text):
    folder = copy_pilot(tmp_path)
    (folder / "samples" / "cases.json").write_text(text, encoding="utf-8")

    assert thaw_samples(frozen(folder).content) == ()
