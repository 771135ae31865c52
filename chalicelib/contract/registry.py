"""Finding scenario packages. Listing reads folder names only; a package is read when it is asked for.

Packages are found in `scenarios/` beside the code (in the repository and in the deployed zip, where the packager puts
the content of `vendor/` at the top), in `vendor/scenarios` of a staged build folder, and through the entry-point group
`yijianshi.scenarios` (name -> importable package) of installed distributions. A broken package is refused with its
findings when it is asked for; it never keeps the others, or the process, from starting. The code of a distribution is
tried in a process of its own before this one imports it (`handler_probe`).
"""

import importlib
import importlib.util
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache, cached_property
from importlib.metadata import Distribution, entry_points
from pathlib import Path
from types import ModuleType
from typing import TYPE_CHECKING, Any, ClassVar

from chalicelib.contract.handler_probe import mark_outside, probe_finding
from chalicelib.contract.rule_finding import RuleFinding
from chalicelib.domain.errors import RecordNotFoundError, YijianshiError

if TYPE_CHECKING:
    from chalicelib.contract.freeze import FrozenPackage
    from chalicelib.contract.scenario import Scenario

ONES = ("handbook", "checklist", "inspection", "evaluation")
ENTRY_POINT_GROUP = "yijianshi.scenarios"
SHIPPED = "yijianshi"
"""INSTALLER of the metadata that `make package` writes: the package was tried before it was shipped."""
NAME = re.compile(r"(?=.{3,32}$)[a-z][a-z0-9]*(_[a-z0-9]+)*")
"""A scenario's name: it becomes part of module, function and page names, the longest of which hold 64 characters."""
ROOT = Path(__file__).resolve().parent.parent.parent


class BrokenScenarioError(YijianshiError):
    """The package is there but does not hold. `findings` name every file, place, problem and mend."""

    code: ClassVar[str] = "broken_scenario"

    def __init__(self, findings: Sequence[RuleFinding], **details: Any) -> None:
        super().__init__(**details)
        self.findings = list(findings)


class Handlers:
    """The four handlers of one package: its own where it has one, the contract's defaults elsewhere."""

    def __init__(self, module: ModuleType | None) -> None:
        from chalicelib.contract import handlers as defaults

        for one in ONES:
            setattr(self, one, getattr(module, one, None) or getattr(defaults, one))

    handbook: Callable[..., Any]
    checklist: Callable[..., Any]
    inspection: Callable[..., Any]
    evaluation: Callable[..., Any]


@dataclass(frozen=True)
class Found:
    """Where a package lies: a folder, or the importable package that the entry point of a distribution names."""

    name: str
    folder: Path | None = None
    module: str | None = None
    distribution: Distribution | None = None

    @property
    def origin(self) -> str:
        """Name and version of the distribution that brings it; empty for a folder of this installation."""
        return f"{self.distribution.name} {self.distribution.version}" if self.distribution else ""

    @property
    def is_untried(self) -> bool:
        """Whether its code comes from elsewhere and was not yet tried when it was packed."""
        return self.distribution is not None and (self.distribution.read_text("INSTALLER") or "").strip() != SHIPPED


def default_folders() -> tuple[Path, ...]:
    return (ROOT / "scenarios", ROOT / "vendor" / "scenarios")


class ScenarioRegistry:
    """All packages that this process can reach. The first place that has a name wins."""

    def __init__(self, folders: Sequence[Path] | None = None, use_entry_points: bool = True) -> None:
        self._folders = tuple(folders) if folders is not None else default_folders()
        self._use_entry_points = use_entry_points
        self._scenarios: dict[str, Scenario] = {}
        self._handlers: dict[str, Handlers] = {}
        self._frozen: dict[str, FrozenPackage] = {}
        self._broken: dict[str, list[RuleFinding]] = {}
        self._unlisted: list[tuple[Found, RuleFinding]] = []

    @cached_property
    def _found(self) -> dict[str, Found]:
        found: dict[str, Found] = {}
        for one in self._places():
            if not NAME.fullmatch(one.name):
                problem = f"the name {one.name} is no scenario's"
                mend = "lower-case letters, digits and single underscores, 3 to 32 characters, beginning with a letter"
                self._unlisted.append((one, RuleFinding("name_matches_folder", one.module or "", "", problem, mend)))
            elif one.name not in found:
                found[one.name] = one
            elif one.distribution:
                problem = f"{found[one.name].origin or 'scenarios/' + one.name} brings this name too"
                mend = "only one package can have a name: uninstall one or rename it"
                self._unlisted.append((one, RuleFinding("name_matches_folder", one.module or "", "", problem, mend)))
        return found

    def _places(self) -> Iterator[Found]:
        for folder in self._folders:
            for manifest in sorted(folder.glob("*/manifest.json")):
                yield Found(manifest.parent.name, folder=manifest.parent)
        for entry in entry_points(group=ENTRY_POINT_GROUP) if self._use_entry_points else ():
            yield Found(entry.name, module=entry.value, distribution=entry.dist)

    def names(self) -> list[str]:
        """Names of all packages, sorted. Reads no JSON and imports no package."""
        return sorted(self._found)

    def unlisted(self) -> list[tuple[Found, RuleFinding]]:
        """Packages that are there but cannot be in the list at all, each with the reason."""
        self.names()
        return list(self._unlisted)

    def found(self, name: str) -> Found:
        """Where the package comes from. Raises `RecordNotFoundError` for a name that is nowhere."""
        if name not in self._found:
            raise RecordNotFoundError(kind="scenario", identity=name)
        return self._found[name]

    def holds(self, name: str) -> bool:
        """Whether the package is there and can be used."""
        try:
            self.get(name)
        except (RecordNotFoundError, BrokenScenarioError):
            return False
        return True

    def sound(self, but: str = "") -> "Iterator[Scenario]":
        """Every package that can be used, without the one named `but`."""
        return (self.get(name) for name in self.names() if name != but and self.holds(name))

    def folder(self, name: str) -> Path:
        """The package's folder. Raises `RecordNotFoundError` for a name that is nowhere."""
        found = self.found(name)
        if found.folder is not None:
            return found.folder
        first, *steps = (found.module or "").split(".")
        try:
            # Not of the whole name: that would import the packages above it.
            spec = importlib.util.find_spec(first)
        except (ImportError, ValueError):
            spec = None
        places = [Path(place, *steps) for place in (spec.submodule_search_locations if spec else None) or ()]
        folder = next((place for place in places if place.is_dir()), None)
        if folder is None:
            problem = "the entry point names no importable package"
            mend = "point the entry point of group yijianshi.scenarios at the package that holds manifest.json"
            raise BrokenScenarioError([RuleFinding("files_read", found.module or "", "", problem, mend)], name=name)
        if found.is_untried:
            mark_outside(folder)
        return folder

    def get(self, name: str) -> "Scenario":
        """The package's current version, read once. Raises `RecordNotFoundError` or `BrokenScenarioError`."""
        if name in self._broken:
            raise BrokenScenarioError(self._broken[name], name=name)
        if name not in self._scenarios:
            try:
                self._scenarios[name] = self._read(name)
            except BrokenScenarioError as error:
                self._broken[name] = error.findings
                raise
        return self._scenarios[name]

    def _read(self, name: str) -> "Scenario":
        from chalicelib.contract.package import read_package
        from chalicelib.contract.rules import bronze_findings

        reading = read_package(self.folder(name), name)
        findings = bronze_findings(reading)
        if reading.scenario is None or findings:
            raise BrokenScenarioError(findings, name=name)
        return reading.scenario

    def frozen(self, name: str) -> "FrozenPackage":
        """The frozen copy of the current version, made once. Raises as `get` does."""
        if name not in self._frozen:
            from chalicelib.contract.freeze import freeze_package

            self._frozen[name] = freeze_package(self.get(name), self.folder(name))
        return self._frozen[name]

    def forget(self) -> None:
        """Read everything again when it is next asked for: only where files change below a running process."""
        self._scenarios.clear()
        self._handlers.clear()
        self._broken.clear()
        self._frozen.clear()
        self._unlisted.clear()
        self.__dict__.pop("_found", None)

    def handlers(self, name: str) -> Handlers:
        """The package's four handlers; importing its module happens here and nowhere else."""
        if name not in self._handlers:
            self._handlers[name] = Handlers(load_module(self.folder(name)))
        return self._handlers[name]


@cache
def registry() -> ScenarioRegistry:
    """The packages of this process; reading one happens when it is asked for."""
    return ScenarioRegistry()


def load_module(folder: Path) -> ModuleType | None:
    """The package's handlers module, None when it has none. Raises `BrokenScenarioError` when it does not import, or
    would not come back."""
    path = folder / "handlers.py"
    if not path.is_file():
        return None
    if finding := probe_finding(folder):
        raise BrokenScenarioError([finding], name=folder.name)
    name = ".".join([*reversed(list(_packages(folder))), "handlers"])
    try:
        known = sys.modules.get(name) or (importlib.import_module(name) if _is_importable(name, path) else None)
        if known is not None and getattr(known, "__file__", None) == str(path):
            return known
        spec = importlib.util.spec_from_file_location(f"scenario_handlers_{folder.name}", path)
        if spec is None or spec.loader is None:
            raise ImportError(str(path))
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        problem = f"importing the module failed: {type(error).__name__}: {error}"
        mend = "correct the module; it may import chalicelib.contract and chalicelib.domain only"
        finding = RuleFinding("handlers_callable", "handlers.py", "", problem, mend)
        raise BrokenScenarioError([finding], name=folder.name) from error
    return module


def _packages(folder: Path) -> Iterator[str]:
    """The folder's name and those of the packages around it, from the inside out."""
    yield folder.name
    while (folder / "__init__.py").is_file() and (folder.parent / "__init__.py").is_file():
        folder = folder.parent
        yield folder.name


def _is_importable(name: str, path: Path) -> bool:
    try:
        spec = importlib.util.find_spec(name)
    except (ImportError, ValueError):
        return False
    return spec is not None and spec.origin == str(path)
