"""The columns of register files: what they are called and may hold, and which header of one file is which."""

import csv
import io
from typing import Any

from chalicelib.domain.job import Job
from chalicelib.domain.register_columns import Column, header_key, own_headers, register_columns
from chalicelib.domain.text import safe_cell
from chalicelib.services.register.import_register import columns_of
from chalicelib.web.fields import Fields
from chalicelib.web.i18n import gettext
from chalicelib.web.register_words import allowed_words, column_label
from chalicelib.web.scenarios import own_columns


def help_rows(scenario: str) -> list[dict[str, Any]]:
    """The columns that a file may have: the header, its name in the reader's language, other headers, what goes in."""
    source = {column.id: column for column in columns_of(scenario)}
    own = own_columns(scenario)
    columns: list[tuple[Column, Column, bool]] = [(column, column, False) for column in register_columns()]
    columns += [(source[column.id], column, True) for column in own]
    return [
        {
            "header": written.label,
            "label": shown.label if is_own else gettext(shown.label),
            "also": [name for name in written.synonyms if name != written.label][:4],
            "words": allowed_words(shown, is_own=is_own),
            "is_required": written.is_required,
            "default": _default(shown),
        }
        for written, shown, is_own in columns
    ]


def _default(column: Column) -> str:
    if isinstance(column.default, bool):
        return gettext("是") if column.default else gettext("否")
    return next((one.label for one in column.choices if one.code == column.default), str(column.default or ""))


def sample_csv(scenario: str) -> bytes:
    """A file to start from: every header and one example row, which imports pass over. The headers stay Chinese: they
    are what is understood."""
    columns = [*register_columns(), *columns_of(scenario)]
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\r\n")
    writer.writerow([safe_cell(column.label) for column in columns])
    writer.writerow([safe_cell(column.sample) for column in columns])
    return text.getvalue().encode("utf-8-sig")


def column_options(scenario: str) -> list[tuple[str, str]]:
    """(column id, name) for a select; the first leaves a header out."""
    own = own_columns(scenario)
    replaced = {column.id for column in own}
    common = [(c.id, gettext(c.label)) for c in register_columns() if c.id not in replaced]
    return [("", gettext("不用这一列")), *common, *((column.id, column.label) for column in own)]


def header_rows(job: Job) -> list[dict[str, Any]]:
    """Each header of the job's file: what stood in its first rows, the column made of it, whether its empty cells
    erase. What an error sheet added itself is left out."""
    head = job.checkpoint.get("head", {})
    columns = {header: column for column, header in head.get("fields", {}).items()}
    needed = {one.id for one in (*register_columns(), *columns_of(job.values["scenario"])) if one.is_required}
    samples = head.get("samples", [])
    return [
        {
            "position": position,
            "header": header,
            "samples": [row[position] for row in samples if row[position]][:3],
            "column": columns.get(header, ""),
            "may_clear": columns.get(header, "") not in needed,
            "is_clearing": columns.get(header, "") in head.get("clears", []),
        }
        for position, header in enumerate(head.get("headers", []))
        if header_key(header) not in own_headers()
    ]


def missing_labels(job: Job) -> list[str]:
    """Columns that a new subject needs and the file has not, in words."""
    own = own_columns(job.values["scenario"])
    return [column_label(column, own) for column in job.checkpoint.get("head", {}).get("missing", [])]


def chosen_columns(job: Job, form: Fields) -> tuple[dict[str, str], list[str]]:
    """(header to column id, columns whose empty cells erase) as the form of an import's page says."""
    rows = header_rows(job)
    chosen = {row["header"]: form.text(f"column_{row['position']}") for row in rows}
    clears = [form.text(f"column_{row['position']}") for row in rows if form.flag(f"clear_{row['position']}")]
    return chosen, [column for column in clears if column]
