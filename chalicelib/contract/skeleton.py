"""A new scenario package from the skeleton: it holds at once, and what its author has to write says so (【待填】)."""

import keyword
import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from chalicelib.contract.registry import NAME
from chalicelib.contract.schemas import SCHEMA_FOLDER, write_schemas

SKELETON = Path(__file__).with_suffix("")
TESTS = "tests"
DISTRIBUTION = "distribution"
SCHEMAS = "schemas"
_RESERVED = {"test", "tests", "con", "nul", "aux", "scenario", "scenarios"}


class SkeletonError(ValueError):
    """No package can be made; `problem` is one of `name`, `label`, `exists`. Of the command line alone."""

    def __init__(self, problem: str, **details: str) -> None:
        super().__init__(problem)
        self.problem, self.details = problem, details


@dataclass(frozen=True)
class NewPackage:
    """What a package is made from. label: the trade in Chinese; label_en: in English; day: on which the law is read."""

    name: str
    label: str
    label_en: str
    day: date

    def __post_init__(self) -> None:
        if not NAME.fullmatch(self.name) or keyword.iskeyword(self.name) or self.name in _RESERVED:
            raise SkeletonError("name", name=self.name)
        if not _is_label(self.label):
            raise SkeletonError("label", label=self.label)
        if not _is_label(self.label_en):
            raise SkeletonError("label", label=self.label_en)

    def tokens(self, schemas: str) -> dict[str, str]:
        return {
            "@NAME@": self.name,
            "@DASHED@": self.name.replace("_", "-"),
            "@LABEL@": self.label,
            "@LABEL_EN@": self.label_en,
            "@CODE@": "".join(word[0] for word in self.name.split("_")).upper().ljust(2, "X")[:6],
            "@DAY@": self.day.isoformat(),
            "@SCHEMAS@": schemas,
        }


def _is_label(text: str) -> bool:
    """One line of words that can stand in JSON, HTML and Python as it is."""
    return 1 <= len(text.strip()) <= 40 and text.isprintable() and not re.search(r"[\"\\<>&{}@]", text)


def make_package(new: NewPackage, scenarios: Path, tests: Path) -> list[Path]:
    """Write `scenarios/<name>` and `tests/<name>`; the files made, in order. Raises `SkeletonError` and writes nothing
    where one of the two folders is there."""
    return _write(new, {"": scenarios / new.name, TESTS: tests / new.name})


def make_distribution(new: NewPackage, folder: Path) -> list[Path]:
    """The same as a distribution of its own: pyproject.toml with the entry point, the package with its tests inside and
    the schemas beside its data, so that nothing in it names a place on this machine."""
    package = folder / f"yijianshi_{new.name}"
    made = _write(new, {"": package, TESTS: package / TESTS, DISTRIBUTION: folder}, package / SCHEMAS)
    return [*made, *write_schemas(package / SCHEMAS)]


def _write(new: NewPackage, folders: Mapping[str, Path], schemas: Path = SCHEMA_FOLDER) -> list[Path]:
    """folders: where the skeleton's parts go, by the first step of their path; "" the rest. Each has to be new."""
    for folder in folders.values():
        if folder.exists():
            raise SkeletonError("exists", folder=str(folder))
    tokens = new.tokens(Path(os.path.relpath(schemas, folders[""])).as_posix())
    made = []
    for source, target in _targets(folders):
        text = source.read_text(encoding="utf-8")
        for token, value in tokens.items():
            text = text.replace(token, value)
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8")
        made.append(target)
    return made


def _targets(folders: Mapping[str, Path]) -> Iterator[tuple[Path, Path]]:
    """(file of the skeleton, file to write). `.py.txt` keeps the skeleton from being imported and checked as code."""
    for source in sorted(SKELETON.rglob("*")):
        if source.is_file() and "__pycache__" not in source.parts:
            place = source.relative_to(SKELETON)
            place = place.with_name(place.name.removesuffix(".txt"))
            first = place.parts[0] if place.parts[0] in (TESTS, DISTRIBUTION) else ""
            if first in folders:
                yield source, folders[first] / place.relative_to(first)
