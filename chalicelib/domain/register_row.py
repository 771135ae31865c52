"""Reading one row of a register: what it says of a subject, what was mended in it, and what is wrong with it.

Nothing is guessed: what can be read in one way only (width, case, spaces, separators, a date's form) is mended and
noted; everything else is refused with the value shown. An optional cell that cannot be read is left empty with a
warning, so that a subject is not lost from the pool over a telephone number.
"""

from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel, ConfigDict

from chalicelib.domain.errors import FieldProblem
from chalicelib.domain.plate import MAX_PLATE, PlateForm, plate_problem, read_plate
from chalicelib.domain.register_cell import CellProblem, Value, division_cell, phone_cell, uscc_cell, value_cell
from chalicelib.domain.register_columns import Column, ColumnMapping, ColumnType, empty_values, truth_words
from chalicelib.domain.register_table import TableRow
from chalicelib.domain.subject import SubjectKind
from chalicelib.domain.subject_kind import RelationKind, kind_rules
from chalicelib.domain.text import normalise, tidy

_KEPT = 20_000
_LENGTHS = {"address": 400, "responsible_person": 60}
RELATED = {
    "operator_code": RelationKind.OPERATED_BY,
    "located_in_code": RelationKind.LOCATED_IN,
    "part_of_code": RelationKind.PART_OF,
}
"""Columns that name another subject by its code, to the relation that they tell."""


class Mending(BaseModel):
    """What was changed without asking. code: text_tidied, code_mended, phone_mended, date_mended, number_mended,
    merged_cell_filled, division_from_address."""

    model_config = ConfigDict(frozen=True)

    field: str
    code: str
    before: str
    after: str


class ImportScope(BaseModel):
    """divisions: where a subject may lie; scenario: whose membership the attributes belong to; kind: of rows that do
    not say; kinds: which the scenario takes, empty for every one; source: kept with every new subject; clears: columns
    whose empty cells erase what is registered."""

    model_config = ConfigDict(frozen=True)

    divisions: tuple[str, ...]
    scenario: str | None = None
    kind: SubjectKind = SubjectKind.COMPANY
    kinds: frozenset[str] = frozenset()
    source: str = ""
    clears: frozenset[str] = frozenset()


@dataclass(slots=True)
class Reading:
    """What a row says.

    values: fields of a subject that the row gives; attributes: of the scenario; defaults: of those that it does not
    give, for a subject that joins the scenario; cleared: fields that it erases; related: relation to the other
    subject's code; guessed_division: read out of the address, for a subject that is not registered yet; missing: what
    such a subject lacks besides. is_refused: the row cannot be taken.
    """

    row: TableRow
    kind: SubjectKind
    code: str | None = None
    values: dict[str, Any] = field(default_factory=dict)
    attributes: dict[str, Any] = field(default_factory=dict)
    defaults: dict[str, Any] = field(default_factory=dict)
    cleared: set[str] = field(default_factory=set)
    related: dict[RelationKind, str] = field(default_factory=dict)
    guessed_division: str = ""
    missing: list[FieldProblem] = field(default_factory=list)
    problems: list[FieldProblem] = field(default_factory=list)
    mended: list[Mending] = field(default_factory=list)
    is_refused: bool = False

    @property
    def division(self) -> str:
        """Where a subject that is not registered yet lies."""
        return self.values.get("division") or self.guessed_division

    @property
    def identity(self) -> str:
        """What makes two rows one subject: a company's code, a vehicle's plate; for the rest kind, county, name and
        address, as several premises may share their operator's code."""
        if self.kind is SubjectKind.COMPANY and self.code:
            return self.code
        if self.kind is SubjectKind.VEHICLE and self.values.get("plate"):
            return f"{self.kind}|{self.values['plate']}"
        name, address = self.values.get("name", ""), self.values.get("address", "")
        return "|".join((self.kind, self.division[:6], normalise(name), normalise(address)))


class RowReader:
    """Reads the rows of one file, one by one."""

    def __init__(self, mapping: ColumnMapping, scope: ImportScope) -> None:
        self._mapping, self._scope = mapping, scope
        self._columns = {column.id: column for column in mapping.columns}
        self._attributes = [c for c in mapping.columns if c.is_attribute and (c.id in mapping.fields or c.is_required)]
        self._related = [name for name in RELATED if name in mapping.fields]
        defaulted = [c for c in mapping.columns if c.is_attribute and c.default is not None]
        self._defaults = {kind: {c.id: c.default for c in defaulted if c.fits(kind)} for kind in SubjectKind}
        self._empty = empty_values()
        self._known: dict[tuple[str, str], tuple[Value, CellProblem | None]] = {}

    def read(self, row: TableRow) -> Reading:
        """What the row says."""
        reading = Reading(row, self._scope.kind)
        kind = self._choice(reading, "kind")
        if kind:
            reading.kind = SubjectKind(kind)
        reading.defaults = self._defaults[reading.kind]
        self._set(reading, "name", self._text(reading, "name"))
        reading.code = self._code(reading, "code")
        if reading.kind is SubjectKind.COMPANY and not reading.code and not reading.is_refused:
            self._missing(reading, "code", "code_missing")
        for name in self._related:
            if code := self._code(reading, name):
                reading.related[RELATED[name]] = code
        self._set(reading, "operator_code", reading.related.get(RelationKind.OPERATED_BY))
        self._set(reading, "address", self._text(reading, "address"))
        self._division(reading)
        self._set(reading, "phone", self._phone(reading))
        self._set(reading, "responsible_person", self._text(reading, "responsible_person"))
        self._plate(reading)
        self._set(reading, "status", self._choice(reading, "status"))
        for column in self._attributes:
            self._attribute(reading, column)
        return reading

    def _set(self, reading: Reading, name: str, value: Any) -> None:
        if value:
            reading.values[name] = value
        elif name in self._scope.clears and name in self._mapping.fields and not self._raw(reading, name):
            reading.cleared.add(name)

    def _raw(self, reading: Reading, name: str) -> str:
        """The cell's text; nothing where the cell says that there is nothing."""
        value = self._cell(reading, name)
        return "" if value and value.upper() in self._empty else value

    def _cell(self, reading: Reading, name: str) -> str:
        header = self._mapping.fields.get(name)
        if header is None:
            return ""
        value = reading.row.values.get(header, "").strip()
        if value and reading.row.filled and header in reading.row.filled and value.upper() not in self._empty:
            self._mend(reading, name, "merged_cell_filled", "", value)
        return value

    @staticmethod
    def _mend(reading: Reading, name: str, code: str, before: str, after: str) -> None:
        mending = Mending(field=name, code=code, before=before, after=after)
        if mending not in reading.mended:
            reading.mended.append(mending)

    def _found(self, reading: Reading, name: str, code: str, value: str, **details: str | int) -> FieldProblem:
        column = self._mapping.fields.get(name, self._columns[name].label)
        shown: dict[str, str | int] = {"row": reading.row.number, "column": column, "value": value[:100]}
        return FieldProblem(field=name, code=code, details=shown | details)

    def _refuse(self, reading: Reading, name: str, problem: CellProblem | str, value: str, **more: str | int) -> None:
        code, details = (problem, more) if isinstance(problem, str) else (problem.code, problem.details)
        reading.problems.append(self._found(reading, name, code, value, **details))
        reading.is_refused = True

    def _warn(self, reading: Reading, name: str, problem: CellProblem, value: str) -> None:
        reading.problems.append(self._found(reading, name, problem.code, value, **problem.details))

    def _missing(self, reading: Reading, name: str, code: str) -> None:
        reading.missing.append(self._found(reading, name, code, ""))

    def _text(self, reading: Reading, name: str) -> str:
        raw = self._raw(reading, name)
        value = tidy(raw) if raw else ""
        if value != raw:
            self._mend(reading, name, "text_tidied", raw, value)
        is_needed = self._columns[name].is_required and (name != "address" or kind_rules(reading.kind).needs_address)
        if not value and is_needed:
            self._missing(reading, name, f"{name}_missing")
        limit = _LENGTHS.get(name, 200)
        if len(value) > limit:
            self._refuse(reading, name, "text_too_long", value, limit=limit)
        return value

    def _code(self, reading: Reading, name: str) -> str | None:
        raw = self._raw(reading, name)
        if not raw:
            return None
        value, problem = uscc_cell(raw)
        if problem:
            self._refuse(reading, name, problem, raw)
            return None
        if value != raw:
            self._mend(reading, name, "code_mended", raw, value)
        return value

    def _plate(self, reading: Reading) -> None:
        form = self._choice(reading, "plate_form")
        self._set(reading, "plate_form", PlateForm(form) if form else None)
        raw = self._raw(reading, "plate")
        value = read_plate(raw) if raw else ""
        if problem := plate_problem(value, reading.values.get("plate_form", PlateForm.STANDARD)):
            self._refuse(reading, "plate", problem, raw, limit=MAX_PLATE)
            return
        if value != raw:
            self._mend(reading, "plate", "text_tidied", raw, value)
        self._set(reading, "plate", value)

    def _phone(self, reading: Reading) -> str:
        raw = self._raw(reading, "phone")
        if not raw:
            return ""
        value, problem = phone_cell(raw)
        if problem:
            self._warn(reading, "phone", problem, raw)
        elif value != raw:
            self._mend(reading, "phone", "phone_mended", raw, value)
        return value

    def _choice(self, reading: Reading, name: str) -> str | None:
        raw = self._raw(reading, name)
        if not raw or name not in self._columns:
            return None
        value, problem = self._value(self._columns[name], raw)
        if problem:
            self._refuse(reading, name, problem, raw)
            return None
        return str(value)

    def _value(self, column: Column, raw: str) -> tuple[Value, CellProblem | None]:
        """What a cell means; numbers, days and choices repeat from row to row, so what was read once is kept."""
        if column.type is ColumnType.TEXT:
            return value_cell(column, raw)
        found = self._known.get((column.id, raw))
        if found is None:
            if len(self._known) > _KEPT:
                self._known.clear()
            found = self._known[column.id, raw] = value_cell(column, raw)
        return found

    def _division(self, reading: Reading) -> None:
        raw = self._raw(reading, "division")
        if not raw:
            address = reading.values.get("address", "")
            code, name = division_cell("", "", address, self._scope.divisions)[:2]
            if code:
                reading.guessed_division = code
                self._mend(reading, "division", "division_from_address", "", name)
            else:
                self._missing(reading, "division", "division_missing")
            return
        township = self._raw(reading, "township")
        code, _, problem, doubt = division_cell(raw, township, "", self._scope.divisions)
        if problem:
            self._refuse(reading, "division", problem, raw)
        elif doubt:
            self._warn(reading, "township", doubt, township)
        self._set(reading, "division", code)

    def _attribute(self, reading: Reading, column: Column) -> None:
        raw = self._cell(reading, column.id)
        if raw and raw.upper() in self._empty:
            is_answer = column.type is ColumnType.BOOLEAN and normalise(raw) in truth_words()
            raw = raw if is_answer else ""
        if not raw:
            if column.is_required:
                self._missing(reading, column.id, "value_missing")
            elif column.id in self._scope.clears:
                reading.cleared.add(column.id)
            return
        value, problem = self._value(column, raw)
        if problem and column.is_required:
            self._refuse(reading, column.id, problem, raw)
        elif problem:
            self._warn(reading, column.id, problem, raw)
        if value is None:
            return
        reading.attributes[column.id] = value
        code = {ColumnType.INTEGER: "number_mended", ColumnType.DATE: "date_mended"}.get(column.type)
        if code and str(value) != raw:
            self._mend(reading, column.id, code, raw, str(value))
