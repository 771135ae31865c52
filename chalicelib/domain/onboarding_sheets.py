"""What the onboarding workbook holds: its sheets and columns as data, and the words of what can be wrong in them.

Headers are Chinese and fixed: they are what is read back. `choices` map a stored code to the word in a cell.
"""

import json
from functools import cache
from pathlib import Path

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.errors import FieldProblem

_DATA = Path(__file__).parent / "data" / "onboarding_sheets.json"
HEADER_ROW, HELP_ROW, FIRST_ROW = 1, 2, 3
"""Rows of a sheet, counted from 1; example rows of a template begin with SAMPLE_MARK in the column after the last."""
SAMPLE_MARK = "示例，导入时跳过"


class SheetColumn(BaseModel):
    """One column; is_required: a row without it is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    label: str
    help: str = ""
    sample: str = ""
    is_required: bool = False
    choices: dict[str, str] = Field(default_factory=dict)

    def code_of(self, word: str) -> str | None:
        """The stored code of a word, or of the code itself; None when it is neither."""
        return next((code for code, label in self.choices.items() if word in (code, label)), None)


class Sheet(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    id: str
    label: str
    help: str
    columns: tuple[SheetColumn, ...]

    def column(self, id: str) -> SheetColumn:
        """Raises KeyError."""
        for one in self.columns:
            if one.id == id:
                return one
        raise KeyError(id)


class SheetProblem(BaseModel):
    """One thing wrong in one cell. row: counted from 1 as spreadsheet programs do, 0 for the sheet as a whole;
    column: the column's id, empty for the row as a whole; is_warning: does not keep the workbook from being loaded."""

    model_config = ConfigDict(frozen=True)

    sheet: str
    row: int = 0
    column: str = ""
    code: str
    details: dict[str, str | int] = Field(default_factory=dict)
    is_warning: bool = False

    def as_field_problem(self) -> FieldProblem:
        """`people.12.roles`, for errors that name fields."""
        place = ".".join(part for part in (self.sheet, str(self.row or ""), self.column) if part)
        return FieldProblem(field=place, code=self.code, details=self.details)


@cache
def _data() -> tuple[tuple[Sheet, ...], dict[str, dict[str, str]]]:
    found = json.loads(_DATA.read_text(encoding="utf-8"))
    return tuple(Sheet.model_validate(one) for one in found["sheets"]), found["problems"]


def sheets() -> tuple[Sheet, ...]:
    """Every sheet in the order of the workbook."""
    return _data()[0]


def sheet(id: str) -> Sheet:
    """Raises KeyError."""
    for one in sheets():
        if one.id == id:
            return one
    raise KeyError(id)


def problem_codes() -> frozenset[str]:
    return frozenset(_data()[1])


def problem_words(problem: SheetProblem, locale: str = "zh") -> str:
    """What is wrong and how to mend it, in one or two sentences."""
    text = _data()[1][problem.code][locale if locale == "en" else "zh"]
    return text % problem.details if problem.details else text


def column_label(problem: SheetProblem) -> str:
    """The header of the column, empty for a whole row."""
    return sheet(problem.sheet).column(problem.column).label if problem.column else ""
