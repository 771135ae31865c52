"""Streaming the rows of an XLSX file, with merged cells filled down.

openpyxl's read-only mode streams but does not tell merged ranges, and its full mode holds every cell; so the ranges are
read from the sheet's XML first (they stand at its end), and the cells are streamed afterwards.
"""

import re
import zipfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime, time
from typing import BinaryIO, NamedTuple

from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.register_columns import header_key

SEARCH_ROWS = 20
_MAX_UNPACKED = 1 << 30
_MAX_SHARED_STRINGS = 128 << 20  # the one part that openpyxl holds in memory
_CHUNK = 1 << 20
_MERGE = re.compile(rb'<(?:\w+:)?mergeCell\s+ref="([A-Z]{1,3}\d{1,7}:[A-Z]{1,3}\d{1,7})"')


class Merged(NamedTuple):
    """A merged range, counted from 1, both ends included."""

    first_row: int
    first_column: int
    last_row: int
    last_column: int


class Line(NamedTuple):
    """A row as it stands; filled: positions from 0 whose value comes from a merged cell above."""

    number: int
    cells: list[str]
    filled: frozenset[int] = frozenset()


def file_problem(code: str, **details: str | int) -> InvalidInputError:
    """A problem with the file as a whole."""
    return InvalidInputError([FieldProblem(field="file", code=code, details=details)])


def read_workbook(file: BinaryIO, filename: str, known: set[str]) -> tuple[Iterator[Line], list[Merged]]:
    """The lines of the visible sheet whose header is known best, and its merged ranges. Raises InvalidInputError."""
    import openpyxl

    try:
        archive = zipfile.ZipFile(file)
    except zipfile.BadZipFile as error:
        raise file_problem("file_unreadable", name=filename, row=0) from error
    refuse_bombs(archive, filename)
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
        sheets = [sheet for sheet in book.worksheets if sheet.sheet_state == "visible"]
        for sheet in sheets:
            sheet.reset_dimensions()
        best = max(sheets, key=lambda sheet: _sheet_score(sheet, known), default=None)
        # The one private name that leads from a streamed sheet to its part in the archive; openpyxl is pinned.
        merged = _merged_ranges(archive, best._worksheet_path) if best is not None else []
    except Exception as error:
        raise file_problem("file_unreadable", name=filename, row=0) from error
    if best is None:
        raise file_problem("file_empty", name=filename)
    lines = _fill_merged(best.iter_rows(values_only=True), merged)
    return lines, merged


def _sheet_score(sheet: object, known: set[str]) -> int:
    rows = sheet.iter_rows(max_row=SEARCH_ROWS, values_only=True)  # type: ignore[attr-defined]
    return max((sum(header_key(cell_text(value)) in known for value in row) for row in rows), default=0)


def refuse_bombs(archive: zipfile.ZipFile, filename: str) -> None:
    """Raises InvalidInputError for an archive that is no workbook, unpacks to too much, or declares entities."""
    parts = archive.infolist()
    names = {part.filename for part in parts}
    if not any(name.endswith("workbook.xml") for name in names):
        raise file_problem("file_format", name=filename)
    strings = sum(part.file_size for part in parts if "sharedStrings" in part.filename)
    if len(parts) > 2000 or sum(part.file_size for part in parts) > _MAX_UNPACKED or strings > _MAX_SHARED_STRINGS:
        raise file_problem("file_too_large", name=filename)
    for part in parts:
        if part.filename.endswith((".xml", ".rels")):
            with archive.open(part) as content:
                # A document type is the only way to entities; no spreadsheet program writes one.
                if b"<!DOCTYPE" in content.read(4096):
                    raise file_problem("file_format", name=filename)


def _merged_ranges(archive: zipfile.ZipFile, path: str) -> list[Merged]:
    """Every merged range of a sheet, by a search in pieces: text in cells holds no raw `<`, so nothing is mistaken."""
    from openpyxl.utils import range_boundaries

    found: list[Merged] = []
    tail = b""
    with archive.open(path) as part:
        while piece := part.read(_CHUNK):
            window = tail + piece
            end = 0
            for match in _MERGE.finditer(window):
                left, top, right, bottom = range_boundaries(match[1].decode())
                found.append(Merged(top, left, bottom, right))
                end = match.end()
            tail = window[max(end, len(window) - 100) :]
    return sorted(found)


def _fill_merged(rows: Iterable[Sequence[object]], merged: Sequence[Merged]) -> Iterator[Line]:
    """Every row of a merged range gets its value in the range's first column."""
    waiting = iter(merged)
    following = next(waiting, None)
    active: dict[int, tuple[int, str]] = {}
    for number, row in enumerate(rows, start=1):
        cells = [cell_text(value) for value in row]
        filled = set()
        for column, (last_row, value) in list(active.items()):
            if number > last_row:
                del active[column]
                continue
            cells += [""] * (column - len(cells))
            if not cells[column - 1]:
                cells[column - 1] = value
                filled.add(column - 1)
        while following and following.first_row <= number:
            has_cell = following.first_row == number and following.first_column <= len(cells)
            if has_cell and following.last_row > number:
                active[following.first_column] = (following.last_row, cells[following.first_column - 1])
            following = next(waiting, None)
        yield Line(number, cells, frozenset(filled))


def cell_text(value: object) -> str:
    """A cell as text: whole numbers without a point, days as ISO 8601, errors of formulas as nothing."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "是" if value else "否"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime):
        return value.date().isoformat() if value.time() == time() else value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, date):
        return value.isoformat()
    text = str(value)
    return "" if re.fullmatch(r"#(N/A|REF!|VALUE!|DIV/0!|NAME\?|NUM!|NULL!)", text) else text
