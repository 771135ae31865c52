"""The error sheet: the rows that were not taken as they stand, with what is wrong marked beside them, to be mended and
uploaded again. The words come from the caller; cells are written as text, so that no value runs as a formula."""

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from typing import BinaryIO

from chalicelib.domain.errors import FieldProblem
from chalicelib.domain.register_import import AcceptedRow, DuplicateRow, RowOutcome
from chalicelib.domain.text import safe_cell

Words = Callable[[FieldProblem], str]


def problems_of(outcome: RowOutcome, first_row: int | None = None) -> tuple[FieldProblem, ...]:
    """The outcome's problems, a duplicate's own among them. first_row: of a duplicate that was read back."""
    first_row = outcome.first_row if isinstance(outcome, DuplicateRow) else first_row
    if first_row is None:
        return outcome.problems
    cells = [cell for cell in outcome.values.values() if cell.strip()]
    value = next((cell for cell in cells if not cell.isdecimal()), cells[0] if cells else "")
    where: dict[str, str | int] = {"row": outcome.row_number, "value": value, "first_row": first_row}
    return (FieldProblem(field="code", code="duplicate_in_file", details=where), *outcome.problems)


def write_error_sheet(
    outcomes: Iterable[RowOutcome],
    headers: Sequence[str],
    file: BinaryIO,
    *,
    words: Words,
    row_title: str,
    problem_title: str,
) -> int:
    """Write an XLSX of every outcome that has a problem; the cells at fault are tinted. Returns how many rows. Rows go
    to disk as they come, so memory does not grow with them."""
    import xlsxwriter

    book = xlsxwriter.Workbook(file, {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    head = book.add_format({"bold": True, "bg_color": "#EAF1FA", "text_wrap": True})
    fault = book.add_format({"bg_color": "#FDECEA", "text_wrap": True})
    plain = book.add_format({"num_format": "@"})
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, 0, 8)
    sheet.set_column(1, len(headers), 22, plain)
    sheet.set_column(len(headers) + 1, len(headers) + 1, 60)
    for column, title in enumerate((row_title, *headers, problem_title)):
        sheet.write_string(0, column, title, head)
    count = 0
    for outcome in outcomes:
        problems = problems_of(outcome)
        if not problems:
            continue
        count += 1
        at_fault = {problem.details.get("column") for problem in problems}
        sheet.write_string(count, 0, str(outcome.row_number))
        for column, header in enumerate(headers, start=1):
            style = fault if header in at_fault else plain
            sheet.write_string(count, column, outcome.values.get(header, ""), style)
        sheet.write_string(count, len(headers) + 1, "\n".join(words(problem) for problem in problems), fault)
    book.close()
    return count


def write_error_csv(
    outcomes: Iterable[RowOutcome],
    headers: Sequence[str],
    file: BinaryIO,
    *,
    words: Words,
    row_title: str,
    problem_title: str,
) -> int:
    """The same as CSV (UTF-8 with byte order mark, as spreadsheet programs expect); cells that could start a formula
    are prefixed."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([safe_cell(title) for title in (row_title, *headers, problem_title)])
    count = 0
    for outcome in outcomes:
        if problems := problems_of(outcome):
            count += 1
            cells = [outcome.values.get(header, "") for header in headers]
            told = "；".join(words(problem) for problem in problems)
            writer.writerow([outcome.row_number, *(safe_cell(cell) for cell in (*cells, told))])
    text.detach()
    return count


def is_clean(outcome: RowOutcome) -> bool:
    """Accepted without a warning."""
    return isinstance(outcome, AcceptedRow) and not outcome.problems
