"""Import a register: asked by a person, done by a job, whole rows or none; a killed run goes on where it stopped."""

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from io import SEEK_END
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast

from ulid import ULID

from chalicelib.contract.registry import registry
from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import FieldProblem, InvalidInputError
from chalicelib.domain.event import EventType
from chalicelib.domain.job import Job
from chalicelib.domain.record import is_id
from chalicelib.domain.register_columns import Column, ColumnMapping, map_columns, register_columns
from chalicelib.domain.register_import import (
    AcceptedRow,
    ImportScope,
    RowOutcome,
    check_rows,
)
from chalicelib.domain.register_table import Table, TableRow, read_table
from chalicelib.domain.subject import Subject, SubjectKind
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.text import normalise
from chalicelib.services.jobs.request_job import request_job
from chalicelib.services.register.import_report import IN_MEMORY, ImportReport
from chalicelib.services.register.register_subject import put_subject
from chalicelib.storage import keys
from chalicelib.storage.errors import AlreadyDoneError
from chalicelib.storage.objects import UploadForm
from chalicelib.storage.store import Store
from chalicelib.storage.subjects import CODE

JOB = "import_register"
MAX_BYTES = 50_000_000
ROWS_PER_CHANGE = 30
"""Three items a row (record, claim, member), the event and the marker stay below 100 actions."""
_COUNTED_BYTES = 5_000_000
UPLOAD_TYPE = "application/octet-stream"


def upload_key(tenant: TenantId, upload_id: str) -> str:
    return keys.object_key(tenant, "imports", upload_id, "register")


def offer_upload(store: Store, tenant: TenantId, act: Act) -> UploadForm:
    """A form with which the browser puts the file into the object store; its key names the upload."""
    require(act.actor, Permission.SUBJECT_IMPORT)
    return store.objects.upload_form(tenant, upload_key(tenant, act.key), UPLOAD_TYPE, MAX_BYTES)


def request_import(
    store: Store,
    tenant: TenantId,
    act: Act,
    *,
    upload_id: str,
    filename: str,
    scenario: str,
    content: bytes | None = None,
    chosen: Mapping[str, str] | None = None,
) -> Job:
    """The queued job. content: the file itself when it came with the form; otherwise it was uploaded as `upload_id`.

    chosen: header to column id, where a person decided. Raises InvalidInputError when there is no file or the tenant
    has not enabled the scenario.
    """
    require(act.actor, Permission.SUBJECT_IMPORT)
    if scenario not in store.tenants.get(tenant, tenant).scenarios:
        raise InvalidInputError([FieldProblem(field="scenario", code="unknown_scenario", details={"value": scenario})])
    if not is_id(upload_id):
        raise InvalidInputError([FieldProblem(field="file", code="upload_missing")])
    key = upload_key(tenant, upload_id)
    if content is not None:
        store.objects.put(tenant, key, content, UPLOAD_TYPE)
    elif not store.objects.exists(tenant, key):
        raise InvalidInputError([FieldProblem(field="file", code="upload_missing")])
    values = {"object_key": key, "filename": filename[:200], "scenario": scenario, "chosen": dict(chosen or {})}
    return request_job(store, tenant, act, name=JOB, values=values)


def import_register(
    store: Store, tenant: TenantId, act: Act, job: Job, progress: Callable[[int, int], None]
) -> dict[str, Any]:
    """The job's work. Result: its report (import_report.py), headers and encoding."""
    values = job.values
    scope = ImportScope(
        divisions=tuple(store.tenants.get(tenant, tenant).divisions),
        scenario=values["scenario"],
        kind=SubjectKind.COMPANY,
        source=f"import:{job.id}",
    )
    with SpooledTemporaryFile(IN_MEMORY) as spooled, ImportReport() as report:
        file = cast(BinaryIO, spooled)
        for chunk in store.objects.stream(tenant, values["object_key"]):
            file.write(chunk)
        own = columns_of(values["scenario"])
        names = [*own, *register_columns()]
        total = _count_rows(file, values["filename"], names)
        table = read_table(file, values["filename"], columns=names)
        mapping = map_columns(table.headers, extra=own, chosen=values["chosen"])
        mapping.require_complete()
        seen: dict[str, int] = {}
        for batch in _batches(table):
            outcomes = _check(store, tenant, job, batch, mapping, scope, seen)
            _register(store, tenant, act.part(f"rows.{batch[0].number}"), job, outcomes)
            report.note(outcomes)
            progress(report.rows, total)
        return report.keep(store, tenant, job) | {
            "headers": table.headers,
            "encoding": table.encoding,
            "unknown_headers": list(mapping.unknown),
            "doubled_headers": list(mapping.doubled),
        }


def columns_of(scenario: str) -> tuple[Column, ...]:
    """The columns that a scenario's package brings; none when the package is no longer installed."""
    if scenario not in registry().names():
        return ()
    return registry().get(scenario).manifest.register_columns


def _count_rows(file: BinaryIO, filename: str, columns: Sequence[Column]) -> int:
    """How many rows there are to read, so that progress has an end; 0, not known, for a file too long to read twice."""
    if file.seek(0, SEEK_END) > _COUNTED_BYTES:
        return 0
    return sum(1 for _ in read_table(file, filename, columns=columns).rows)


def _batches(table: Table) -> Iterator[list[TableRow]]:
    while batch := list(islice(table.rows, ROWS_PER_CHANGE)):
        yield batch


def _subject_id(job: Job, row: int) -> str:
    """The same row of the same job gives the same identifier, so that a run repeated after a crash knows its own."""
    digest = hashlib.sha256(f"{job.id}:{row}".encode()).digest()
    return str(ULID.from_bytes(ULID.from_str(job.id).bytes[:6] + digest[:10]))


def _check(
    store: Store,
    tenant: TenantId,
    job: Job,
    batch: list[TableRow],
    mapping: ColumnMapping,
    scope: ImportScope,
    seen: dict[str, int],
) -> list[RowOutcome]:
    header = mapping.fields["code"]
    codes = {normalise(row.values.get(header, "")) for row in batch} - {""}
    registered = store.owners(tenant, CODE, sorted(code for code in codes if "#" not in code))
    own = {_subject_id(job, row.number) for row in batch}

    def find_subject(code: str) -> str | None:
        owner = registered.get(code)
        return owner.id if owner and owner.id not in own else None

    return list(check_rows(batch, mapping, scope, seen=seen, find_subject=find_subject))


def _register(store: Store, tenant: TenantId, act: Act, job: Job, outcomes: list[RowOutcome]) -> None:
    """One transaction for the accepted rows of one batch: the records, and one event that lists their hashes."""
    accepted = [outcome for outcome in outcomes if isinstance(outcome, AcceptedRow)]
    if not accepted or store.done(tenant, act) is not None:
        return
    hashes = {}
    try:
        with store.change(tenant, act) as change:
            for outcome in accepted:
                subject: Subject = outcome.draft.register(_subject_id(job, outcome.row_number))
                put_subject(change, subject)
                hashes[subject.id] = hashlib.sha256(subject.model_dump_json().encode()).hexdigest()
            rows = [accepted[0].row_number, accepted[-1].row_number]
            change.event(EventType.SUBJECTS_IMPORTED, job, {"rows": rows, "count": len(accepted)}, hashes)
    except AlreadyDoneError:
        return
