"""JSON Schemas of a package's files, generated from the models so that an editor can help an author."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, RootModel

from chalicelib.contract.figure import FigureFile
from chalicelib.contract.quality import Quality
from chalicelib.contract.samples import SampleFile
from chalicelib.contract.scenario import PARTS

SCHEMA_FOLDER = Path(__file__).parent / "schemas"


class Strings(RootModel[dict[str, str]]):
    """strings/<language>.json: key of a label -> its text in that language."""


class TradeFigures(FigureFile):
    """<trade>_rules.json: figures and the words of what is computed from them. The trade's own tables beside them are
    checked by the package's class."""

    model_config = ConfigDict(extra="allow")


FILES: Mapping[str, type[BaseModel]] = {
    **PARTS,
    "quality": Quality,
    "samples": SampleFile,
    "strings": Strings,
    "figures": TradeFigures,
}
PLACES: Mapping[str, str] = {"samples": "samples/cases.json", "strings": "strings/*.json", "figures": "*_rules.json"}
"""Where a file lies that is not `<name>.json` at the top of its package."""
OPTIONAL = frozenset({"figures"})
"""Names of the files that a package need not have."""


def schema_of(name: str) -> dict[str, Any]:
    """The schema of one file; `$schema` itself is allowed in it so that a file can point at its schema."""
    body = FILES[name].model_json_schema(by_alias=True)
    body["properties"] = {"$schema": {"type": "string"}, **body.get("properties", {})}
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **body}


def schema_text(name: str) -> str:
    return json.dumps(schema_of(name), ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def stale_schemas(folder: Path = SCHEMA_FOLDER) -> list[str]:
    """Names of the files whose stored schema is missing or no longer what the models say."""

    def stored(name: str) -> str:
        path = folder / f"{name}.schema.json"
        return path.read_text(encoding="utf-8") if path.is_file() else ""

    return [name for name in FILES if stored(name) != schema_text(name)]


def write_schemas(folder: Path = SCHEMA_FOLDER) -> list[Path]:
    """Write every schema; the paths written."""
    folder.mkdir(parents=True, exist_ok=True)
    paths = [folder / f"{name}.schema.json" for name in FILES]
    for name, path in zip(FILES, paths, strict=True):
        path.write_text(schema_text(name), encoding="utf-8")
    return paths
