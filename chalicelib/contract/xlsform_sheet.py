"""Reading the sheets of an XLSForm as text, with the row and column of every cell, and what is wrong with a cell."""

import zipfile
from collections import Counter
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from io import BytesIO
from typing import Any

from chalicelib.contract.rule_finding import RuleFinding
from chalicelib.contract.scenario import SOURCE_LANGUAGE
from chalicelib.contract.xlsform_columns import LANGUAGE_NAMES, label_column
from chalicelib.domain.register_workbook import cell_text, file_problem, refuse_bombs

RULE = "xlsform"
MOST_ROWS = 5000
MOST_DIGITS = 18
_YES, _NO = ("yes", "true", "是", "1"), ("", "no", "false", "否", "0")


@dataclass
class Row:
    """One row: `number` as the spreadsheet program shows it. Its readers note what is wrong in `findings`."""

    sheet: str
    number: int
    cells: dict[str, str]
    findings: list[RuleFinding] = field(repr=False)

    def text(self, column: str) -> str:
        return self.cells.get(column, "")

    def words(self, column: str) -> tuple[str, ...]:
        return tuple(self.text(column).split())

    def label(self, column: str, language: str = SOURCE_LANGUAGE) -> str:
        """A text in one language; a form without languages has its Chinese in the column itself."""
        found = self.text(label_column(column, language))
        return found or (self.text(column) if language == SOURCE_LANGUAGE else "")

    def refuse(self, column: str, problem: str, mend: str) -> None:
        place = f"{self.sheet} row {self.number}" + (f", {column}" if column else "")
        self.findings.append(RuleFinding(RULE, "xlsx", place, problem, mend))

    def choice(self, column: str, allowed: Collection[str]) -> str:
        """One of the codes; a finding where it is another."""
        found = self.text(column)
        if found not in allowed:
            problem = f"{found} is not one of {', '.join(allowed)}" if found else "the cell is empty"
            self.refuse(column, problem, "write one of the codes")
        return found

    def each(self, column: str, allowed: Collection[str]) -> tuple[str, ...]:
        """Several codes, separated by spaces."""
        found = self.words(column)
        for one in found:
            if one not in allowed:
                self.refuse(column, f"{one} is not one of {_some(allowed)}", "write codes separated by spaces")
        return found

    def is_yes(self, column: str) -> bool:
        found = self.text(column).lower()
        if found not in (*_YES, *_NO):
            self.refuse(column, f"{found} is neither yes nor no", "write yes, or leave the cell empty")
        return found in _YES

    def whole(self, column: str, default: int | None = None) -> int | None:
        """A number counted in ones; None (or the default) for an empty cell."""
        return self.scaled(column, 0) if self.text(column) else default

    def scaled(self, column: str, decimals: int) -> int | None:
        """A number counted in 10^-decimals; None for an empty cell, and with a finding for what is none."""
        text = self.text(column)
        if not text:
            return None
        try:
            found = Decimal(text).scaleb(decimals)
        except ArithmeticError:
            self.refuse(column, f"{text} is no number", "write digits only, with a point for decimals")
            return None
        if found.is_finite() and found.adjusted() >= MOST_DIGITS:
            self.refuse(column, f"{text} has more than {MOST_DIGITS} digits", "correct the number")
            return None
        if not found.is_finite() or found != found.to_integral_value():
            self.refuse(column, f"{text} has more than {decimals} decimals", "round it, or raise yj_decimals")
            return None
        return int(found)


def _some(allowed: Collection[str], most: int = 12) -> str:
    names = list(allowed)
    return ", ".join(names[:most]) + (", …" if len(names) > most else "")


@dataclass
class Book:
    """The sheets that were asked for; a sheet that is not there has no rows."""

    sheets: dict[str, list[Row]]
    columns: dict[str, list[str]]
    findings: list[RuleFinding] = field(default_factory=list)


def read_book(content: bytes, names: Sequence[str]) -> Book:
    """Raises InvalidInputError for a file that is no workbook, or an unreasonable one."""
    import openpyxl

    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            refuse_bombs(archive, "")
        book = openpyxl.load_workbook(BytesIO(content), read_only=True, data_only=True)
        found: dict[str, list[tuple[Any, ...]]] = {}
        for name in names:
            if name in book.sheetnames:
                book[name].reset_dimensions()
                found[name] = list(book[name].iter_rows(max_row=MOST_ROWS, values_only=True))
    except zipfile.BadZipFile as error:
        raise file_problem("file_format", name="") from error
    except (KeyError, ValueError, TypeError, OSError) as error:
        raise file_problem("file_unreadable", name="", row=0) from error
    made = Book({}, {})
    for name, lines in found.items():
        head = [cell_text(value).strip() for value in lines[0]] if lines else []
        made.columns[name] = [column for column in head if column]
        for column, times in Counter(made.columns[name]).items():
            if times > 1:
                mend = "keep one of them: only one could count"
                problem = f"the column stands there {times} times"
                made.findings.append(RuleFinding(RULE, "xlsx", f"{name}, {column}", problem, mend))
        made.sheets[name] = [
            Row(name, number, cells, made.findings)
            for number, line in enumerate(lines[1:], 2)
            if (cells := _cells(head, line))
        ]
    return made


def _cells(head: list[str], line: Sequence[Any]) -> dict[str, str]:
    texts = ((column, cell_text(value).strip()) for column, value in zip(head, line, strict=False) if column)
    return {column: text for column, text in texts if text}


def languages_in(columns: Sequence[str], base: str = "label") -> list[str]:
    """Codes of the languages other than the source that a sheet has texts in."""
    named = {name: code for code, name in LANGUAGE_NAMES.items()}
    found = []
    for column in columns:
        start, _, name = column.partition("::")
        if start != base or not name:
            continue
        code = named.get(name) or name.rpartition("(")[2].rstrip(")").strip()
        if code and code != SOURCE_LANGUAGE and code not in found:
            found.append(code)
    return found
