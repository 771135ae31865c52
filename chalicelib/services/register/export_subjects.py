"""Export what a query of the register finds, as a table file: asked by a person, done by a job, found again by them."""

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Sequence
from tempfile import SpooledTemporaryFile, TemporaryDirectory
from typing import Any, BinaryIO, cast

from chalicelib.domain.access import NOTHING, Permission, allowed, require
from chalicelib.domain.act import Act
from chalicelib.domain.division import division_label, is_known
from chalicelib.domain.errors import FieldProblem, InvalidInputError, RecordNotFoundError
from chalicelib.domain.job import Job
from chalicelib.domain.record import timestamp
from chalicelib.domain.register_columns import Column, register_columns
from chalicelib.domain.subject import Subject
from chalicelib.domain.subject_query import SubjectQuery
from chalicelib.domain.tenancy import Actor, TenantId
from chalicelib.domain.text import mask_name, mask_phone, safe_cell
from chalicelib.services.jobs.progress import JobCancelledError, JobProgress
from chalicelib.services.jobs.request_job import request_job
from chalicelib.services.register.list_subjects import check_query, every_subject
from chalicelib.storage import keys
from chalicelib.storage.store import Store

JOB = "export_subjects"
FORMATS = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
MAX_REASON = 200
IN_MEMORY = 8_000_000
"""Bytes of the file that stay in memory before it goes to the worker's disk."""
_SHEET_ROWS = 1_000_000
"""A worksheet holds 1,048,576 rows; more go to the next one."""
Row = Sequence[str]


def request_export(
    store: Store, tenant: TenantId, act: Act, *, query: SubjectQuery, format: str, reason: str = ""
) -> Job:
    """The queued job. reason: what names and telephone numbers are needed in full for; without one they are masked.

    Raises InvalidInputError for an unknown format, NotAllowedError for a reason given by somebody who may not see
    contacts.
    """
    require(act.actor, Permission.SUBJECT_READ)
    check_query(act.actor, query)
    if format not in FORMATS:
        raise InvalidInputError([FieldProblem(field="format", code="unknown_choice")])
    reason = reason.strip()
    if reason:
        require(act.actor, Permission.CONTACT_READ, NOTHING)
    if len(reason) > MAX_REASON:
        raise InvalidInputError([FieldProblem(field="reason", code="text_too_long", details={"limit": MAX_REASON})])
    values = {"query": query.model_dump(mode="json", exclude_none=True), "format": format, "reason": reason}
    job: Job = request_job(store, tenant, act, name=JOB, values=values, told={"reason": reason} if reason else {})
    return job


def read_export(store: Store, tenant: TenantId, actor: Actor, job_id: str) -> Job:
    """The job, if it is an export that this person asked for: a file shows what its asker may see, and nobody else."""
    job = store.jobs.get(tenant, job_id)
    if job.name != JOB or job.requested_by.person_id != actor.person_id:
        raise RecordNotFoundError(kind=Job.KIND, id=job_id)
    return job


def export_subjects(store: Store, tenant: TenantId, act: Act, job: Job, progress: JobProgress) -> dict[str, Any]:
    """The job's work. Result: object_key, sha256 (hex), size in bytes, rows. A run that was stopped begins again."""
    query = SubjectQuery.model_validate(job.values["query"])
    is_full, may_see_risk = bool(job.values["reason"]), allowed(act.actor, Permission.RISK_READ, NOTHING)
    columns = _columns(is_full=is_full, may_see_risk=may_see_risk and bool(query.scenario))
    contents = store.subject_filters.contents(tenant)
    count = 0

    def rows() -> Iterator[Row]:
        nonlocal count
        yield [label for label, _ in columns]
        for page in every_subject(store, tenant, act.actor, query, contents):
            for subject in page.subjects:
                count += 1
                yield [read(subject, query) for _, read in columns]
            if progress.is_due:
                progress(count, 0)
                _stop_if_asked(progress)

    with SpooledTemporaryFile(IN_MEMORY) as spooled, TemporaryDirectory() as folder:
        file = cast(BinaryIO, spooled)
        if job.values["format"] == "xlsx":
            _write_xlsx(file, rows(), folder)
        else:
            _write_csv(file, rows())
        size = file.tell()
        digest = _sha256(file)
        key = keys.object_key(tenant, "exports", job.id, f"register.{job.values['format']}")
        store.objects.put_file(tenant, key, file, FORMATS[job.values["format"]])
    progress(count, count)
    return {"object_key": key, "sha256": digest, "size": size, "rows": count}


def _stop_if_asked(progress: JobProgress) -> None:
    """A cancelled export leaves no file. One that outlives its run would begin again for ever: it says so instead."""
    if progress.job.cancel_asked_at is not None:
        raise JobCancelledError()
    if progress.is_over:
        raise InvalidInputError([FieldProblem(field="division", code="export_too_long")])


def _sha256(file: BinaryIO) -> str:
    """Of the whole file, which then stands at its beginning."""
    file.seek(0)
    digest = hashlib.sha256()
    while chunk := file.read(1 << 20):
        digest.update(chunk)
    file.seek(0)
    return digest.hexdigest()


def _write_csv(file: BinaryIO, rows: Iterator[Row]) -> None:
    """UTF-8 with a byte order mark, which spreadsheets need to read Chinese."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    for row in rows:
        writer.writerow([safe_cell(cell) for cell in row])
    text.flush()
    text.detach()


def _write_xlsx(file: BinaryIO, rows: Iterator[Row], folder: str) -> None:
    """Rows go to disk as they come; every cell is text."""
    import xlsxwriter

    options = {"constant_memory": True, "tmpdir": folder, "strings_to_formulas": False, "strings_to_urls": False}
    book = xlsxwriter.Workbook(file, options)
    bold = book.add_format({"bold": True, "bg_color": "#EAF1FA"})
    head = next(rows)
    sheet, line = None, 0
    for row in rows:
        if sheet is None or line > _SHEET_ROWS:
            sheet, line = _begin(book, head, bold), 1
        for column, cell in enumerate(row):
            sheet.write_string(line, column, cell)
        line += 1
    if sheet is None:
        _begin(book, head, bold)
    book.close()
    file.seek(0, io.SEEK_END)


def _begin(book: Any, head: Row, style: Any) -> Any:
    sheet = book.add_worksheet()
    sheet.freeze_panes(1, 1)
    sheet.set_column(0, len(head) - 1, 20)
    for column, label in enumerate(head):
        sheet.write_string(0, column, label, style)
    return sheet


Reader = Callable[[Subject, SubjectQuery], str]


def _columns(*, is_full: bool, may_see_risk: bool) -> list[tuple[str, Reader]]:
    """Headers as imports know them, so that the file may be mended and imported again; masked columns have another, so
    that stars never come back as data."""
    known = {column.id: column for column in register_columns()}
    masked = "{}（已遮盖）"
    phone, person = known["phone"].label, known["responsible_person"].label
    found: list[tuple[str, Reader]] = [
        (known["name"].label, lambda one, _: one.name),
        (known["code"].label, lambda one, _: one.code or ""),
        (known["kind"].label, lambda one, _: _choice(known["kind"], one.kind.value)),
        (known["division"].label, lambda one, _: _place(one.division)),
        (known["address"].label, lambda one, _: one.address),
        (known["operator_code"].label, lambda one, _: one.operator_code or ""),
        (known["plate"].label, lambda one, _: one.plate),
        (known["status"].label, lambda one, _: _choice(known["status"], one.status.value)),
        (phone if is_full else masked.format(phone), lambda one, _: one.phone if is_full else mask_phone(one.phone)),
        (
            person if is_full else masked.format(person),
            lambda one, _: one.responsible_person if is_full else mask_name(one.responsible_person),
        ),
        ("场景", lambda one, _: "、".join(member.scenario for member in one.memberships)),
        ("最近更改（UTC）", lambda one, _: timestamp(one.changed_at) if one.changed_at else ""),
    ]
    return [*found, ("抽取分层", _grade)] if may_see_risk else found


def _choice(column: Column, code: str) -> str:
    return next((one.label for one in column.choices if one.code == code), code)


def _place(code: str) -> str:
    return division_label(code, is_full=True) if is_known(code) else code


def _grade(subject: Subject, query: SubjectQuery) -> str:
    membership = subject.membership(query.scenario) if query.scenario else None
    return membership.draw_grade.value if membership else ""
