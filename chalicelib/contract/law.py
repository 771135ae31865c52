"""What is known of the texts of law that packages cite: facts only (date of the text, number of articles, changes).

`law_index.json` is title -> date of the text and number of articles; `law_changes.json` is title -> what superseded or
amended it since. A title that changed cannot be cited as verified before somebody read the new text. A package may
bring a `law_index.json` of its own, for texts that the shared one does not have: a distribution cannot write into ours.
"""

import json
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from types import MappingProxyType

from pydantic import BaseModel, ConfigDict, TypeAdapter

from chalicelib.contract.json_places import read_unique
from chalicelib.domain.legal_basis import BasisStatus, LegalBasis, plain_title

_HERE = Path(__file__).parent
INDEX = "law_index.json"
SHARED_INDEX = _HERE / INDEX


class IndexedText(BaseModel):
    """A text that was looked up."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    text_date: date
    articles: int


class LawChange(BaseModel):
    """What happened to a title since its indexed text."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    change: str
    effective_on: date
    successor: str = ""


_TITLES = TypeAdapter(dict[str, IndexedText])
_NONE: Mapping[str, IndexedText] = MappingProxyType({})


@cache
def law_index() -> dict[str, IndexedText]:
    """The shared index. Raises ValueError where the file has not its shape: authors write it by hand."""
    return _read(SHARED_INDEX)


def own_index(folder: Path) -> dict[str, IndexedText]:
    """What the package in this folder looked up itself, mostly nothing. Raises ValueError as `law_index` does."""
    path = folder / INDEX
    return _read(path) if path.is_file() else {}


def _read(path: Path) -> dict[str, IndexedText]:
    _, repeated = read_unique(path.read_text("utf-8"))
    if repeated:
        raise ValueError(f"the key {repeated[0].path} stands here for the second time, and only the last would count")
    return {plain_title(title): one for title, one in _TITLES.validate_json(path.read_bytes()).items()}


@cache
def law_changes() -> dict[str, LawChange]:
    body = json.loads((_HERE / "law_changes.json").read_text(encoding="utf-8"))
    return {plain_title(title): LawChange(**one) for title, one in body.items()}


def basis_faults(basis: LegalBasis, version_on: date, own: Mapping[str, IndexedText] = _NONE) -> list[tuple[str, str]]:
    """(problem, mend) for everything that keeps a basis given as verified from being so on this day. own: the index
    that its package brings; where both know a title, the shared one holds."""
    if basis.status is not BasisStatus.VERIFIED:
        return []
    title, found = plain_title(basis.title), []
    if change := law_changes().get(title):
        what = f"{basis.title} was {change.change} on {change.effective_on} {change.successor}".rstrip()
        found.append((what, "read the new text, or mark it to_be_confirmed"))
    indexed = law_index().get(title) or own.get(title)
    if indexed is None:
        found.append((f"{basis.title} is not in the index", "index it in law_index.json or correct the title"))
    else:
        if basis.text_date != indexed.text_date:
            found.append((f"text of {basis.text_date}, looked up was {indexed.text_date}", "cite the indexed text"))
        if not 1 <= int(basis.article.split("-")[0]) <= indexed.articles:
            found.append((f"no article {basis.article}", f"the text has {indexed.articles} articles"))
    if not basis.is_in_force(version_on):
        found.append((f"not in force on {version_on}", "cite the successor or mark it to_be_confirmed"))
    return found
