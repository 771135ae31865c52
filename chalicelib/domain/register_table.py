"""Reading a register file row by row: CSV in the encodings that offices use, and XLSX with its habits.

Memory stays bounded: rows are streamed, and limits are checked before anything is unpacked.
"""

import codecs
import csv
import io
import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain, islice
from typing import BinaryIO, NamedTuple

from chalicelib.domain.errors import YijianshiError
from chalicelib.domain.register_columns import Column, header_key, names_of, register_columns
from chalicelib.domain.register_workbook import SEARCH_ROWS, Line, Merged, file_problem, read_workbook

MAX_ROWS = 200_000
_CHUNK = 1 << 20
_OLD_OFFICE = b"\xd0\xcf\x11\xe0"


class TableRow(NamedTuple):
    """number: as the spreadsheet program shows it, from 1; values: header to text, empty text for an empty cell;
    filled: headers whose value was taken from a merged cell that begins in a row above."""

    number: int
    values: dict[str, str]
    filled: frozenset[str] = frozenset()


class Table(NamedTuple):
    """rows can be read once. header_row: its number; encoding: of a CSV file, or "xlsx"."""

    headers: list[str]
    header_row: int
    encoding: str
    rows: Iterator[TableRow]


def read_table(file: BinaryIO, filename: str, *, columns: Sequence[Column] | None = None) -> Table:
    """Open a seekable file as a table; its content decides what it is, not its name.

    columns: what the header row is recognised by. Raises InvalidInputError (field "file") for what cannot be read:
    file_empty, file_format, file_unreadable, file_encoding, file_too_large, file_too_many_rows (the last also later,
    while rows are read).
    """
    file.seek(0)
    start = file.read(8)
    file.seek(0)
    if not start:
        raise file_problem("file_empty", name=filename)
    if start.startswith(_OLD_OFFICE):
        raise file_problem("file_format", name=filename)
    known = set(names_of(columns or register_columns()))
    if start.startswith(b"PK"):
        lines, merged = read_workbook(file, filename, known)
        return _as_table(_guarded(lines, filename), known, "xlsx", filename, merged)
    if start.startswith((b"%PDF", b"\x89PNG", b"\xff\xd8", b"Rar!", b"<?xml", b"{\\rtf")):
        raise file_problem("file_format", name=filename)
    encoding = _encoding_of(file, filename)
    text = io.TextIOWrapper(file, encoding=encoding, newline="")
    lines = _guarded(_csv_lines(text), filename)
    return _as_table(lines, known, encoding, filename)


def _guarded(lines: Iterator[Line], filename: str) -> Iterator[Line]:
    """Whatever a broken file makes a parser raise becomes one problem that names the last row read."""
    number = 0
    try:
        for line in lines:
            number = line.number
            yield line
    except YijianshiError:
        raise
    except Exception as error:
        raise file_problem("file_unreadable", name=filename, row=number) from error


def _as_table(
    lines: Iterator[Line], known: set[str], encoding: str, filename: str, merged: Sequence[Merged] = ()
) -> Table:
    head = list(islice(lines, SEARCH_ROWS))
    position = _header_position(head, known)
    if position is None:
        raise file_problem("file_empty", name=filename)
    top = head[position]
    bottom = max((one.last_row for one in merged if one.first_row == top.number), default=top.number)
    parts = [top, *(line for line in head[position + 1 :] if line.number <= min(bottom, top.number + 2))]
    headers = _headers(parts)
    rest = chain(head[position + len(parts) :], lines)
    return Table(headers, top.number, encoding, _rows(rest, headers, filename))


def _header_position(head: Sequence[Line], known: set[str]) -> int | None:
    """The row with the most known headers; without two of them the first row that has two cells."""
    scores = [sum(header_key(cell) in known for cell in line.cells) for line in head]
    if scores and max(scores) >= 2:
        return scores.index(max(scores))
    return next((n for n, line in enumerate(head) if sum(bool(cell.strip()) for cell in line.cells) >= 2), None)


def _headers(parts: Sequence[Line]) -> list[str]:
    """One header per column, the lowest part of a header in several rows; unique."""
    width = max(len(line.cells) for line in parts)
    found: list[str] = []
    for column in range(width):
        named = [
            line.cells[column].strip() for line in parts if column < len(line.cells) and line.cells[column].strip()
        ]
        name = named[-1] if named else f"列{column + 1}"
        again = sum(header == name or header.startswith(f"{name} (") for header in found)
        found.append(f"{name} ({again + 1})" if again else name)
    while found and re.fullmatch(r"列\d+", found[-1]):
        found.pop()
    return found


def _rows(lines: Iterable[Line], headers: list[str], filename: str) -> Iterator[TableRow]:
    count = 0
    for line in lines:
        cells = line.cells
        if not any(cell.strip() for n, cell in enumerate(cells) if n not in line.filled):
            continue
        count += 1
        if count > MAX_ROWS:
            raise file_problem("file_too_many_rows", name=filename, limit=MAX_ROWS)
        values = {header: cells[n] if n < len(cells) else "" for n, header in enumerate(headers)}
        if list(values.values()) == headers:
            continue
        yield TableRow(line.number, values, frozenset(headers[n] for n in line.filled if n < len(headers)))


def _encoding_of(file: BinaryIO, filename: str) -> str:
    """utf-8, utf-8-sig, utf-16 or gb18030 (which holds GBK and GB 2312), by decoding the whole file in pieces."""
    start = file.read(4)
    if start.startswith(codecs.BOM_UTF8):
        candidates = ["utf-8-sig"]
    elif start.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        candidates = ["utf-16"]
    else:
        candidates = ["utf-8", "gb18030"]
    for encoding in candidates:
        file.seek(0)
        decoder = codecs.getincrementaldecoder(encoding)()
        try:
            while piece := file.read(_CHUNK):
                decoder.decode(piece)
            decoder.decode(b"", final=True)
        except UnicodeDecodeError:
            continue
        file.seek(0)
        return encoding
    raise file_problem("file_encoding", name=filename)


def _csv_lines(text: io.TextIOWrapper) -> Iterator[Line]:
    try:
        first = text.readline(_CHUNK)
        declared = re.fullmatch(r"sep=(.)\s*", first)
        delimiter = declared[1] if declared else max(",\t;|", key=first.count)
        head = [] if declared else [first]
        # A title line above the header may hold no delimiter at all; then the lines below decide.
        if not declared and not first.count(delimiter):
            head += list(islice(text, SEARCH_ROWS))
            delimiter = max(",\t;|", key="".join(head).count)
        reader = csv.reader(chain(head, text), delimiter=delimiter)
        for number, cells in enumerate(reader, start=2 if declared else 1):
            yield Line(number, [_protected(cell) for cell in cells])
    finally:
        if not text.closed:
            text.detach()  # the file belongs to the caller


def _protected(cell: str) -> str:
    """Without what keeps a spreadsheet program from turning a code into a number: ="9145…", '9145…"""
    if '="' not in cell:
        return cell.removeprefix("'")
    found = re.fullmatch(r'\s*="(.*)"\s*', cell)
    return found[1] if found else cell.removeprefix("'")
