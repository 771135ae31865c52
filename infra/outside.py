"""Scenario packages that installed distributions bring, on their way into the deployable package.

Only the package that the entry point names is shipped, with the metadata by which it is found again: whatever else its
distribution installs (commands, other modules) stays here, so that nothing of it can stand in the place of our code.
"""

import re
import shutil
from collections.abc import Collection
from dataclasses import dataclass
from importlib.metadata import Distribution
from pathlib import Path
from typing import Any

from chalicelib.contract.outside import outside_findings
from chalicelib.contract.package import read_package
from chalicelib.contract.registry import ENTRY_POINT_GROUP, ONES, SHIPPED, BrokenScenarioError, ScenarioRegistry
from chalicelib.contract.rule_finding import RuleFinding
from chalicelib.contract.rules import bronze_findings

_NOT_SHIPPED = shutil.ignore_patterns("__pycache__", "*.pyc", "tests", "schemas", ".*")


@dataclass(frozen=True)
class LeftOut:
    """A package that is not shipped, and what is wrong with it. is_listed: it has a name, and functions under it."""

    name: str
    origin: str
    findings: tuple[RuleFinding, ...]
    is_listed: bool

    def __str__(self) -> str:
        return f"{self.name} ({self.origin})" + "".join(f"\n  {one}" for one in self.findings)


def ship_outside(registry: ScenarioRegistry, vendor: Path) -> list[LeftOut]:
    """Copy every package of another distribution that holds. One that does not is left out and returned: neither the
    build nor the site stops for it."""
    refused = [LeftOut(found.name, found.origin, (finding,), False) for found, finding in registry.unlisted()]
    for name in registry.names():
        found = registry.found(name)
        if found.distribution is None or found.module is None:
            continue
        if findings := _findings(registry, name):
            refused.append(LeftOut(name, found.origin, tuple(findings), True))
            continue
        target = vendor.joinpath(*found.module.split("."))
        shutil.copytree(registry.folder(name), target, ignore=_NOT_SHIPPED, dirs_exist_ok=True)
        _write_metadata(found.distribution, name, found.module, vendor)
    return refused


def _findings(registry: ScenarioRegistry, name: str) -> list[RuleFinding]:
    try:
        reading = read_package(registry.folder(name), name)
    except BrokenScenarioError as error:
        return error.findings
    return [*outside_findings(registry, name), *bronze_findings(reading)]


def _write_metadata(found: Distribution, name: str, module: str, vendor: Path) -> None:
    """Name, version and this scenario of a distribution, as `importlib.metadata` reads them; INSTALLER says that its
    handlers were tried here, so that no function in the cloud does it again."""
    folder = vendor / f"{re.sub('[-_.]+', '_', found.name)}-{found.version}.dist-info"
    folder.mkdir(parents=True, exist_ok=True)
    entries = folder / "entry_points.txt"
    before = entries.read_text("utf-8") if entries.is_file() else f"[{ENTRY_POINT_GROUP}]\n"
    entries.write_text(f"{before}{name} = {module}\n", "utf-8")
    metadata = f"Metadata-Version: 2.1\nName: {found.name}\nVersion: {found.version}\n"
    (folder / "METADATA").write_text(metadata, "utf-8")
    (folder / "INSTALLER").write_text(f"{SHIPPED}\n", "utf-8")


def drop_functions(resources: dict[str, Any], scenarios: Collection[str]) -> None:
    """Take out the functions of these scenarios: they are installed where the template is made, and not shipped."""
    handlers = {f"app.{name}_{one}" for name in scenarios for one in ONES}
    for resource_name, resource in list(resources.items()):
        if resource.get("Properties", {}).get("Handler") in handlers:
            del resources[resource_name]
