"""The job that enters a sheet of reports, or only tries it: each row by the rules of a single report, whole or not at
all; a run that is killed, handed on or cancelled goes on where it stopped."""

from collections.abc import Iterator, Sequence
from io import BytesIO
from typing import Any

from chalicelib.domain.act import Act
from chalicelib.domain.errors import (
    AlreadyExistsError,
    ConflictError,
    FieldProblem,
    IllegalTransitionError,
    InvalidInputError,
    NotAllowedError,
    RecordNotFoundError,
)
from chalicelib.domain.event import EventType
from chalicelib.domain.job import Job
from chalicelib.domain.register_import import (
    AcceptedRow,
    ChangedRow,
    DuplicateRow,
    RejectedRow,
    RowOutcome,
    UnchangedRow,
)
from chalicelib.domain.report_sheet import VALUE, Sheet, SheetRow, read_sheet, sheet_columns
from chalicelib.domain.report_values import form_values
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.jobs.progress import JobProgress
from chalicelib.services.register.import_report import ImportReport
from chalicelib.services.report.request_sheet import find_form, sheet_key
from chalicelib.services.report.submit_report import ReportDraft, file_report, find_asked, read_filing
from chalicelib.services.scenario.read_edition import Edition
from chalicelib.services.try_again import try_again
from chalicelib.storage.errors import StorageUnavailableError
from chalicelib.storage.store import Store
from chalicelib.storage.subjects import CODE

_BATCH = 100


def enter_sheet(store: Store, tenant: TenantId, act: Act, job: Job, progress: JobProgress) -> dict[str, Any]:
    """The job's work. Result: the figures of its report, where accepted rows are first versions and changed ones
    corrections. Raises InvalidInputError for a file that cannot be read."""
    return _Entry(store, tenant, act, job, progress).work()


class _Entry:
    """One run of the job."""

    def __init__(self, store: Store, tenant: TenantId, act: Act, job: Job, progress: JobProgress) -> None:
        self._store, self._tenant, self._act, self._job, self._progress = store, tenant, act, job, progress
        self._report = ImportReport(store, tenant, job)
        self._sheet = Sheet([], {}, [])
        self._edition: Edition | None = None

    def work(self) -> dict[str, Any]:
        values = self._job.values
        content = self._store.objects.read(self._tenant, sheet_key(self._tenant, values["sha256"]))
        self._edition, form = find_form(
            self._store, self._tenant, self._act.actor, values["scenario"], values["form_id"]
        )
        english = self._edition.scenario.in_language("en").evaluation.report_form(form.id)
        self._sheet = read_sheet(BytesIO(content), values["filename"], sheet_columns(form, english))
        seen: dict[str, int] = {}
        for row, subject_id in self._found(self._sheet.rows):
            first_row = seen.setdefault(subject_id, row.row.number) if subject_id else row.row.number
            if row.row.number > self._job.checkpoint.get("row", 0):
                self._report.note([self._settle(row, subject_id, first_row)])
                if self._progress.is_due:
                    done, total = self._report.rows, len(self._sheet.rows)
                    self._progress(done, total, checkpoint=self._checkpoint(row.row.number))
        last = self._sheet.rows[-1].row.number if self._sheet.rows else 0
        total = len(self._sheet.rows)
        self._progress.save(EventType.JOB_PROGRESSED, progress=total, total=total, checkpoint=self._checkpoint(last))
        return dict(self._report.counts)

    def _checkpoint(self, row: int) -> dict[str, Any]:
        """row: the last that is settled."""
        return {"row": row, "head": {"headers": self._sheet.names}, "report": self._report.checkpoint()}

    def _found(self, rows: Sequence[SheetRow]) -> Iterator[tuple[SheetRow, str]]:
        """Each row with the identifier of its subject, "" where its code is nobody's: a call for a hundred codes."""
        for start in range(0, len(rows), _BATCH):
            batch = rows[start : start + _BATCH]
            codes = sorted({one.code for one in batch if one.code and not one.subject_id})
            owners = self._store.owners(self._tenant, CODE, codes) if codes else {}
            for one in batch:
                owner = owners.get(one.code)
                yield one, one.subject_id or (owner.id if owner else "")

    def _settle(self, row: SheetRow, subject_id: str, first_row: int) -> RowOutcome:
        about: dict[str, Any] = {"row_number": row.row.number, "values": row.row.values}
        if first_row != row.row.number:
            return DuplicateRow(**about, first_row=first_row)
        try:
            return self._tried(row, subject_id, about)
        except InvalidInputError as error:
            problems = error.problems
        except (RecordNotFoundError, NotAllowedError, IllegalTransitionError):
            problems = [FieldProblem(field="subject_id" if row.subject_id else "code", code="report_subject_unknown")]
        return RejectedRow(**about, problems=tuple(self._placed(one, row) for one in problems))

    def _tried(self, row: SheetRow, subject_id: str, about: dict[str, Any]) -> RowOutcome:
        """Read again when the subject reports, or the clock notes that it is late, at the same moment."""
        refusals = (ConflictError, AlreadyExistsError)
        try:
            return try_again(lambda: self._enter(row, subject_id, about), refusals=refusals)
        except refusals:
            raise StorageUnavailableError(cause="rows_contended") from None

    def _enter(self, row: SheetRow, subject_id: str, about: dict[str, Any]) -> RowOutcome:
        values = self._job.values
        if not subject_id:
            raise RecordNotFoundError(kind="subject")
        named = {name: values[name] for name in ("scenario", "form_id", "period")}
        asked = find_asked(
            self._store, self._tenant, subject_id=subject_id, **named, at=self._act.at, edition=self._edition
        )
        filing = read_filing(self._store, self._tenant, self._act.actor, asked)
        numbers = form_values(asked.form, row.typed)
        current = filing.report.current
        if current is not None and current.values == numbers and current.sheet_id != self._job.id:
            return UnchangedRow(**about, subject_id=asked.subject.id)
        is_correction = len(filing.report.versions) > (current is not None and current.sheet_id == self._job.id)
        paper = {"paper_sha256": values["sha256"], "sheet_id": self._job.id}
        draft = ReportDraft(numbers, row.reason, row.is_confirmed, **paper)
        if values.get("is_trial"):
            if told := filing.problems(draft):
                raise InvalidInputError(told)
        else:
            step = self._act.part(f"row.{row.row.number}")
            file_report(self._store, self._tenant, step, filing=filing, draft=draft)
        common = about | {"subject": asked.subject}
        if is_correction:
            return ChangedRow.model_construct(**common, changes=())
        return AcceptedRow.model_construct(**common)

    def _placed(self, problem: FieldProblem, row: SheetRow) -> FieldProblem:
        """With the row, and the header and text of the cell that it is about."""
        id = f"{VALUE}{problem.field}" if f"{VALUE}{problem.field}" in self._sheet.headers else problem.field
        code = "report_implausible_row" if problem.code == "report_implausible" else problem.code
        header = self._sheet.headers.get(id, "")
        place: dict[str, str | int] = {"row": row.row.number, "column": header}
        place["value"] = row.row.values.get(header, "")
        return FieldProblem(field=problem.field, code=code, details=dict(problem.details) | place)
