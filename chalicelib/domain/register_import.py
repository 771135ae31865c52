"""Checking the rows of a register: each becomes a draft, a duplicate or a refusal that names row, field and mend."""

from collections.abc import Callable, Iterable, Iterator, MutableMapping

from pydantic import BaseModel, ConfigDict

from chalicelib.domain.errors import FieldProblem
from chalicelib.domain.register_columns import ColumnMapping, ignored_row_starts, map_columns
from chalicelib.domain.register_row import ImportScope, Mending, RowReader
from chalicelib.domain.register_table import Table, TableRow, read_table
from chalicelib.domain.subject import SubjectDraft, SubjectKind
from chalicelib.domain.text import normalise

__all__ = [
    "AcceptedRow",
    "DuplicateRow",
    "ImportScope",
    "Mending",
    "RejectedRow",
    "RowOutcome",
    "Table",
    "TableRow",
    "check_rows",
    "identity_of",
    "map_columns",
    "read_table",
]


class RowOutcome(BaseModel):
    """What became of a row. values: as they stood in the file, for the error sheet. Every problem's details hold `row`,
    `column` (the header in the file) and `value`."""

    model_config = ConfigDict(frozen=True)

    row_number: int
    values: dict[str, str]
    mended: tuple[Mending, ...] = ()
    problems: tuple[FieldProblem, ...] = ()


class AcceptedRow(RowOutcome):
    """`problems` are warnings here: optional cells that were left empty."""

    draft: SubjectDraft


class DuplicateRow(RowOutcome):
    """The subject stands in an earlier row (`first_row`) or in the register already (`subject_id`)."""

    draft: SubjectDraft
    first_row: int | None = None
    subject_id: str | None = None


class RejectedRow(RowOutcome):
    pass


def check_rows(
    rows: Iterable[TableRow],
    mapping: ColumnMapping,
    scope: ImportScope,
    *,
    seen: MutableMapping[str, int] | None = None,
    find_subject: Callable[[str], str | None] | None = None,
) -> Iterator[RowOutcome]:
    """Check rows one by one. seen: identity to first row, carried over when a file is read in parts; find_subject: the
    register's answer to a code. Raises InvalidInputError at once when a required column is missing."""
    mapping.require_complete()
    return _check_rows(rows, mapping, scope, {} if seen is None else seen, find_subject)


def _check_rows(
    rows: Iterable[TableRow],
    mapping: ColumnMapping,
    scope: ImportScope,
    seen: MutableMapping[str, int],
    find_subject: Callable[[str], str | None] | None,
) -> Iterator[RowOutcome]:
    for row in rows:
        if _is_remark(row, mapping):
            continue
        reader = RowReader(row, mapping, scope)
        draft = reader.draft()
        common = {
            "row_number": row.number,
            "values": row.values,
            "mended": tuple(reader.mended),
            "problems": tuple(reader.problems),
        }
        if draft is None:
            yield RejectedRow.model_validate(common)
            continue
        first_row = seen.setdefault(identity_of(draft), row.number)
        subject_id = find_subject(draft.code) if find_subject and draft.code else None
        if first_row != row.number:
            yield DuplicateRow.model_validate(common | {"draft": draft, "first_row": first_row})
        elif subject_id:
            yield DuplicateRow.model_validate(common | {"draft": draft, "subject_id": subject_id})
        else:
            yield AcceptedRow.model_validate(common | {"draft": draft})


def identity_of(draft: SubjectDraft) -> str:
    """What makes two rows one subject: a company's code; for the rest kind, code or division, name and address."""
    if draft.kind is SubjectKind.COMPANY and draft.code:
        return draft.code
    parts = (draft.kind, draft.code or draft.division, normalise(draft.name), normalise(draft.address))
    return "|".join(parts)


def _is_remark(row: TableRow, mapping: ColumnMapping) -> bool:
    """Totals and notes: they begin with a known word and have no code."""
    code = row.values.get(mapping.fields.get("code", ""), "")
    first = next((cell.strip() for cell in row.values.values() if cell.strip()), "")
    return not code.strip() and first.startswith(ignored_row_starts())
