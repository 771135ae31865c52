"""Handlers of another distribution are tried in a child: what hangs or ends the process is a finding, not the end."""

import sys
from datetime import date
from pathlib import Path

import pytest

from chalicelib.contract import handler_probe
from chalicelib.contract.handler_probe import mark_outside, probe_finding
from chalicelib.contract.registry import BrokenScenarioError, Found, ScenarioRegistry, load_module
from chalicelib.contract.skeleton import NewPackage, make_package

NEW = NewPackage("elderly_care", "养老机构", "Elderly care", date(2026, 11, 23))


@pytest.fixture
def package(tmp_path: Path) -> Path:
    make_package(NEW, tmp_path / "scenarios", tmp_path / "tests")
    folder = tmp_path / "scenarios" / NEW.name
    mark_outside(folder)
    return folder


def write(folder: Path, text: str) -> None:
    (folder / "handlers.py").write_text(text, "utf-8")


def problem(folder: Path) -> str:
    found = probe_finding(folder)
    return found.problem if found else ""


def test_what_holds_is_imported_here_afterwards(package: Path) -> None:
    assert probe_finding(package) is None
    assert load_module(package) is not None


def test_an_import_without_end_is_refused(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handler_probe, "TIME_LIMIT_SECONDS", 1)
    write(package, "while True:\n    pass\n")

    with pytest.raises(BrokenScenarioError) as refused:
        load_module(package)

    assert [one.problem for one in refused.value.findings] == ["importing the module does not end within 1 seconds"]


def test_what_ends_the_process_is_refused(package: Path) -> None:
    write(package, "import os\nos._exit(7)\n")
    assert problem(package) == "importing the module ended the process with status 7"

    write(package, "import os\ndef handbook(request, context):\n    os._exit(8)\n")
    assert problem(package) == "running the sample cases ended the process with status 8"

    write(package, "import threading, time\nthreading.Thread(target=time.sleep, args=(60,)).start()\n")
    assert problem(package) == "importing the module started a thread that goes on"

    write(package, "print('{}')\nraise SystemExit(3)\n")
    assert problem(package) == "importing the module failed: SystemExit: 3"


def test_it_is_tried_again_only_after_a_change(package: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    tried = []
    monkeypatch.setattr(handler_probe, "_probe", lambda folder: tried.append(folder))

    probe_finding(package)
    probe_finding(package)
    write(package, "x = 1\n")
    probe_finding(package)

    assert tried == [package, package]


def test_our_own_packages_are_not_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(handler_probe, "_probe", lambda folder: pytest.fail(str(folder)))
    registry = ScenarioRegistry(use_entry_points=False)

    assert registry.handlers("refined_oil")
    assert not registry.found("refined_oil").is_untried
    assert not Found("elderly_care").is_untried


def test_naming_a_package_within_another_imports_neither(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    inner = tmp_path / "outer_trade" / "inner"
    make_package(NEW, inner.parent, tmp_path / "tests")
    (inner.parent / NEW.name).rename(inner)
    (inner.parent / "__init__.py").write_text("raise SystemExit(3)\n", "utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    registry = ScenarioRegistry([])
    registry.__dict__["_found"] = {NEW.name: Found(NEW.name, module="outer_trade.inner")}

    assert registry.folder(NEW.name) == inner
    assert "outer_trade" not in sys.modules
