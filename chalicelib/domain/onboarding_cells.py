"""The cells of an onboarding workbook: read, matched with what is there, and said to be wrong where they are.

Pure: what is in the system already comes in as `Present`. Rows are matched by code (departments), by number (acting
bodies, people) and by division code, so that the same workbook loaded twice changes nothing.
"""

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Any, TypeVar

from pydantic import BaseModel, Field, ValidationError

from chalicelib.domain.division import covers_any, is_known
from chalicelib.domain.local_division import LocalDivision
from chalicelib.domain.onboarding_sheets import SheetProblem, sheet
from chalicelib.domain.onboarding_workbook import OnboardingTables, SheetRow
from chalicelib.domain.record import Record
from chalicelib.domain.tenancy import DOCUMENT_CODE, ActingBody, Department, Person, Tenant

_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{0,39}")
_LIMITS = {
    "label": 60,
    "label_en": 80,
    "short_label": 20,
    "name": 40,
    "document_number": 60,
    "entruster": 60,
    "number": 30,
}
R = TypeVar("R", bound=Record)
_SHEET_OF = {
    Tenant.KIND: "tenant",
    LocalDivision.KIND: "divisions",
    Department.KIND: "departments",
    ActingBody.KIND: "bodies",
    Person.KIND: "people",
}


class Present(BaseModel):
    """What the system holds of the tenant; `tenant` is None before it is onboarded."""

    tenant: Tenant | None = None
    divisions: list[LocalDivision] = Field(default_factory=list)
    departments: list[Department] = Field(default_factory=list)
    bodies: list[ActingBody] = Field(default_factory=list)
    people: list[Person] = Field(default_factory=list)


class OnboardingDraft(BaseModel):
    """What the sound rows come to. scenarios: name to whether it is enabled; logins: person id to the identity
    provider's name for them."""

    tenant: Tenant | None = None
    divisions: list[LocalDivision] = Field(default_factory=list)
    departments: list[Department] = Field(default_factory=list)
    bodies: list[ActingBody] = Field(default_factory=list)
    people: list[Person] = Field(default_factory=list)
    scenarios: dict[str, bool] = Field(default_factory=dict)
    logins: dict[str, str] = Field(default_factory=dict)
    rows: dict[str, int] = Field(default_factory=dict, description="record as kind#id to its row")


def id_of(tenant: str, key: str, present: Iterable[Record]) -> str:
    """The record that this number means: one that is there under it, else `<tenant>-<number>`."""
    known = {one.id for one in present}
    return key if key in known else f"{tenant}-{key}"


def key_of(tenant: str, id: str) -> str:
    """The number under which a record goes in a workbook."""
    return id.removeprefix(f"{tenant}-")


class OnboardingCells:
    """The cells of one workbook. `problems` and `draft` grow while its sheets are read."""

    def __init__(self, tables: OnboardingTables, present: Present) -> None:
        self._tables, self._present = tables, present
        self.problems: list[SheetProblem] = list(tables.problems)
        self.draft = OnboardingDraft()

    def _problem(self, sheet_id: str, row: int, column: str, code: str, **details: str | int) -> None:
        self.problems.append(SheetProblem(sheet=sheet_id, row=row, column=column, code=code, details=details))

    def _warn(self, sheet_id: str, row: int, code: str, **details: str | int) -> None:
        self.problems.append(SheetProblem(sheet=sheet_id, row=row, code=code, details=details, is_warning=True))

    def _rows(self, sheet_id: str, *keys: str) -> Iterator[SheetRow]:
        """Rows whose required cells are filled and whose key stands once; what is wrong elsewhere is found as well."""
        first: dict[tuple[str, ...], int] = {}
        for row in self._tables.of(sheet_id):
            missing = [one.id for one in sheet(sheet_id).columns if one.is_required and not row.text(one.id)]
            for column in missing:
                self._problem(sheet_id, row.number, column, "required")
            for column, limit in _LIMITS.items():
                if len(row.text(column)) > limit:
                    self._problem(sheet_id, row.number, column, "too_long", limit=limit)
                    missing.append(column)
            value = tuple(row.text(key) for key in keys)
            if keys and all(value):
                if value in first:
                    self._problem(sheet_id, row.number, keys[-1], "twice", other=first[value])
                    continue
                first[value] = row.number
            if not missing:
                yield row

    def _choice(self, sheet_id: str, row: SheetRow, column: str, default: str = "") -> str | None:
        text = row.text(column) or default
        if not text:
            return None
        wanted = sheet(sheet_id).column(column)
        code = wanted.code_of(text)
        if code is None:
            choices = "、".join(wanted.choices.values())
            self._problem(sheet_id, row.number, column, "unknown_choice", value=text[:40], choices=choices)
        return code

    def _day(self, sheet_id: str, row: SheetRow, column: str) -> date | None:
        text = row.text(column)[:10].replace("/", "-").replace(".", "-").replace("年", "-").replace("月", "-")
        parts = text.strip("日").split("-")
        if not text:
            return None
        try:
            return date(*map(int, parts))
        except (TypeError, ValueError):
            self._problem(sheet_id, row.number, column, "not_a_date", value=row.text(column)[:20])
            return None

    def _division(self, sheet_id: str, row: SheetRow, column: str, default: str | None = None) -> str | None:
        code = row.text(column)
        if not code:
            return default
        if not re.fullmatch(r"[0-9]{12}", code):
            self._problem(sheet_id, row.number, column, "division_code", value=code[:20])
        elif not is_known(code) and code not in self._own_codes:
            self._problem(sheet_id, row.number, column, "unknown_division", value=code)
        elif not covers_any(self._area, code):
            self._problem(sheet_id, row.number, column, "division_outside", value=code)
        else:
            return code
        return None

    def _key(self, sheet_id: str, row: SheetRow, present: Iterable[Record]) -> str | None:
        key = row.text("key")
        if not _KEY.fullmatch(key):
            self._problem(sheet_id, row.number, "key", "key_form", value=key[:40])
            return None
        return id_of(self._id, key, present)

    @property
    def _id(self) -> str:
        return self.draft.tenant.id if self.draft.tenant else ""

    @property
    def _area(self) -> list[str]:
        return self.draft.tenant.divisions if self.draft.tenant else []

    @property
    def _own_codes(self) -> set[str]:
        return {one.id for one in (*self._present.divisions, *self.draft.divisions)}

    def _keep(self, found: list[R], model: type[R], earlier: R | None, row: SheetRow, values: dict[str, Any]) -> None:
        """The earlier record with these values, or a new one."""
        try:
            record = earlier.with_changes(**values) if earlier else model(**values)
        except ValidationError:
            self.problems.append(SheetProblem(sheet=_SHEET_OF[model.KIND], row=row.number, code="required"))
            return
        found.append(record)
        self.draft.rows[f"{model.KIND}#{record.id}"] = row.number

    def _every(self, kind: str) -> list[Any]:
        """What will be there: the drafted, and of the present those that are not drafted anew."""
        drafted = getattr(self.draft, kind)
        ids = {one.id for one in drafted}
        return [*drafted, *(one for one in getattr(self._present, kind) if one.id not in ids)]

    def _document_code(self, row: SheetRow) -> str | None:
        """The body's word in numbers; None for one that is no such word, or another body's in the same workbook."""
        word = row.text("document_code")
        if not re.fullmatch(DOCUMENT_CODE, word):
            self._problem("bodies", row.number, "document_code", "document_code_form", value=word[:20])
            return None
        other = next((one for one in self._tables.of("bodies") if one.text("document_code") == word), row)
        if word and other.number < row.number:
            self._problem("bodies", row.number, "document_code", "twice", other=other.number)
            return None
        return word
