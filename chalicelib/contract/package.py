"""Reading a package's folder: everything that is wrong with it is collected, nothing is raised."""

import json
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar, cast

from pydantic import BaseModel, TypeAdapter, ValidationError

from chalicelib.contract.figure import DerivedLabel, Figure
from chalicelib.contract.figure_uses import with_figures
from chalicelib.contract.json_places import read_unique
from chalicelib.contract.rule_finding import RuleFinding
from chalicelib.contract.scenario import PARTS, Scenario
from chalicelib.domain.label import labels_of

Part = TypeVar("Part", bound=BaseModel)
Shaped = TypeVar("Shaped")


@dataclass
class PackageReading:
    """A folder as read: the raw JSON of each file, the parts that hold, the scenario when all of them do. unread: the
    files beside the parts of which nothing can be told."""

    name: str
    folder: Path
    raw: dict[str, Any] = field(default_factory=dict)
    parts: dict[str, BaseModel] = field(default_factory=dict)
    strings: dict[str, dict[str, str]] = field(default_factory=dict)
    figures: list[Figure] = field(default_factory=list)
    scenario: Scenario | None = None
    findings: list[RuleFinding] = field(default_factory=list)
    unread: list[str] = field(default_factory=list)

    def part(self, model: type[Part]) -> Part | None:
        """One part, also while others do not hold; None where this one does not."""
        name = next(name for name, one in PARTS.items() if one is model)
        found = getattr(self.scenario, name) if self.scenario else self.parts.get(name)
        return cast("Part | None", found)

    @property
    def labels(self) -> dict[str, str]:
        """Texts that people read, of the parts that hold: key -> Chinese."""
        return {key: text for name in PARTS if name in self.parts for key, text in labels_of(self.parts[name], name)}


def _place(location: tuple[int | str, ...]) -> str:
    return ".".join(str(step) for step in location)


_ONE_OF_TWO = "keep one of the two"


def _read_json(reading: PackageReading, file: str) -> Any:
    """The file's JSON, or None with a finding: a file that says null says nothing."""
    path = reading.folder / file
    try:
        body, repeated = read_unique(path.read_text(encoding="utf-8"))
        for one in repeated:
            problem = f"the key {one.path} stands here for the second time, and only the last would count"
            reading.findings.append(RuleFinding("files_valid", file, f"line {one.line}", problem, _ONE_OF_TWO))
        if body is not None:
            return body
        problem, mend, place = "says nothing: null", "write a JSON object", ""
    except FileNotFoundError:
        problem, mend, place = "the file is missing", "add the file; `yijianshi scenario schema` says its shape", ""
    except UnicodeDecodeError as error:
        problem, mend, place = f"not UTF-8: {error.reason}", "save the file as UTF-8", f"byte {error.start}"
    except json.JSONDecodeError as error:
        problem, mend, place = f"not JSON: {error.msg}", "correct the syntax", f"line {error.lineno}"
        if error.msg.startswith("Unexpected UTF-8 BOM"):
            problem, mend = "begins with a byte order mark", "save the file as UTF-8 without BOM"
    except (OSError, RecursionError, ValueError) as error:  # a folder, brackets without end, thousands of digits
        problem, mend, place = f"cannot be read: {type(error).__name__}", "correct the file, or write it anew", ""
    reading.findings.append(RuleFinding("files_read", file, place, problem, mend))
    return None


def _read_part(reading: PackageReading, part: str) -> None:
    file = f"{part}.json"
    raw = _read_json(reading, file)
    if raw is None:
        return
    reading.raw[part] = raw
    body = {key: value for key, value in raw.items() if key != "$schema"} if isinstance(raw, dict) else raw
    found = _shaped(reading, PARTS[part].model_validate_json, body, file, part)
    if found is not None:
        reading.parts[part] = found


def _shaped(
    reading: PackageReading, shape: Callable[[str], Shaped], body: Any, file: str, schema: str, within: str = ""
) -> Shaped | None:
    """What a model makes of JSON, or None with its findings. within: the field of the file that it is."""
    mend = f"see chalicelib/contract/schemas/{schema}.schema.json"
    try:
        return shape(json.dumps(body))
    except RecursionError:
        reading.findings.append(RuleFinding("files_valid", file, within, "brackets in brackets without end", mend))
    except ValidationError as error:
        for place, problem in problems_of(error):
            place = ".".join(filter(None, (within, place)))
            reading.findings.append(RuleFinding("files_valid", file, place, problem, mend))
    return None


def problems_of(error: ValidationError) -> list[tuple[str, str]]:
    """(place, problem) of everything that a model refuses; of a missing field its name, for it has no place yet."""
    return [
        (_place(one["loc"]), f"{one['loc'][-1]} is missing" if one["type"] == "missing" else one["msg"])
        for one in error.errors(include_url=False, include_input=False, include_context=False)
    ]


def read_extra(reading: PackageReading, file: str) -> tuple[Any, list[RuleFinding]]:
    """A JSON file beside the data files (quality, samples) and what kept it from being read; touches no state."""
    scratch = PackageReading(reading.name, reading.folder)
    body = _read_json(scratch, file)
    if body is not None and not isinstance(body, dict):
        return None, [RuleFinding("files_valid", file, "", "not an object", "write a JSON object")]
    return body, scratch.findings


_FIGURES, _DERIVED = TypeAdapter(list[Figure]), TypeAdapter(list[DerivedLabel])


def _read_figures(reading: PackageReading, file: str) -> None:
    """The figures of one of the trade's own files, with the words of what is computed from them; its tables are read by
    the package's class."""
    body = _read_json(reading, file)
    if not isinstance(body, dict) or not isinstance(body.get("figures"), list):
        reading.unread.append(file)
        if body is not None:
            mend = "see chalicelib/contract/schemas/figures.schema.json"
            reading.findings.append(RuleFinding("files_valid", file, "figures", "no list of figures", mend))
        return
    found = _shaped(reading, _FIGURES.validate_json, body["figures"], file, "figures", "figures")
    derived = _shaped(reading, _DERIVED.validate_json, body.get("derived", []), file, "figures", "derived")
    if found is None or derived is None:
        reading.unread.append(file)
    for one in found or ():
        reading.figures.append(one)
        if one.may_be_loosened:
            problem = "a figure to be confirmed may be set to one side only"
            mend = "let tenant_range begin or end with the value: the stricter side is open"
            reading.findings.append(RuleFinding("files_valid", file, one.id, problem, mend))


MOST_CHARACTERS = 4000
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f-\x9f]")


def _unprintable(reading: PackageReading) -> Iterator[RuleFinding]:
    """Texts that a document or a spreadsheet cannot hold as they are: the checklist would not come back the same."""
    texts = [(f"{key.partition('.')[0]}.json", key, text) for key, text in reading.labels.items()]
    for language, strings in reading.strings.items():
        texts += [(f"strings/{language}.json", key, text) for key, text in strings.items()]
    for file, key, text in texts:
        place = key if file.startswith("strings/") else key.partition(".")[2]
        if _CONTROL.search(text):
            mend = "take out what is no letter; lines end with \\n alone"
            yield RuleFinding("files_valid", file, place, f"{key} holds a control character", mend)
        elif "${" in text:
            mend = "write it without ${: a spreadsheet form takes it for the name of a question"
            yield RuleFinding("files_valid", file, place, f"{key} holds ${{", mend)
        elif text != text.strip():
            yield RuleFinding("files_valid", file, place, f"{key} begins or ends with a space", "take the space out")
        elif len(text) > MOST_CHARACTERS:
            problem = f"{key} has {len(text)} characters, at most {MOST_CHARACTERS}"
            yield RuleFinding("files_valid", file, place, problem, "say it shorter, or in several parts")


def _string_files(folder: Path) -> Iterator[Path]:
    return iter(sorted((folder / "strings").glob("*.json")))


def read_package(folder: Path, name: str | None = None) -> PackageReading:
    """Read and validate every data file of the folder; `scenario` is set only when every part, the strings and the
    figures can be told, and may be used only while there is no finding. name: under which
    the package is installed, where its folder is called otherwise."""
    reading = PackageReading(name=name or folder.name, folder=folder)
    for part in PARTS:
        _read_part(reading, part)
    for path in _string_files(folder):
        file = f"strings/{path.name}"
        texts = _read_json(reading, file)
        if isinstance(texts, dict):
            texts.pop("$schema", None)
        if isinstance(texts, dict) and all(isinstance(text, str) for text in texts.values()):
            reading.strings[path.stem] = texts
        else:
            reading.unread.append(file)
        if file in reading.unread and texts is not None:
            reading.findings.append(
                RuleFinding("files_valid", file, "", "not a map of texts", 'write {"label key": "text"}')
            )
    for path in sorted(folder.glob("*_rules.json")):
        _read_figures(reading, path.name)
    reading.findings += _unprintable(reading)
    if len(reading.parts) == len(PARTS) and not reading.unread:
        parts = {**reading.parts, "figures": tuple(reading.figures), "strings": reading.strings}
        reading.scenario = with_figures(Scenario(**parts))
    return reading
