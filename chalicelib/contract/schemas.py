"""JSON Schemas of a package's files, generated from the models so that an editor can help an author."""

import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict, RootModel
from pydantic.json_schema import models_json_schema

from chalicelib.contract.entrance import REQUESTS
from chalicelib.contract.figure import FigureFile
from chalicelib.contract.quality import Quality
from chalicelib.contract.samples import SampleFile
from chalicelib.contract.scenario import PARTS

_WORDS = Path(__file__).with_name("field_words.json")
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
    """The schema of one file, each of its fields with a line in Chinese and English; `$schema` itself is allowed in it
    so that a file can point at its schema."""
    body = FILES[name].model_json_schema(by_alias=True)
    if name == "samples":
        _add_requests(body)
    body["properties"] = {"$schema": {"type": "string"}, **body.get("properties", {})}
    for owner, model in {name: body, **body.get("$defs", {})}.items():
        for field, said in model.get("properties", {}).items():
            if words := field_words(owner, field):
                said["description"] = " ".join(words)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **body}


def _add_requests(body: dict[str, Any]) -> None:
    """The request of a case has the shape of the handler that it goes to."""
    models, defined = models_json_schema(
        [(model, "validation") for model in REQUESTS.values()], ref_template="#/$defs/{model}"
    )
    body["$defs"] |= defined["$defs"]
    body["$defs"]["SampleCase"]["allOf"] = [
        {
            "if": {"properties": {"one": {"const": one}}},
            "then": {"properties": {"request": models[model, "validation"]}},
        }
        for one, model in REQUESTS.items()
    ]


@cache
def _field_words() -> dict[str, tuple[str, str]]:
    return {key: (said[0], said[1]) for key, said in json.loads(_WORDS.read_text(encoding="utf-8")).items()}


def field_words(owner: str, field: str) -> tuple[str, str] | None:
    """What a field is for, in Chinese and English: that of the model, else what the name says everywhere."""
    known = _field_words()
    return known.get(f"{owner}.{field}") or known.get(f"*.{field}")


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
