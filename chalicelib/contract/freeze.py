"""A frozen copy of one version of a package: canonical JSON (RFC 8785) and its SHA-256, addressed by name@version.

The copy holds the data, the translations, the templates, the golden cases and the hashes of the package's Python files
and of the tables that they read, so that a published version is proven to the last byte and can be held against later
handlers; thawing it needs no folder.
"""

import hashlib
import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import rfc8785

from chalicelib.contract.samples import SampleCase
from chalicelib.contract.scenario import Scenario
from chalicelib.domain.errors import FieldProblem, InvalidInputError

_ADDRESS = re.compile(r"([a-z][a-z0-9_]{0,63})@(\d+\.\d+\.\d+)", re.ASCII)


@dataclass(frozen=True)
class FrozenPackage:
    """`content` is canonical UTF-8 JSON, `sha256` its digest in lower-case hex."""

    name: str
    version: str
    content: bytes
    sha256: str

    @property
    def address(self) -> str:
        return f"{self.name}@{self.version}"


def parse_address(address: str) -> tuple[str, str]:
    """'refined_oil@1.2.0' -> ('refined_oil', '1.2.0'). Raises `InvalidInputError`."""
    found = _ADDRESS.fullmatch(address)
    if not found:
        raise InvalidInputError([FieldProblem(field="scenario", code="not_a_package_address")], value=address)
    return found.group(1), found.group(2)


def _texts(folder: Path, pattern: str) -> dict[str, str]:
    return {path.name: path.read_text(encoding="utf-8") for path in sorted(folder.glob(pattern))}


def freeze_package(scenario: Scenario, folder: Path | None = None) -> FrozenPackage:
    """Freeze a scenario; with its folder, templates and hashes of code go in as well."""
    code = {**_texts(folder, "*.py"), **_texts(folder, "*_rules.json")} if folder else {}
    body = {
        "format": 2,
        "scenario": scenario.model_dump(mode="json", by_alias=True, exclude_none=True),
        "templates": _texts(folder / "templates", "*.html") if folder else {},
        "cases": _cases(folder) if folder else [],
        "code_sha256": {name: hashlib.sha256(text.encode()).hexdigest() for name, text in code.items()},
    }
    content = rfc8785.dumps(cast("dict[str, Any]", body))
    return FrozenPackage(scenario.name, scenario.version, content, hashlib.sha256(content).hexdigest())


def _cases(folder: Path) -> list[Any]:
    """As they stand in the file; a package without them, or whose file cannot be read, freezes all the same."""
    try:
        body = json.loads((folder / "samples" / "cases.json").read_bytes())
    except (OSError, ValueError, RecursionError):
        return []
    cases = body.get("cases") if isinstance(body, dict) else None
    return cases if isinstance(cases, list) else []


def thaw_samples(content: bytes) -> tuple[SampleCase, ...]:
    """The golden cases of a frozen copy, none of one in the first format. Raises ValidationError."""
    return tuple(SampleCase.model_validate(one) for one in json.loads(content).get("cases", []))


def thaw_package(content: bytes, sha256: str | None = None) -> Scenario:
    """The scenario of a frozen copy. Raises `InvalidInputError` when the digest does not match."""
    if sha256 is not None and hashlib.sha256(content).hexdigest() != sha256:
        raise InvalidInputError([FieldProblem(field="content", code="digest_mismatch")])
    return Scenario.model_validate_json(json.dumps(json.loads(content)["scenario"]))
