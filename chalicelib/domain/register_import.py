"""What becomes of the rows of a register: each is new, changes a subject, leaves it as it is, or is refused with row,
field and mend."""

from collections.abc import Callable, Iterable, Iterator, MutableMapping
from typing import Any

from pydantic import BaseModel, ConfigDict

from chalicelib.domain.errors import FieldProblem
from chalicelib.domain.register_columns import ColumnMapping, ignored_row_starts, map_columns
from chalicelib.domain.register_row import ImportScope, Mending, Reading, RowReader
from chalicelib.domain.register_table import Table, TableRow, read_table
from chalicelib.domain.subject import ScenarioMembership, Subject, SubjectStatus
from chalicelib.domain.subject_kind import CodeUse, RelationKind, kind_rules

__all__ = [
    "AcceptedRow",
    "ChangedRow",
    "DuplicateRow",
    "FieldChange",
    "ImportScope",
    "Mending",
    "RejectedRow",
    "RowOutcome",
    "Table",
    "TableRow",
    "UnchangedRow",
    "check_rows",
    "map_columns",
    "read_rows",
    "read_table",
    "settle",
]

_EMPTY: dict[str, Any] = {"operator_code": None}


class FieldChange(BaseModel):
    """One field before and after, as text; `field` is a column's id, or "scenario" for a subject that joins one."""

    model_config = ConfigDict(frozen=True)

    field: str
    before: str
    after: str


class RowOutcome(BaseModel):
    """What became of a row. values: as they stood in the file, for the error sheet. problems: why it was refused, else
    warnings: optional cells that were left out. Every problem's details hold `row`, `column` (the header in the file)
    and `value`. related: relations to subjects of these codes."""

    model_config = ConfigDict(frozen=True)

    row_number: int
    values: dict[str, str]
    mended: tuple[Mending, ...] = ()
    problems: tuple[FieldProblem, ...] = ()
    related: dict[RelationKind, str] = {}


class AcceptedRow(RowOutcome):
    """A subject that was not registered yet."""

    subject: Subject


class ChangedRow(RowOutcome):
    """A registered subject, with what the row changes already changed."""

    subject: Subject
    changes: tuple[FieldChange, ...]


class UnchangedRow(RowOutcome):
    """A registered subject that is as the row says."""

    subject_id: str


class DuplicateRow(RowOutcome):
    """The same subject stands in an earlier row."""

    first_row: int


class RejectedRow(RowOutcome):
    pass


def read_rows(rows: Iterable[TableRow], mapping: ColumnMapping, scope: ImportScope) -> Iterator[Reading]:
    """What each row says; totals and notes are passed over. Raises InvalidInputError at once when the columns cannot
    tell whom a row is about."""
    mapping.require_complete()
    reader, code = RowReader(mapping, scope), mapping.fields.get("code", "")
    return (reader.read(row) for row in rows if not _is_remark(row, code))


def check_rows(
    rows: Iterable[TableRow],
    mapping: ColumnMapping,
    scope: ImportScope,
    *,
    seen: MutableMapping[str, int] | None = None,
    find_subject: Callable[[Reading], Subject | None] | None = None,
) -> Iterator[RowOutcome]:
    """Check rows one by one. seen: identity to first row; find_subject: the register's answer."""
    known: MutableMapping[str, int] = {} if seen is None else seen

    def check(reading: Reading) -> RowOutcome:
        first_row = first_row_of(reading, known)
        existing = find_subject(reading) if find_subject and first_row is None and not reading.is_refused else None
        return settle(reading, scope, existing, first_row=first_row)

    return map(check, read_rows(rows, mapping, scope))


def first_row_of(reading: Reading, seen: MutableMapping[str, int]) -> int | None:
    """The earlier row that told of the same subject. A refused row does not make its correction a duplicate."""
    if reading.is_refused:
        return None
    first_row = seen.get(reading.identity) if reading.missing else seen.setdefault(reading.identity, reading.row.number)
    return None if first_row in (None, reading.row.number) else first_row


def settle(
    reading: Reading,
    scope: ImportScope,
    existing: Subject | None,
    *,
    first_row: int | None = None,
    subject_id: str | None = None,
) -> RowOutcome:
    """What becomes of a row, given the subject that is registered. subject_id: of a new one."""
    common: dict[str, Any] = {
        "row_number": reading.row.number,
        "values": reading.row.values,
        "mended": tuple(reading.mended),
        "problems": tuple(reading.problems),
        "related": reading.related,
    }
    if reading.is_refused:
        return RejectedRow.model_construct(**common | {"problems": (*reading.problems, *reading.missing)})
    if first_row is not None:
        return DuplicateRow.model_construct(**common, first_row=first_row)
    if unfit := _kind_problems(reading, scope, existing):
        return RejectedRow.model_construct(**common | {"problems": (*reading.problems, *unfit)})
    if existing is not None:
        return _settle_registered(reading, scope, existing, common)
    missing = [*reading.missing, *_code_problems(reading)]
    if missing:
        return RejectedRow.model_construct(**common | {"problems": (*reading.problems, *missing)})
    return AcceptedRow.model_construct(**common, subject=_new_subject(reading, scope, subject_id))


def _kind_problems(reading: Reading, scope: ImportScope, existing: Subject | None) -> list[FieldProblem]:
    """A subject would join the scenario, and that does not take its kind."""
    is_member = not scope.scenario or (existing is not None and existing.membership(scope.scenario) is not None)
    kind = existing.kind if existing else reading.kind
    if is_member or not scope.kinds or kind in scope.kinds:
        return []
    details: dict[str, str | int] = {"row": reading.row.number, "column": "", "value": reading.values.get("name", "")}
    return [FieldProblem(field="kind", code="kind_not_in_scenario", details=details)]


def _code_problems(reading: Reading) -> list[FieldProblem]:
    """A kind that has no code was given one, or neither a place nor a plate by which it would be known."""
    if kind_rules(reading.kind).code_use is not CodeUse.NONE:
        return []
    details: dict[str, str | int] = {"row": reading.row.number, "column": "", "value": reading.code or ""}
    if reading.code or "operator_code" in reading.values:
        return [FieldProblem(field="code", code="code_unwanted", details=details)]
    is_known = reading.values.get("address") or reading.values.get("plate")
    return [] if is_known else [FieldProblem(field="address", code="clue_missing", details=details)]


def _new_subject(reading: Reading, scope: ImportScope, subject_id: str | None) -> Subject:
    joined: tuple[ScenarioMembership, ...] = ()
    if scope.scenario:
        joined = (ScenarioMembership(scenario=scope.scenario, attributes=reading.defaults | reading.attributes),)
    values = reading.values | {
        "kind": reading.kind,
        "code": reading.code,
        "division": reading.division,
        "memberships": joined,
        "source": scope.source,
    }
    return Subject.model_validate(values if subject_id is None else values | {"id": subject_id})


def _settle_registered(
    reading: Reading, scope: ImportScope, existing: Subject, common: dict[str, Any]
) -> RejectedRow | ChangedRow | UnchangedRow:
    if existing.is_tombstone:
        details: dict[str, str | int] = {"row": reading.row.number, "column": "", "value": existing.name}
        problem = FieldProblem(field="code", code="subject_is_closed", details=details)
        return RejectedRow.model_construct(**common | {"problems": (*reading.problems, problem)})
    wanted: dict[str, Any] = dict(reading.values)
    wanted |= {name: _EMPTY.get(name, "") for name in reading.cleared if name in Subject.model_fields}
    if reading.code and existing.code is None:
        wanted["code"] = reading.code
    changed = {name: value for name, value in wanted.items() if getattr(existing, name) != value}
    changes = [FieldChange(field=n, before=_text(getattr(existing, n)), after=_text(v)) for n, v in changed.items()]
    membership, told = _membership(reading, scope, existing)
    if membership is not None:
        others = (one for one in existing.memberships if one.scenario != membership.scenario)
        changed["memberships"] = tuple(sorted((*others, membership), key=lambda one: one.scenario))
    if not changed:
        return UnchangedRow.model_construct(**common, subject_id=existing.id)
    subject = existing.with_changes(**changed)
    return ChangedRow.model_construct(**common, subject=subject, changes=(*changes, *told))


def _membership(
    reading: Reading, scope: ImportScope, existing: Subject
) -> tuple[ScenarioMembership | None, list[FieldChange]]:
    """The subject's place in the scenario as the row has it; None when it stays as it is."""
    if not scope.scenario:
        return None, []
    held = existing.membership(scope.scenario)
    if held is None:
        joined = FieldChange(field="scenario", before="", after=scope.scenario)
        attributes = reading.defaults | reading.attributes
        return ScenarioMembership(scenario=scope.scenario, attributes=attributes), [joined]
    attributes = {name: value for name, value in held.attributes.items() if name not in reading.cleared}
    attributes |= reading.attributes
    if attributes == held.attributes:
        return None, []
    told = [
        FieldChange(field=name, before=_text(held.attributes.get(name)), after=_text(attributes.get(name)))
        for name in sorted(held.attributes.keys() | attributes.keys())
        if held.attributes.get(name) != attributes.get(name)
    ]
    return held.model_copy(update={"attributes": attributes}), told


def _text(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, SubjectStatus):
        return value.value
    return "" if value is None else str(value)


def _is_remark(row: TableRow, code_header: str) -> bool:
    """Totals and notes: they begin with a known word and have no code."""
    if row.values.get(code_header, "").strip():
        return False
    first = next((cell.strip() for cell in row.values.values() if cell.strip()), "")
    return first.startswith(ignored_row_starts())
