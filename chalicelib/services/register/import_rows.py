"""Register and change the subjects of one batch of rows: each row whole or not at all, and once, however often a run
is killed and repeated."""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, partial
from typing import Any, NamedTuple

from ulid import ULID

from chalicelib.domain.act import Act
from chalicelib.domain.division import covers_any
from chalicelib.domain.errors import AlreadyExistsError, ConflictError, FieldProblem
from chalicelib.domain.event import Event, EventType
from chalicelib.domain.job import Job
from chalicelib.domain.register_import import (
    AcceptedRow,
    ChangedRow,
    DuplicateRow,
    FieldChange,
    ImportScope,
    RejectedRow,
    RowOutcome,
    UnchangedRow,
    settle,
)
from chalicelib.domain.register_row import Reading
from chalicelib.domain.scenario_member import ScenarioMember
from chalicelib.domain.search_text import MAX_ENTRIES, SEARCHED, entries_of
from chalicelib.domain.subject import Subject, SubjectKind
from chalicelib.domain.tenancy import TenantId
from chalicelib.domain.text import normalise
from chalicelib.services.register.plates import MOST_CLAIMS, keep_plates
from chalicelib.services.register.register_subject import PERSONAL
from chalicelib.storage.bulk import MAX_ITEMS, BulkChange
from chalicelib.storage.errors import AlreadyDoneError, StorageUnavailableError
from chalicelib.storage.store import Store
from chalicelib.storage.subjects import CODE, PLATE

_ATTEMPTS = 5
Plated = Callable[[str], list[Subject]]
"""Subjects that are still kept and have a plate, the one registered first at the head."""


class PlannedRow(NamedTuple):
    """A row that was read; first_row: the earlier row that tells of the same subject."""

    reading: Reading
    first_row: int | None


@dataclass
class ImportRun:
    """What the batches of one run share. is_repeat: an earlier run may have written some of these rows."""

    store: Store
    tenant: TenantId
    act: Act
    job: Job
    scope: ImportScope
    is_trial: bool = False
    is_repeat: bool = False


class Batch(NamedTuple):
    """What became of a batch; was_done: an earlier run had written of it."""

    outcomes: list[RowOutcome]
    was_done: bool


def import_batch(run: ImportRun, rows: Sequence[PlannedRow]) -> Batch:
    """Settle a batch against the register and, unless it is a trial, write what it changes."""
    told = _told(run, rows) if run.is_repeat and not run.is_trial else []
    written = {int(row): event for event in told for row in (*event.data["new"], *event.data["changed"])}
    settled: dict[int, RowOutcome] = {}
    part = len(told)
    for _ in range(_ATTEMPTS):
        waiting = [row for row in rows if row.reading.row.number not in settled]
        found = _settle(run, waiting, written)
        if run.is_trial:
            return Batch(list(found.values()), was_done=False)
        try:
            for outcomes in _transactions(found, written):
                if outcomes[-1].row_number not in written and any(_items(one) for one in outcomes):
                    _write(run, run.act.part(f"rows.{rows[0].reading.row.number}.{part}"), outcomes)
                    part += 1
                settled |= {one.row_number: one for one in outcomes}
            return Batch([settled[row.reading.row.number] for row in rows], bool(told))
        except (ConflictError, AlreadyExistsError, AlreadyDoneError):
            # Somebody changed or registered one of these subjects meanwhile, or another run of this job was faster.
            told = _told(run, rows)
            part = len(told)
            written = {int(row): event for event in told for row in (*event.data["new"], *event.data["changed"])}
            settled = {}
    raise StorageUnavailableError(cause="rows_contended")


def subject_id_of(job: Job, row: int) -> str:
    """The same row of the same job gives the same identifier, so that a run repeated after a crash knows its own."""
    digest = hashlib.sha256(f"{job.id}:{row}".encode()).digest()
    return str(ULID.from_bytes(ULID.from_str(job.id).bytes[:6] + digest[:10]))


def _told(run: ImportRun, rows: Sequence[PlannedRow]) -> list[Event]:
    """The events of this batch that earlier runs left."""
    found: list[Event] = []
    while event := run.store.told(run.tenant, run.act.part(f"rows.{rows[0].reading.row.number}.{len(found)}")):
        found.append(event)
    return found


def _settle(run: ImportRun, rows: Sequence[PlannedRow], written: dict[int, Event]) -> dict[int, RowOutcome]:
    read = [row.reading for row in rows if row.first_row is None and not row.reading.is_refused]
    plated: Plated = cache(partial(run.store.subjects.with_plate, run.tenant))
    existing, holders = _registered(run, read, plated), _plate_holders(run, read)
    found: dict[int, RowOutcome] = {}
    plates: dict[str, Subject] = {}
    told: dict[str, int] = {}
    for reading, first_row in rows:
        number = reading.row.number
        subject, own, holder = existing.get(number), subject_id_of(run.job, number), holders.get(number)
        if holder is not None and (holder.id == own or normalise(holder.name) == normalise(reading.values["name"])):
            subject = holder
        if number in written and subject is not None:
            found[number] = _restored(reading, subject, written[number], own)
            continue
        outcome = settle(reading, run.scope, subject, first_row=first_row, subject_id=own)
        if isinstance(outcome, ChangedRow) and not covers_any(run.scope.divisions, _division_before(subject)):
            outcome = _outside(reading, outcome)
        if isinstance(outcome, AcceptedRow | ChangedRow) and holder is not None and holder.id != outcome.subject.id:
            outcome = _plate_taken(reading, outcome, holder)
        if isinstance(outcome, ChangedRow | UnchangedRow):
            outcome = _first_told(outcome, told)
        if isinstance(outcome, AcceptedRow):
            outcome = _plate_seen(run, reading, outcome, plates, plated)
        found[number] = outcome
    return found


def _plate_holders(run: ImportRun, readings: Sequence[Reading]) -> dict[int, Subject]:
    """Row number to the registered vehicle that has the row's plate; of the same name it is the row's own."""
    plates = {
        one.row.number: one.values["plate"]
        for one in readings
        if one.kind is SubjectKind.VEHICLE and one.values.get("plate") and one.values.get("name")
    }
    owners = run.store.owners(run.tenant, PLATE, sorted(set(plates.values())))
    subjects = run.store.subjects.find_many(run.tenant, (owner.id for owner in owners.values()))
    held = {plate: subjects[owner.id] for plate, owner in owners.items() if owner.id in subjects}
    return {number: held[plate] for number, plate in plates.items() if plate in held}


def _plate_taken(reading: Reading, outcome: RowOutcome, holder: Subject) -> RejectedRow:
    """Another vehicle has the plate: told with its name and the address of its page."""
    details: dict[str, str | int] = {"row": reading.row.number, "column": "", "value": reading.values["plate"]}
    details |= {"holder": holder.name, "subject_id": holder.id}
    problem = FieldProblem(field="plate", code="plate_taken", details=details)
    return RejectedRow(row_number=reading.row.number, values=reading.row.values, problems=(*outcome.problems, problem))


def _first_told(outcome: ChangedRow | UnchangedRow, told: dict[str, int]) -> RowOutcome:
    """A transaction holds a subject once: rows too incomplete to be known as one subject may tell of the same one."""
    subject_id = outcome.subject.id if isinstance(outcome, ChangedRow) else outcome.subject_id
    first_row = told.setdefault(subject_id, outcome.row_number)
    if first_row == outcome.row_number:
        return outcome
    common = {name: getattr(outcome, name) for name in RowOutcome.model_fields}
    return DuplicateRow.model_construct(**common, first_row=first_row)


def _plate_seen(
    run: ImportRun, reading: Reading, outcome: AcceptedRow, plates: dict[str, Subject], plated: Plated
) -> AcceptedRow:
    """What is known by its plate, registered with a warning where another subject has the plate: the sheet cannot be
    asked whether it is the same. plates: those of the batch's earlier rows, which no search finds yet."""
    subject = outcome.subject
    if not subject.plate or subject.kind is SubjectKind.VEHICLE:
        return outcome
    earlier = [one for one in plated(subject.plate) if one.id != subject.id]
    known = [one for one in earlier if covers_any(run.scope.divisions, one.division)]
    held = next(iter(known), None) or plates.get(subject.plate)
    plates.setdefault(subject.plate, subject)
    if held is None:
        return outcome
    details: dict[str, str | int] = {"row": reading.row.number, "column": "", "value": subject.plate}
    details |= {"holder": held.name, "subject_id": held.id}
    problem = FieldProblem(field="plate", code="plate_seen_before", details=details)
    return outcome.model_copy(update={"problems": (*outcome.problems, problem)})


def _division_before(subject: Subject | None) -> str:
    return subject.division if subject else ""


def _outside(reading: Reading, outcome: RowOutcome) -> RejectedRow:
    """A subject that is registered where the person who imports may not change anything."""
    details: dict[str, str | int] = {"row": reading.row.number, "column": "", "value": reading.values.get("name", "")}
    problem = FieldProblem(field="division", code="registered_elsewhere", details=details)
    return RejectedRow(row_number=reading.row.number, values=reading.row.values, problems=(*outcome.problems, problem))


def _registered(run: ImportRun, readings: Sequence[Reading], plated: Plated) -> dict[int, Subject]:
    """Row number to the subject that it tells of: a company by its code, the rest by kind, county, name and address, or
    by kind, name and plate."""
    codes = {one.row.number: one.code for one in readings if one.code and one.kind is SubjectKind.COMPANY}
    owners = run.store.owners(run.tenant, CODE, sorted(set(codes.values())))
    subjects = run.store.subjects.find_many(run.tenant, (owner.id for owner in owners.values()))
    found = {}
    for number, code in codes.items():
        owner = owners.get(code)
        if owner and owner.id in subjects:
            found[number] = subjects[owner.id]
    for one in readings:
        if one.row.number not in codes and (subject := _at_place(run, one, plated)):
            found[one.row.number] = subject
    return found


def _at_place(run: ImportRun, reading: Reading, plated: Plated) -> Subject | None:
    name, address = reading.values.get("name", ""), reading.values.get("address", "")
    if not (name and address and reading.division):
        return _with_plate(reading, plated)
    own = run.store.subjects.find(run.tenant, subject_id_of(run.job, reading.row.number)) if run.is_repeat else None
    if own is not None:
        return own
    alike = run.store.subjects.at_place(run.tenant, reading.kind.value, reading.division, name, address)
    fitting = [one for one in alike if not (reading.code and one.code and one.code != reading.code)]
    return min(fitting, key=lambda one: one.id, default=None)


def _with_plate(reading: Reading, plated: Plated) -> Subject | None:
    """What is known by a plate and has no place: of the same kind, plate and name it is the row's own."""
    name, plate = reading.values.get("name", ""), reading.values.get("plate", "")
    if reading.kind is SubjectKind.VEHICLE or not name:
        return None
    found = plated(plate)
    return next((one for one in found if one.kind is reading.kind and normalise(one.name) == normalise(name)), None)


def _restored(reading: Reading, subject: Subject, event: Event, own: str) -> RowOutcome:
    """What an earlier run made of the row, out of the event that it left."""
    common: dict[str, Any] = {
        "row_number": reading.row.number,
        "values": reading.row.values,
        "mended": tuple(reading.mended),
        "problems": tuple(reading.problems),
        "related": reading.related,
        "subject": subject,
    }
    if subject.id == own:
        return AcceptedRow.model_construct(**common)
    before = event.data["changed"][str(reading.row.number)]
    changes = [FieldChange(field=name, before=text, after="") for name, text in before.items()]
    return ChangedRow.model_construct(**common, changes=tuple(changes))


def _items(outcome: RowOutcome) -> int:
    """At most how many items the row writes: the record, its claim or the pointer of its history, its memberships, and
    what it is found by."""
    if not isinstance(outcome, AcceptedRow | ChangedRow):
        return 0
    searched = len(entries_of(outcome.subject))
    if isinstance(outcome, ChangedRow):
        searched = searched + MAX_ENTRIES + MOST_CLAIMS if _is_found_anew(outcome) else 0
    return 2 + len(outcome.subject.memberships) + searched


def _is_found_anew(row: ChangedRow) -> bool:
    return any(change.field in SEARCHED for change in row.changes)


def _transactions(found: dict[int, RowOutcome], written: dict[int, Event]) -> list[list[RowOutcome]]:
    """The rows in order, in parts that fit one transaction each; rows that are written already stand apart."""
    parts: list[list[RowOutcome]] = []
    room = 0
    for number, outcome in found.items():
        if number in written:
            parts.append([outcome])
            room = 0
            continue
        size = _items(outcome)
        if size > room or not parts:
            parts.append([])
            room = MAX_ITEMS
        parts[-1].append(outcome)
        room -= size
    return parts


def _write(run: ImportRun, act: Act, outcomes: Sequence[RowOutcome]) -> None:
    new = [one for one in outcomes if isinstance(one, AcceptedRow)]
    changed = [one for one in outcomes if isinstance(one, ChangedRow)]
    members = run.store.members.find_of(run.tenant, [one.subject for one in changed])
    subjects = [*(one.subject for one in new), *(one.subject for one in changed)]
    for subject in subjects:
        subject.touch(act.at)
    bodies = {subject.id: subject.model_dump_json() for subject in subjects}
    hashes = {id: hashlib.sha256(body.encode()).hexdigest() for id, body in bodies.items()}
    data = {
        "new": [one.row_number for one in new],
        "changed": {str(one.row_number): _before(one.changes) for one in changed},
    }
    with run.store.bulk_change(run.tenant, act) as change:
        change.event(EventType.SUBJECTS_IMPORTED, run.job, data, hashes)
        for one in new:
            change.save_body(one.subject, bodies[one.subject.id])
            if one.subject.code and one.subject.kind is SubjectKind.COMPANY:
                change.claim(CODE, one.subject.code, one.subject.ref)
            if one.subject.held_plate:
                change.claim(PLATE, one.subject.held_plate, one.subject.ref)
            _save_members(change, one.subject, {})
        for row in changed:
            change.save_body(row.subject, bodies[row.subject.id], None if _is_found_anew(row) else row.subject)
            change.mention(row.subject.ref)
            _keep_plate(run, change, row)
            _save_members(change, row.subject, members)


def _keep_plate(run: ImportRun, change: BulkChange, row: ChangedRow) -> None:
    names = {"plate", "status"}
    if before := {one.field: one.before for one in row.changes if one.field in names}:
        keep_plates(change, run.store, [(row.subject.with_changes(**before), row.subject)])


def _save_members(change: BulkChange, subject: Subject, held: dict[tuple[str, str], ScenarioMember]) -> None:
    for membership in subject.memberships:
        before = held.get((subject.id, membership.scenario))
        member = ScenarioMember.of(subject, membership.scenario, before)
        if member != before:
            change.save(member)


def _before(changes: Sequence[FieldChange]) -> dict[str, str]:
    """What the changed fields held; never a person's name or number."""
    return {one.field: "" if one.field in PERSONAL else one.before for one in changes}
