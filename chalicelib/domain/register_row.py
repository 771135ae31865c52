"""Reading one row of a register into a draft, and gathering what was mended and what is wrong.

Nothing is guessed: what can be read in one way only (width, case, spaces, separators, a date's form) is mended and
noted; everything else is refused with the value shown. An optional cell that cannot be read is left empty with a
warning, so that a subject is not lost from the pool over a telephone number.
"""

import re
from datetime import date, timedelta

from pydantic import BaseModel, ConfigDict

from chalicelib.domain.division import DivisionLevel, county_of, find_divisions, find_in_address
from chalicelib.domain.errors import FieldProblem
from chalicelib.domain.register_columns import Column, ColumnMapping, ColumnType, empty_values, truth_words
from chalicelib.domain.register_table import TableRow
from chalicelib.domain.subject import Attributes, ScenarioMembership, SubjectDraft, SubjectKind, SubjectStatus
from chalicelib.domain.text import check_phone, check_uscc, normalise, tidy

_REGION = "450000000000"
_DAY = r"(\d{4})[-/.年](\d{1,2})[-/.月](\d{1,2})日?"
_LENGTHS = {"address": 400, "responsible_person": 60, "plate": 12}


class Mending(BaseModel):
    """What was changed without asking. code: text_tidied, code_mended, phone_mended, date_mended, number_mended,
    merged_cell_filled, division_from_address."""

    model_config = ConfigDict(frozen=True)

    field: str
    code: str
    before: str
    after: str


class ImportScope(BaseModel):
    """divisions: where a subject of this tenant may lie; scenario: whose membership the attributes belong to; kind: of
    rows that do not say; source: kept with every subject."""

    model_config = ConfigDict(frozen=True)

    divisions: tuple[str, ...]
    scenario: str | None = None
    kind: SubjectKind = SubjectKind.COMPANY
    source: str = ""


class RowReader:
    """`draft` once; then `mended` and `problems` hold what was found on the way."""

    def __init__(self, row: TableRow, mapping: ColumnMapping, scope: ImportScope) -> None:
        self._row, self._mapping, self._scope = row, mapping, scope
        self._columns = {column.id: column for column in mapping.columns}
        self._is_refused = False
        self.mended: list[Mending] = []
        self.problems: list[FieldProblem] = []

    def draft(self) -> SubjectDraft | None:
        """The subject that the row tells of; None when a problem forbids it."""
        kind = SubjectKind(self._choice("kind") or self._scope.kind)
        name = self._text("name")
        code = self._code("code", is_needed=kind is SubjectKind.COMPANY)
        operator_code = self._code("operator_code", is_needed=False)
        address = self._text("address")
        division = self._division(address)
        values = {
            "phone": self._phone(),
            "responsible_person": self._text("responsible_person"),
            "plate": self._text("plate"),
            "status": self._choice("status") or SubjectStatus.ACTIVE,
        }
        attributes = self._attributes()
        if self._is_refused:
            return None
        scenario = self._scope.scenario
        joined = (ScenarioMembership(scenario=scenario, attributes=attributes),) if scenario else ()
        return SubjectDraft.model_validate(
            values
            | {"kind": kind, "name": name, "code": code, "operator_code": operator_code, "address": address}
            | {"division": division, "memberships": joined, "source": self._scope.source}
        )

    def _raw(self, field: str) -> str:
        """The cell's text; nothing where the cell says that there is nothing."""
        value = self._cell(field)
        return "" if value.upper() in empty_values() else value

    def _truth(self, field: str) -> str:
        """The same where 无 is an answer."""
        value = self._cell(field)
        return value if normalise(value) in truth_words() else self._raw(field)

    def _cell(self, field: str) -> str:
        header = self._mapping.fields.get(field)
        value = self._row.values.get(header, "").strip() if header else ""
        if value and header in self._row.filled and value.upper() not in empty_values():
            self._mend(field, "merged_cell_filled", "", value)
        return value

    def _mend(self, field: str, code: str, before: str, after: str) -> None:
        mending = Mending(field=field, code=code, before=before, after=after)
        if mending not in self.mended:
            self.mended.append(mending)

    def _problem(self, field: str, code: str, value: str, *, is_warning: bool = False, **details: str | int) -> None:
        column = self._mapping.fields.get(field, self._columns[field].label)
        shown: dict[str, str | int] = {"row": self._row.number, "column": column, "value": value[:100]}
        self.problems.append(FieldProblem(field=field, code=code, details=shown | details))
        self._is_refused = self._is_refused or not is_warning

    def _text(self, field: str) -> str:
        raw = self._raw(field)
        value = tidy(raw)
        if value != raw:
            self._mend(field, "text_tidied", raw, value)
        if not value and self._columns[field].is_required:
            self._problem(field, f"{field}_missing", "")
        limit = _LENGTHS.get(field, 200)
        if len(value) > limit:
            self._problem(field, "text_too_long", value, limit=limit)
        return value

    def _code(self, field: str, *, is_needed: bool) -> str | None:
        raw = self._raw(field)
        if not raw:
            if is_needed:
                self._problem(field, "code_missing", "")
            return None
        found = check_uscc(raw)
        if found.problem:
            self._problem(field, found.problem, raw, length=len(normalise(raw)))
            return None
        if found.was_mended:
            self._mend(field, "code_mended", raw, found.value)
        return found.value

    def _phone(self) -> str:
        raw = self._raw("phone")
        first = re.split(r"[;；、,，/\s]+(?=\+?\d{7,}|0\d{2,3}-)", raw)[0] if raw else ""
        value = check_phone(first) if first else ""
        if value is None:
            self._problem("phone", "phone_form", raw, is_warning=True)
            return ""
        if value != raw:
            self._mend("phone", "phone_mended", raw, value)
        return value

    def _choice(self, field: str) -> str | None:
        raw = self._raw(field)
        column = self._columns.get(field)
        if not raw or column is None:
            return None
        found = column.choice(raw)
        if found is None:
            known = "、".join(one.label for one in column.choices)
            is_optional = column.is_attribute and not column.is_required
            self._problem(field, "choice_unknown", raw, is_warning=is_optional, known=known)
            return None
        return found.code

    def _division(self, address: str) -> str:
        raw = normalise(self._raw("division"))
        scopes = self._scope.divisions
        if not raw:
            found = find_in_address(address, scopes)
            if found is None:
                self._problem("division", "division_missing", "")
                return ""
            self._mend("division", "division_from_address", "", found.name)
            return found.code
        named = find_divisions(raw, scopes)
        if len(named) != 1:
            code = "division_ambiguous" if named else "division_unknown"
            if not named and find_divisions(raw, (_REGION,)):
                code = "division_outside_area"
            self._problem("division", code, self._raw("division"))
            return ""
        return self._township(named[0].code, named[0].level)

    def _township(self, county: str, level: DivisionLevel) -> str:
        raw = normalise(self._raw("township"))
        if not raw or level is not DivisionLevel.COUNTY:
            return county
        named = [one for one in find_divisions(raw, (county,)) if county_of(one.code) == county]
        if len(named) == 1:
            return named[0].code
        self._problem("township", "township_unknown", self._raw("township"), is_warning=True)
        return county

    def _attributes(self) -> Attributes:
        found: Attributes = {}
        for column in self._mapping.columns:
            if not column.is_attribute:
                continue
            raw = self._truth(column.id) if column.type is ColumnType.BOOLEAN else self._raw(column.id)
            if not raw and column.is_required:
                self._problem(column.id, "value_missing", "")
                continue
            value = self._attribute(column, raw) if raw else column.default
            if value is not None:
                found[column.id] = value
        return found

    def _attribute(self, column: Column, raw: str) -> bool | int | str | None:
        if column.type is ColumnType.BOOLEAN:
            truth = truth_words().get(normalise(raw))
            if truth is None:
                self._problem(column.id, "truth_form", raw, is_warning=not column.is_required)
            return truth
        if column.type is ColumnType.INTEGER:
            digits = re.sub(r"[台个座把条枪支]$", "", normalise(raw))
            if re.fullmatch(r"\d{1,9}", digits):
                if digits != raw:
                    self._mend(column.id, "number_mended", raw, digits)
                return int(digits)
            self._problem(column.id, "number_form", raw, is_warning=not column.is_required)
            return None
        if column.type is ColumnType.DATE:
            day = parse_date(raw)
            if day is None:
                self._problem(column.id, "date_form", raw, is_warning=not column.is_required)
                return None
            if day.isoformat() != raw:
                self._mend(column.id, "date_mended", raw, day.isoformat())
            return day.isoformat()
        if column.type is ColumnType.CHOICE:
            return self._choice(column.id)
        return tidy(raw)


def parse_date(text: str) -> date | None:
    """A day as people write it: 2027-3-1, 2027/03/01, 2027.3.1, 2027年3月1日, 20270301, the end of a span
    (2022-03-01至2027-03-01), or a spreadsheet's day number (46447). None when it is none of these."""
    wanted = normalise(text)
    if re.fullmatch(r"[2-7]\d{4}", wanted):
        return date(1899, 12, 30) + timedelta(days=int(wanted))
    found = re.fullmatch(rf"(?:{_DAY}(?:至|到|~|-|—)+)?{_DAY}(?:T?\d{{2}}:\d{{2}}(?::\d{{2}})?)?", wanted)
    parts = found.groups()[3:] if found else ()
    if compact := re.fullmatch(r"(\d{4})(\d{2})(\d{2})", wanted):
        parts = compact.groups()
    try:
        return date(*(int(part) for part in parts)) if parts else None
    except ValueError:
        return None
