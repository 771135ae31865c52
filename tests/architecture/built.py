"""The package, built once per test run from what is installed here."""

import json
import zipfile
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from infra.package import build


@dataclass(frozen=True)
class Built:
    """zip: as it would be uploaded; template: path of the JSON beside it."""

    zip: Path
    template: Path
    folder: Path

    @cached_property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.template.read_text("utf-8"))
        return found

    def functions(self) -> dict[str, dict[str, Any]]:
        """Properties of every function, by its name in the template."""
        return {
            name: resource["Properties"]
            for name, resource in self.document["Resources"].items()
            if resource["Type"] == "AWS::Serverless::Function"
        }

    def unpacked(self) -> Path:
        """The zip's content in a folder, as Lambda lays it out."""
        target = self.folder / "unpacked"
        if not target.exists():
            with zipfile.ZipFile(self.zip) as opened:
                opened.extractall(target)
        return target


def build_here(folder: Path) -> Built:
    package, template = build(folder, dependencies="environment")
    return Built(package, template, folder)
