"""A sheet with one period's reports of many subjects: its columns, and what each row says."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import BinaryIO

from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.register_columns import Column, ColumnType, header_key, truth_words
from chalicelib.domain.register_table import TableRow, read_table
from chalicelib.domain.report_form import ReportField, ReportForm
from chalicelib.domain.text import normalise

MAX_ROWS = 5_000
VALUE = "value_"
"""How the ids of a form's columns begin: a field of a package may be called what a sheet needs itself."""


def _column(id: str, label: str, *synonyms: str) -> Column:
    return Column(id=id, label=label, type=ColumnType.TEXT, synonyms=synonyms)


OWN = (
    _column("subject_id", "对象编号", "Subject ID"),
    _column("code", "统一社会信用代码", "信用代码", "Unified social credit code"),
    _column("name", "名称", "单位名称", "企业名称", "Name"),
    _column("confirmed", "已核对", "Checked"),
    _column("reason", "更正的原因", "更正原因", "Reason of the correction"),
)
"""Whom a row is about (its number, else its code; the name is for people to read), that values far from those of the
period before are right, and why what was reported is corrected."""


@dataclass(frozen=True)
class SheetRow:
    """typed: field to text."""

    row: TableRow
    subject_id: str
    code: str
    typed: dict[str, str]
    is_confirmed: bool
    reason: str


@dataclass(frozen=True)
class Sheet:
    """names: every header; headers: column id to the header in the file; rows: those that tell a number."""

    names: list[str]
    headers: dict[str, str]
    rows: list[SheetRow]


def field_column(field: ReportField, other: str = "") -> Column:
    """other: its label in another language."""
    return _column(f"{VALUE}{field.id}", field.label, field.id, *([other] if other else []))


def sheet_columns(form: ReportForm, translated: ReportForm | None = None) -> tuple[Column, ...]:
    """Of a form; headers in either language are known."""
    other = {one.id: one.label for one in translated.fields} if translated else {}
    return (*OWN, *(field_column(one, other.get(one.id, "")) for one in form.fields))


def read_sheet(file: BinaryIO, filename: str, columns: Sequence[Column]) -> Sheet:
    """Raises InvalidInputError for a file that cannot be read, has more than MAX_ROWS rows, or lacks the column of a
    subject or of any field."""
    table = read_table(file, filename, columns=columns)
    names = {header_key(name): one.id for one in columns for name in (one.label, *one.synonyms)}
    headers: dict[str, str] = {}
    for header in table.headers:
        if found := names.get(header_key(header)):
            headers.setdefault(found, header)
    if not headers.keys() & {"subject_id", "code"} or not any(one.startswith(VALUE) for one in headers):
        missing = [one for one in columns if one.id == "code" or one.id.startswith(VALUE)]
        found = "、".join(table.headers)[:500]
        raise InvalidInputError([_missing(one, found) for one in missing if one.id not in headers])
    rows: list[SheetRow] = []
    for row in table.rows:
        if len(rows) >= MAX_ROWS:
            details: dict[str, str | int] = {"name": filename, "limit": MAX_ROWS}
            raise InvalidInputError([FieldProblem(field="file", code="file_too_many_rows", details=details)])
        said = _row(row, headers)
        if any(said.typed.values()):
            rows.append(said)
    return Sheet(table.headers, headers, rows)


def _missing(column: Column, found: str) -> FieldProblem:
    details: dict[str, str | int] = {"column": column.label, "also": "、".join(column.synonyms), "found": found}
    return FieldProblem(field=column.id, code="column_missing", details=details)


def _row(row: TableRow, headers: dict[str, str]) -> SheetRow:
    said = {id: row.values.get(header, "").strip() for id, header in headers.items()}
    return SheetRow(
        row=row,
        subject_id=said.get("subject_id", ""),
        code=normalise(said.get("code", "")).upper(),
        typed={id.removeprefix(VALUE): text for id, text in said.items() if id.startswith(VALUE)},
        is_confirmed=truth_words().get(normalise(said.get("confirmed", "")), False),
        reason=said.get("reason", ""),
    )
