"""The onboarding workbook as a file: read into rows of texts, written as a template, written back with marks."""

import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, BinaryIO

from pydantic import BaseModel, ConfigDict, Field

from chalicelib.domain.onboarding_sheets import (
    FIRST_ROW,
    HEADER_ROW,
    HELP_ROW,
    SAMPLE_MARK,
    Sheet,
    SheetProblem,
    column_label,
    problem_words,
    sheets,
)
from chalicelib.domain.register_columns import header_key
from chalicelib.domain.register_workbook import cell_text, file_problem, refuse_bombs
from chalicelib.domain.text import safe_cell, tidy

MAX_ROWS = 20_000
"""Of one sheet: more people than a province's regulators."""
_WIDTH = 18


class SheetRow(BaseModel):
    """One row: number as in the file, values by column id; an empty cell is an empty text."""

    model_config = ConfigDict(frozen=True)

    number: int
    values: dict[str, str]

    def text(self, column: str) -> str:
        return self.values.get(column, "")

    def many(self, column: str) -> list[str]:
        """Parts between 、 , ; or line ends, without doubles."""
        text = self.text(column)
        for mark in "，,；;\n/":
            text = text.replace(mark, "、")
        return list(dict.fromkeys(part for one in text.split("、") if (part := one.strip())))


class OnboardingTables(BaseModel):
    """Rows by sheet id; a sheet that is not in the file is not in `rows`."""

    rows: dict[str, list[SheetRow]] = Field(default_factory=dict)
    problems: list[SheetProblem] = Field(default_factory=list)

    def of(self, sheet: str) -> list[SheetRow]:
        return self.rows.get(sheet, [])


def read_workbook(file: BinaryIO, filename: str) -> OnboardingTables:
    """Everything that stands in the known sheets. Raises InvalidInputError for what is no readable workbook."""
    import openpyxl

    try:
        refuse_bombs(zipfile.ZipFile(file), filename)
        book = openpyxl.load_workbook(file, read_only=True, data_only=True)
    except (zipfile.BadZipFile, KeyError, ValueError, OSError) as error:
        raise file_problem("file_unreadable", name=filename, row=0) from error
    found = OnboardingTables()
    named = {header_key(name): name for name in book.sheetnames}
    for wanted in sheets():
        name = named.get(header_key(wanted.label))
        if name is None:
            if wanted.id == "tenant":
                found.problems.append(SheetProblem(sheet=wanted.id, code="sheet_missing"))
            continue
        found.rows[wanted.id] = _read_sheet(wanted, book[name], found.problems)
    if len(found.rows) == 0:
        raise file_problem("file_empty", name=filename)
    return found


def _read_sheet(wanted: Sheet, lines: Any, problems: list[SheetProblem]) -> list[SheetRow]:
    lines.reset_dimensions()
    rows = lines.iter_rows(max_row=MAX_ROWS + FIRST_ROW, values_only=True)
    headers = [tidy(cell_text(value)) for value in next(rows, ())]
    ids = {header_key(column.label): column.id for column in wanted.columns}
    places = {place: ids[header_key(text)] for place, text in enumerate(headers) if header_key(text) in ids}
    for column in wanted.columns:
        if column.id not in places.values() and column.is_required:
            details: dict[str, str | int] = {"column": column.label}
            problems.append(SheetProblem(sheet=wanted.id, row=HEADER_ROW, code="column_missing", details=details))
    helps = {header_key(one.help) for one in wanted.columns if one.help}
    found = []
    for number, line in enumerate(rows, start=HEADER_ROW + 1):
        texts = [_plain(cell_text(value)) for value in line]
        if SAMPLE_MARK in texts or (number == HELP_ROW and any(header_key(text) in helps for text in texts if text)):
            continue
        values = {id: texts[place] for place, id in places.items() if place < len(texts)}
        if any(values.values()):
            found.append(SheetRow(number=number, values=values))
    return found


def write_workbook(
    rows: Mapping[str, Sequence[SheetRow]],
    out: BinaryIO,
    *,
    problems: Iterable[SheetProblem] = (),
    with_samples: bool = False,
    locale: str = "zh",
) -> None:
    """The template or a marked copy: a header row, a help row, then these rows in the lines where they stood.

    A cell with a problem is red and carries the words as a note; the row's problems stand again behind its last column.
    """
    import xlsxwriter

    marked: dict[tuple[str, int], list[SheetProblem]] = {}
    for problem in problems:
        marked.setdefault((problem.sheet, problem.row), []).append(problem)
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False}) as book:
        looks = {
            "header": book.add_format({"bold": True, "bg_color": "#E8EEF7", "border": 1}),
            "required": book.add_format({"bold": True, "bg_color": "#CFE0F5", "border": 1}),
            "help": book.add_format({"font_color": "#666666", "italic": True, "text_wrap": True, "valign": "top"}),
            "sample": book.add_format({"font_color": "#999999", "num_format": "@"}),
            "text": book.add_format({"num_format": "@"}),
            "wrong": book.add_format({"num_format": "@", "bg_color": "#FAD7D7"}),
            "words": book.add_format({"font_color": "#A61E1E", "text_wrap": True}),
        }
        for one in sheets():
            _write_sheet(book, looks, one, rows.get(one.id, ()), marked, with_samples=with_samples, locale=locale)


def _write_sheet(
    book: Any,
    looks: Mapping[str, Any],
    one: Sheet,
    rows: Sequence[SheetRow],
    marked: Mapping[tuple[str, int], Sequence[SheetProblem]],
    *,
    with_samples: bool,
    locale: str,
) -> None:
    page = book.add_worksheet(one.label)
    page.freeze_panes(HELP_ROW, 1)
    behind = len(one.columns)
    page.set_column(0, behind - 1, _WIDTH, looks["text"])
    page.set_column(behind, behind, 60)
    page.set_row(HELP_ROW - 1, 48)
    for place, column in enumerate(one.columns):
        page.write_string(0, place, column.label, looks["required" if column.is_required else "header"])
        page.write_string(HELP_ROW - 1, place, column.help or column.label, looks["help"])
        if column.choices and column.id != "roles":
            choices = {"validate": "list", "source": list(column.choices.values()), "error_type": "warning"}
            page.data_validation(HELP_ROW, place, HELP_ROW + MAX_ROWS, place, choices)
    page.write_string(HELP_ROW - 1, behind, one.help, looks["help"])
    _mark(page, looks, one, HEADER_ROW, [*marked.get((one.id, 0), ()), *marked.get((one.id, HEADER_ROW), ())], locale)
    if with_samples:
        for place, column in enumerate(one.columns):
            page.write_string(FIRST_ROW - 1, place, column.sample, looks["sample"])
        page.write_string(FIRST_ROW - 1, behind, SAMPLE_MARK, looks["sample"])
    for row in rows:
        for place, column in enumerate(one.columns):
            page.write_string(row.number - 1, place, safe_cell(row.text(column.id)), looks["text"])
        _mark(page, looks, one, row.number, marked.get((one.id, row.number), ()), locale, row)


def _mark(
    page: Any,
    looks: Mapping[str, Any],
    one: Sheet,
    number: int,
    problems: Sequence[SheetProblem],
    locale: str,
    row: SheetRow | None = None,
) -> None:
    places = {column.id: place for place, column in enumerate(one.columns)}
    for problem in problems:
        if row is not None and problem.column:
            place = places[problem.column]
            page.write_string(number - 1, place, safe_cell(row.text(problem.column)), looks["wrong"])
            page.write_comment(number - 1, place, problem_words(problem, locale))
    words = [" ".join(filter(None, (column_label(found), problem_words(found, locale)))) for found in problems]
    if words:
        page.write_string(number - 1, len(one.columns), "\n".join(words), looks["words"])


def _plain(text: str) -> str:
    """Without the mark that keeps a formula from running."""
    return tidy(text[1:] if text.startswith("'") and safe_cell(text[1:]) == text else text)
