"""The job that imports a register, or only tries it: whole rows or none, in parts when it takes long; a run that is
killed, handed on or cancelled goes on where it stopped."""

import gc
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from contextvars import copy_context
from functools import partial
from io import SEEK_END
from itertools import islice
from tempfile import SpooledTemporaryFile
from typing import Any, BinaryIO, cast

from chalicelib.contract.registry import registry
from chalicelib.domain.act import Act
from chalicelib.domain.event import EventType
from chalicelib.domain.job import Job, JobState
from chalicelib.domain.register_columns import Column, ColumnMapping, map_columns, register_columns
from chalicelib.domain.register_import import ImportScope, first_row_of, read_rows
from chalicelib.domain.register_mapping import RegisterMapping, mapping_id
from chalicelib.domain.register_row import Reading
from chalicelib.domain.register_table import Table, TableRow, read_table
from chalicelib.domain.subject import SubjectKind
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.jobs.progress import JobCancelledError, JobProgress, PartOverError
from chalicelib.services.register.import_report import ImportReport, read_relations
from chalicelib.services.register.import_rows import Batch, ImportRun, PlannedRow, import_batch
from chalicelib.services.register.relate_rows import relate_row
from chalicelib.services.register.scenario_kinds import kinds_of
from chalicelib.storage.errors import AlreadyDoneError
from chalicelib.storage.store import Store

ROWS_PER_BATCH = 96
"""Three transactions of new subjects: an entry each for record, code and scenario."""
WRITERS = 4
_AHEAD = 2 * WRITERS
_IN_MEMORY = 8_000_000
_COUNTED_BYTES = 5_000_000
_SAMPLES = 3


def import_register(store: Store, tenant: TenantId, act: Act, job: Job, progress: JobProgress) -> dict[str, Any]:
    """The job's work. Result: the figures of its report; what was read of the file's head is in the checkpoint.

    Raises InvalidInputError for a file that cannot be read or whose columns cannot tell whom a row is about.
    """
    with SpooledTemporaryFile(_IN_MEMORY) as spooled:
        file = cast(BinaryIO, spooled)
        for chunk in store.objects.stream(tenant, job.values["object_key"]):
            file.write(chunk)
        return _Import(store, tenant, act, job, progress).work(file)


class _Import:
    """One run of the job."""

    def __init__(self, store: Store, tenant: TenantId, act: Act, job: Job, progress: JobProgress) -> None:
        self._store, self._tenant, self._act, self._job, self._progress = store, tenant, act, job, progress
        self._report = ImportReport(store, tenant, job)
        self._head: dict[str, Any] = job.checkpoint.get("head", {})
        self._total = job.total
        self._related: int = job.checkpoint.get("related", 0)

    def work(self, file: BinaryIO) -> dict[str, Any]:
        values = self._job.values
        own = columns_of(values["scenario"])
        names = [*own, *register_columns()]
        is_repeat = self._job.version > 1
        if not self._head:
            self._total = _count_rows(file, values["filename"], names)
        table = read_table(file, values["filename"], columns=names)
        chosen, clears = self._mapping_of(table.headers)
        mapping = map_columns(table.headers, extra=own, chosen=chosen)
        rows = self._keep_head(table, mapping, clears)
        run = ImportRun(
            store=self._store,
            tenant=self._tenant,
            act=self._act,
            job=self._job,
            scope=self._scope(clears),
            is_trial=bool(values.get("is_trial")),
            is_repeat=is_repeat,
        )
        with _rare_collections():
            self._run_rows(run, _planned(read_rows(rows, mapping, run.scope)))
        if not run.is_trial:
            self._relate()
        return dict(self._report.counts)

    def _relate(self) -> None:
        """The relations that rows tell of, once every subject is there; what cannot be kept becomes a warning."""
        self._save_all()
        rows = read_relations(self._store, self._tenant, self._progress.job, self._related)
        for row in rows:
            for warning in relate_row(self._store, self._tenant, self._act, row):
                self._report.warn(warning)
            self._related += 1
            if self._progress.is_due:
                self._save()
        self._save_all()

    def _mapping_of(self, headers: Sequence[str]) -> tuple[dict[str, str], Sequence[str]]:
        """What a person chose for this file, else what somebody chose for such headers before; a new choice is kept."""
        values = self._job.values
        chosen, clears = values.get("chosen"), values.get("clears") or ()
        if chosen:
            kept = RegisterMapping.of(values["scenario"], headers, chosen, clears)
            self._keep_mapping(kept)
            return dict(chosen), clears
        found = self._store.register_mappings.find(self._tenant, mapping_id(values["scenario"], headers))
        if found is None:
            return {}, clears
        return found.chosen_for(headers), clears or found.clears

    def _keep_mapping(self, mapping: RegisterMapping) -> None:
        held = self._store.register_mappings.find(self._tenant, mapping.id)
        if held is not None and (held.columns, held.clears) == (mapping.columns, mapping.clears):
            return
        mapping.version = held.version if held else 0
        try:
            with self._store.change(self._tenant, self._act.part("mapping")) as change:
                change.save(mapping)
                change.event(EventType.REGISTER_MAPPING_KEPT, mapping, {"job_id": self._job.id})
        except AlreadyDoneError:
            return

    def _scope(self, clears: Sequence[str]) -> ImportScope:
        """Where the person who asked may register: the tenant, or only their own county."""
        own = self._act.actor.division
        return ImportScope(
            divisions=(own,) if own else tuple(self._store.tenants.get(self._tenant, self._tenant).divisions),
            scenario=self._job.values["scenario"],
            kind=SubjectKind.COMPANY,
            kinds=kinds_of(self._job.values["scenario"]),
            source=f"import:{self._job.id}",
            clears=frozenset(clears),
        )

    def _keep_head(self, table: Table, mapping: ColumnMapping, clears: Sequence[str]) -> Iterator[TableRow]:
        """The table's rows, once its headers, the columns made of them and a few sample rows stand in the checkpoint:
        a person sees them also when nothing could be imported."""
        first = list(islice(table.rows, _SAMPLES))
        if not self._head:
            self._head = {
                "headers": table.headers,
                "encoding": table.encoding,
                "header_row": table.header_row,
                "samples": [[row.values.get(header, "")[:60] for header in table.headers] for row in first],
                "fields": mapping.fields,
                "unknown_headers": list(mapping.unknown),
                "doubled_headers": list(mapping.doubled),
                "ignored_headers": list(mapping.ignored),
                "missing": [column.id for column in mapping.missing],
                "clears": list(clears),
            }
            changes = {"state": JobState.RUNNING, "total": self._total, "checkpoint": self._checkpoint()}
            self._progress.save(EventType.JOB_PROGRESSED, **changes)
        return _joined(first, table.rows)

    def _checkpoint(self) -> dict[str, Any]:
        return {"head": self._head, "report": self._report.checkpoint(), "related": self._related}

    def _run_rows(self, run: ImportRun, rows: Iterator[PlannedRow]) -> None:
        for _ in islice(rows, self._report.rows):
            pass  # what a former run did: only whom the rows tell of is wanted, for duplicates further down
        with _Writers(run, rows) as writers:
            try:
                for outcomes in writers.settled():
                    self._report.note(outcomes)
                    if self._progress.is_due:
                        self._save()
            except (PartOverError, JobCancelledError):
                for outcomes in writers.begun():
                    self._report.note(outcomes)
                self._save()
                raise
        self._total = self._report.rows
        self._save_all()

    def _save(self) -> None:
        self._progress(self._report.rows, max(self._total, self._report.rows), checkpoint=self._checkpoint())

    def _save_all(self) -> None:
        """The last lines of the report, before the job ends."""
        changes = {"progress": self._report.rows, "total": self._total, "checkpoint": self._checkpoint()}
        self._progress.save(EventType.JOB_PROGRESSED, **changes)


class _Writers:
    """Writes batches a few at a time, and gives what became of them in the order of the file."""

    def __init__(self, run: ImportRun, rows: Iterator[PlannedRow]) -> None:
        self._run, self._rows = run, rows
        self._pool = ThreadPoolExecutor(WRITERS, thread_name_prefix="import")
        self._waiting: deque[Future[Batch]] = deque()
        self._fresh = 0

    def __enter__(self) -> "_Writers":
        return self

    def __exit__(self, *_: object) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def settled(self) -> Iterator[list[Any]]:
        for batch in _batches(self._rows):
            work = partial(import_batch, self._run, batch)
            self._waiting.append(self._pool.submit(copy_context().run, work))
            if len(self._waiting) >= _AHEAD:
                yield self._next()
        yield from self.begun()

    def begun(self) -> Iterator[list[Any]]:
        """The batches that are under way, to their end."""
        while self._waiting:
            yield self._next()

    def _next(self) -> list[Any]:
        batch = self._waiting.popleft().result()
        # A former run was ahead of its last checkpoint by no more than what it had under way and not yet saved:
        # once a whole window was new to the table, so is the rest of the file.
        self._fresh = 0 if batch.was_done else self._fresh + 1
        if self._fresh > _AHEAD:
            self._run.is_repeat = False
        return batch.outcomes


@contextmanager
def _rare_collections() -> Iterator[None]:
    """Rows make many objects and no cycles: looking for cycles as often as usual costs a fifth of an import."""
    before = gc.get_threshold()
    gc.set_threshold(50_000, *before[1:])
    try:
        yield
    finally:
        gc.set_threshold(*before)


def columns_of(scenario: str) -> tuple[Column, ...]:
    """The columns that a scenario's package brings; none when the package is no longer installed or does not hold."""
    if not registry().holds(scenario):
        return ()
    return registry().get(scenario).manifest.register_columns


def _count_rows(file: BinaryIO, filename: str, columns: Sequence[Column]) -> int:
    """How many rows there are to read, so that progress has an end; 0, not known, for a file too long to read twice."""
    if file.seek(0, SEEK_END) > _COUNTED_BYTES:
        return 0
    return sum(1 for _ in read_table(file, filename, columns=columns).rows)


def _planned(readings: Iterable[Reading]) -> Iterator[PlannedRow]:
    seen: dict[str, int] = {}
    for reading in readings:
        yield PlannedRow(reading, first_row_of(reading, seen))


def _batches(rows: Iterator[PlannedRow]) -> Iterator[list[PlannedRow]]:
    while batch := list(islice(rows, ROWS_PER_BATCH)):
        yield batch


def _joined(first: Sequence[TableRow], rest: Iterator[TableRow]) -> Iterator[TableRow]:
    yield from first
    yield from rest
