"""The columns of a register file: what each is called in practice, as data, and which column of a file is which."""

import hashlib
import json
import re
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache
from pathlib import Path
from typing import Any

from pydantic import BaseModel, ConfigDict

from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.label import Code, Label
from chalicelib.domain.text import normalise

_COLUMNS = Path(__file__).parent / "data" / "register_columns.json"


class ColumnType(StrEnum):
    TEXT = "text"
    CODE = "code"
    DIVISION = "division"
    TOWNSHIP = "township"
    PHONE = "phone"
    CHOICE = "choice"
    INTEGER = "integer"
    DATE = "date"
    BOOLEAN = "boolean"


class Choice(BaseModel):
    """One value of a CHOICE column: what is stored, what is shown, and other words that files use for it."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    code: Code
    label: Label
    synonyms: tuple[str, ...] = ()

    @property
    def words(self) -> frozenset[str]:
        """Every way to write it, normalised."""
        return frozenset(normalise(word) for word in (self.code, self.label, *self.synonyms))


class Column(BaseModel):
    """One thing that a register may tell. is_attribute: it belongs to the subject's membership in a scenario; a
    scenario's package may bring columns of its own. default: the attribute's value where a file says nothing.
    subject_kinds: of which kinds of subject it tells something; empty for every kind."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: Code
    label: Label
    type: ColumnType
    synonyms: tuple[str, ...] = ()
    is_required: bool = False
    is_attribute: bool = False
    choices: tuple[Choice, ...] = ()
    default: bool | int | str | None = None
    example: str = ""
    subject_kinds: tuple[Code, ...] = ()

    def fits(self, kind: str) -> bool:
        """Whether it tells something of this kind of subject."""
        return not self.subject_kinds or kind in self.subject_kinds

    @property
    def sample(self) -> str:
        """What a sample file holds in this column; its row is a remark without a code, which imports pass over."""
        if self.choices:
            return self.example or self.choices[0].label
        if self.type is ColumnType.BOOLEAN:
            return str(_data()["truth_words"]["true"][0])
        return self.example or ("4" if self.type is ColumnType.INTEGER else "")

    def choice(self, text: str) -> Choice | None:
        """The choice that a cell's words mean."""
        wanted = normalise(text)
        return next((one for one in self.choices if wanted in one.words), None)


class ColumnMapping(BaseModel):
    """fields: column id to the header in the file; unknown: headers that nothing was made of; doubled: headers that
    mean what an earlier one already meant; missing: columns that a new subject needs and the file has not; ignored:
    headers that a person left out, or that an error sheet of ours added."""

    model_config = ConfigDict(frozen=True)

    fields: dict[str, str]
    columns: tuple[Column, ...]
    unknown: tuple[str, ...] = ()
    doubled: tuple[str, ...] = ()
    missing: tuple[Column, ...] = ()
    ignored: tuple[str, ...] = ()

    @property
    def is_complete(self) -> bool:
        """Whether a row can be told to be about one subject: by its code, else by name with address or
        plate."""
        return "code" in self.fields or any({"name", place} <= self.fields.keys() for place in ("address", "plate"))

    def require_complete(self) -> None:
        """Raises InvalidInputError with one problem per missing required column, unless rows can still be told apart:
        then they may change what is registered."""
        if self.is_complete:
            return
        headers = "、".join([*self.fields.values(), *self.unknown])
        problems = [
            FieldProblem(
                field=column.id,
                code="column_missing",
                details={"column": column.label, "also": "、".join(column.synonyms[:5]), "found": headers[:500]},
            )
            for column in self.missing
        ]
        if problems:
            raise InvalidInputError(problems)


@cache
def _data() -> Any:
    return json.loads(_COLUMNS.read_text(encoding="utf-8"))


@cache
def register_columns() -> tuple[Column, ...]:
    """The columns that every register may have."""
    return tuple(Column.model_validate(entry) for entry in _data()["columns"])


def ignored_row_starts() -> tuple[str, ...]:
    """How rows begin that are no subjects: totals and notes."""
    return tuple(_data()["ignored_row_starts"])


@cache
def empty_values() -> frozenset[str]:
    """What people write into a cell to say that there is nothing."""
    return frozenset(_data()["empty_values"])


@cache
def own_headers() -> frozenset[str]:
    """The headers that error sheets add to a person's own, in either language, as keys."""
    return frozenset(header_key(header) for header in _data()["own_headers"])


@cache
def truth_words() -> dict[str, bool]:
    """The words of a BOOLEAN cell, normalised."""
    return {normalise(word): value == "true" for value, words in _data()["truth_words"].items() for word in words}


def header_key(header: str) -> str:
    """A header without case, width, spaces, remarks in brackets and marks such as * and colons."""
    text = re.sub(r"\([^)]*\)|\[[^\]]*\]|【[^】]*】", "", normalise(header))
    return re.sub(r"[^\w]|_", "", text)


def names_of(columns: Iterable[Column]) -> dict[str, Column]:
    """Every way to name a column to the column; the first column that claims a name keeps it."""
    found: dict[str, Column] = {}
    for column in columns:
        for name in (column.label, *column.synonyms):
            found.setdefault(header_key(name), column)
    return found


def map_columns(
    headers: Sequence[str], *, extra: Sequence[Column] = (), chosen: Mapping[str, str] | None = None
) -> ColumnMapping:
    """Which header is which column. `extra`: columns of the scenario, which win; `chosen`: header to column id as a
    person decided, which wins over everything, an empty id for a header to leave out. Never raises: see
    `ColumnMapping.require_complete`."""
    replaced = {column.id for column in extra}
    columns = (*extra, *(column for column in register_columns() if column.id not in replaced))
    names, by_id = names_of(columns), {column.id: column for column in columns}
    fields: dict[str, str] = {}
    unknown, doubled, ignored = [], [], []
    left_out = {header for header, field in (chosen or {}).items() if not field}
    decided = {header: by_id[field] for header, field in (chosen or {}).items() if field in by_id}
    for header in sorted(headers, key=lambda one: one not in decided):
        if header in left_out or (header not in decided and header_key(header) in own_headers()):
            ignored.append(header)
            continue
        column = decided.get(header) or names.get(header_key(header))
        if column is None:
            unknown.append(header)
        elif column.id in fields:
            doubled.append(header)
        else:
            fields[column.id] = header
    missing = tuple(column for column in columns if column.is_required and column.id not in fields)
    return ColumnMapping(
        fields=fields,
        columns=columns,
        unknown=tuple(unknown),
        doubled=tuple(doubled),
        missing=missing,
        ignored=tuple(ignored),
    )


def headers_key(headers: Iterable[str]) -> str:
    """Names a set of headers, whatever their order: 40 hexadecimal digits. A file and its error sheet have one name, so
    that what was decided for the file holds for the mended rows."""
    keys = sorted(key for key in map(header_key, headers) if key not in own_headers())
    return hashlib.sha256("\n".join(keys).encode()).hexdigest()[:40]
