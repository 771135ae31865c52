"""What pages and the API show of a sheet of reports: figures, refused rows in words, the template to fill in."""

import io
from collections.abc import Iterator
from functools import partial
from itertools import islice
from typing import Any

from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.job import Job
from chalicelib.domain.periodic_report import OWED, PeriodicReport
from chalicelib.domain.report_sheet import MAX_ROWS
from chalicelib.services.register.import_report import read_rows_of
from chalicelib.services.report.request_sheet import read_sheet_job
from chalicelib.web import messages
from chalicelib.web.console.reports import Chosen, each_report
from chalicelib.web.i18n import gettext, mark
from chalicelib.web.import_view import SHOWN_ROWS, ShownProblem, shown_problems
from chalicelib.web.report_words import field_label, form_in_words, in_words_of
from chalicelib.web.request import WebRequest

OWN_WORDS = {
    "subject_id": mark("对象编号"),
    "code": mark("统一社会信用代码"),
    "name": mark("名称"),
    "confirmed": mark("已核对"),
    "reason": mark("更正的原因"),
}
"""Headers of the columns that every sheet has; reading knows them in either language (`report_sheet.OWN`)."""
Cells = list[str]


def read_sheet_of(request: WebRequest, job_id: str) -> Job:
    """The job, if it enters a sheet and this person may see it."""
    return read_sheet_job(request.store, request.tenant, request.actor, job_id)


def sheet_words(job: Job, found: FieldProblem) -> str:
    """The sentence for one problem of a row or of the file, in the reader's language."""
    form = form_in_words(job.values["scenario"], job.values["form_id"])
    told = in_words_of(found, form) if form else found
    return messages.field_words(told, str(told.details.get("column", "")) or _label(job, told.field) or told.field)


def _label(job: Job, field: str) -> str:
    """A column of the sheet in the reader's language; "" for what is none."""
    form = form_in_words(job.values["scenario"], job.values["form_id"])
    labels = {one.id: one.label for one in form.fields} if form else {}
    return labels.get(field) or (gettext(OWN_WORDS[field]) if field in OWN_WORDS else "")


def file_problems(job: Job) -> list[str]:
    """Why the file could not be read."""
    return [sheet_words(job, one) for one in job.error_problems]


def shown_rows(request: WebRequest, job: Job, kind: str) -> list[ShownProblem]:
    """The first rows that were refused ("problems") or that name a subject again ("duplicates")."""
    rows = read_rows_of(request.store, request.tenant, job, kind, limit=SHOWN_ROWS)
    return list(islice(shown_problems(rows, partial(sheet_words, job), partial(_label, job)), SHOWN_ROWS))


def template(request: WebRequest, chosen: Chosen) -> bytes:
    """A workbook with the form's columns and a row for each subject that is waited for, MAX_ROWS at most; a row that
    stays without numbers is passed over."""
    import xlsxwriter

    if chosen.form is None:
        raise InvalidInputError([FieldProblem(field="form", code="unknown_choice")])
    file = io.BytesIO()
    book = xlsxwriter.Workbook(file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False})
    text, bold = book.add_format({"num_format": "@"}), book.add_format({"bold": True, "bg_color": "#EAF1FA"})
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 3)
    id, code, name, confirmed, reason = map(gettext, OWN_WORDS.values())
    head = [id, code, name, *(field_label(one) for one in chosen.form.fields), confirmed, reason]
    sheet.set_column(0, len(head) - 1, 22, text)
    for column, label in enumerate(head):
        sheet.write_string(0, column, label, bold)
    for line, cells in enumerate(_expected(request, chosen), start=1):
        for column, cell in enumerate(cells):
            sheet.write_string(line, column, cell, text)
    book.close()
    return file.getvalue()


def _expected(request: WebRequest, chosen: Chosen) -> Iterator[Cells]:
    found = islice(each_report(request, chosen, *OWED), MAX_ROWS)
    while batch := list(islice(found, 100)):
        yield from _cells(request, batch)


def _cells(request: WebRequest, reports: list[PeriodicReport]) -> Iterator[Cells]:
    ids = [one.subject_id for one in reports]
    subjects: dict[str, Any] = request.store.subjects.find_many(request.tenant, ids, is_listed=True)
    for one in reports:
        subject = subjects.get(one.subject_id)
        yield [one.subject_id, (subject.code or "") if subject else "", one.subject_name]
