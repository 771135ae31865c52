"""A copy of the pilot package to break on purpose: every mutation is one that a rule must catch."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from chalicelib.contract.registry import ROOT

PILOT = ROOT / "scenarios" / "refined_oil"


def copy_pilot(target: Path) -> Path:
    """The pilot package under `target`, with a test of its own, so that a copy is as good as the original."""
    folder = target / PILOT.name
    shutil.copytree(PILOT, folder, ignore=shutil.ignore_patterns("__pycache__"))
    (folder / "tests").mkdir()
    (folder / "tests" / "test_own.py").write_text("def test_own():\n    assert True\n", encoding="utf-8")
    return folder


def edit(folder: Path, file: str, change: Callable[[Any], Any]) -> None:
    """Apply `change` to the parsed JSON of one file and write it back."""
    path = folder / file
    body = json.loads(path.read_text(encoding="utf-8"))
    change(body)
    path.write_text(json.dumps(body, ensure_ascii=False), encoding="utf-8")
