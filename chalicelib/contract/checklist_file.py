"""A checklist as the text of a package's checklist.json."""

import json
from pathlib import Path
from typing import Any

from chalicelib.domain.checklist import Checklist

_SCHEMA = "../../chalicelib/contract/schemas/checklist.schema.json"


def checklist_json(checklist: Checklist, folder: Path | None = None) -> str:
    """The text of a package's checklist.json: what has its default, and a limit that a figure gives, is left out, as
    authors write it. folder: of the package whose file it replaces, which names its schema as that does."""
    held = json.loads((folder / "checklist.json").read_text("utf-8")) if folder else {}
    body: dict[str, Any] = {"$schema": held.get("$schema", _SCHEMA)}
    body |= checklist.model_dump(mode="json", by_alias=True, exclude_defaults=True)
    for item in (one for section in body["sections"] for one in section["items"]):
        for side in ("minimum", "maximum"):
            if f"{side}_figure" in item:
                item["number"].pop(side, None)
    return json.dumps(body, ensure_ascii=False, indent=2) + "\n"
