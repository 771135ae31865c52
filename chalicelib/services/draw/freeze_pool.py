"""The job that freezes a pool: snapshot, lists and C go to the object store, then one transaction says which count."""

import hashlib
import json
import secrets
import tempfile
from collections import Counter
from typing import Any, BinaryIO, cast

from chalicelib.domain.act import Act
from chalicelib.domain.draw_blind import SALT_BYTES, Blinder
from chalicelib.domain.draw_certificate import LEAF_OBJECT
from chalicelib.domain.draw_commitment import DrawRules, Inspector, PastVisit, Recusal, RowsName
from chalicelib.domain.draw_freeze import FrozenDraw, RowsTarget, freeze_draw
from chalicelib.domain.draw_rows import Row, RowSink, row_bytes
from chalicelib.domain.errors import ConflictError, IllegalTransitionError
from chalicelib.domain.event import EventType
from chalicelib.domain.job import Job
from chalicelib.domain.plan import InspectionPlan
from chalicelib.domain.random_draw import DrawState, PoolFigures, RandomDraw
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.draw import files
from chalicelib.services.draw.request_freeze import check_freezable
from chalicelib.services.draw.roster import as_inspectors, officers_of, past_visits_of, recusals_of
from chalicelib.services.draw.save_draw import put_draw
from chalicelib.services.draw.snapshot import (
    SnapshotCount,
    excluded_subjects,
    grade_figures,
    pool_members,
    read_snapshot,
    registered_subjects,
    strata_of,
    write_snapshot,
)
from chalicelib.services.jobs.run_job import Progress
from chalicelib.services.plan.progress import put_plan
from chalicelib.storage.store import Store

_Lists = dict[RowsName, tuple[BinaryIO, bool]]
"""Each list with its file, and whether it is too long for the certificate."""
INLINE_ROWS = 2_000
"""A list up to this size stands in the certificate itself; a larger one lies in the file beside it."""


def freeze_pool(store: Store, tenant: TenantId, act: Act, job: Job, progress: Progress) -> dict[str, Any]:
    """Work of `freeze_pool`. Run again after a crash it makes new files under a new salt; only committed ones count."""
    done = act.part("freeze")
    draw = store.draws.get(tenant, str(job.values["draw_id"]))
    if store.done(tenant, done) is None:
        if draw.state is not DrawState.OPEN:
            raise IllegalTransitionError(state=draw.state.value, step="freeze_pool")
        if draw.job_id != job.id:
            raise ConflictError(kind=RandomDraw.KIND, id=draw.id)
        draw = _freeze(store, tenant, done, draw, progress)
    return {"draw_id": draw.id, "pool": draw.figures.pool, "commitment": draw.commitment_sha256}


def _freeze(store: Store, tenant: TenantId, act: Act, draw: RandomDraw, progress: Progress) -> RandomDraw:
    plan = store.plans.get(tenant, draw.plan_id)
    salt = secrets.token_bytes(SALT_BYTES)
    blinder = Blinder(salt)
    officers = officers_of(store, tenant, draw)
    inspectors = as_inspectors(officers, plan)
    past_visits = past_visits_of(store, tenant, draw)
    with _temporary() as snapshot, _temporary() as pool, _temporary() as excluded:
        count = write_snapshot(
            registered_subjects(store, tenant, plan, draw, blinder),
            snapshot,
            asked={subject for person in officers for subject in person.recused_subjects}
            | {visit.subject for visit in past_visits},
            on_progress=lambda done: progress(done, 0),
        )
        next_state = check_freezable(plan, draw, pool=count.pool)
        recusals = list(recusals_of(officers, count.known))
        past_visits = [visit for visit in past_visits if visit.subject in count.known]
        strata, uniform_k = strata_of(plan, count)
        rules = DrawRules(
            draw_id=draw.id,
            tenant=tenant,
            selection=draw.selection,
            strata=strata,
            uniform_k=uniform_k,
            beacons=draw.beacons(),
            teams=draw.teams,
            max_visits=draw.max_visits,
            replaces=draw.replaces,
        )
        lists: _Lists = {
            RowsName.POOL: (pool, count.pool > INLINE_ROWS),
            RowsName.EXCLUSIONS: (excluded, count.excluded.total() > INLINE_ROWS),
        }
        frozen = _commit(rules, salt, snapshot, lists, inspectors, recusals, past_visits)
        progress(count.registered, count.registered)
        changed = draw.with_changes(
            state=DrawState.FROZEN,
            strata=strata,
            uniform_k=uniform_k,
            figures=_figures(plan, count, inspectors, len(recusals)),
            commitment=frozen.commitment,
            commitment_sha256=frozen.commitment.digest().hex(),
            frozen_at=act.at,
            frozen_by=act.actor.person_id,
            **_store_files(store, tenant, draw.id, salt, frozen, snapshot, lists, inspectors),
        )
    return _save(store, tenant, act, plan.with_changes(state=next_state, state_since=act.at), changed)


def _temporary() -> BinaryIO:
    return cast(BinaryIO, tempfile.TemporaryFile())


def _commit(
    rules: DrawRules,
    salt: bytes,
    snapshot: BinaryIO,
    lists: _Lists,
    inspectors: list[Inspector],
    recusals: list[Recusal],
    past_visits: list[PastVisit],
) -> FrozenDraw:
    """C and its lists. `freeze_draw` takes all members before the first excluded subject, so one file serves both."""
    frozen = freeze_draw(
        rules,
        salt=salt,
        members=pool_members(read_snapshot(snapshot)),
        excluded=excluded_subjects(read_snapshot(snapshot)),
        inspectors=inspectors,
        recusals=recusals,
        past_visits=past_visits,
        targets={
            name: RowsTarget(files.ROWS_FILES[name], _writer(file))
            for name, (file, is_long) in lists.items()
            if is_long
        },
    )
    for name, (file, is_long) in lists.items():
        if not is_long:
            for row in frozen.rows[name].rows or []:
                _writer(file)(tuple(row))
    return frozen


def _writer(file: BinaryIO) -> RowSink:
    def write(row: Row) -> None:
        file.write(row_bytes(row) + b"\n")

    return write


def _digest(file: BinaryIO) -> str:
    digest = hashlib.sha256()
    for chunk in iter(lambda: file.read(1 << 20), b""):
        digest.update(chunk)
    return digest.hexdigest()


def _figures(plan: InspectionPlan, count: SnapshotCount, inspectors: list[Inspector], recusals: int) -> PoolFigures:
    return PoolFigures(
        registered=count.registered,
        excluded=dict(count.excluded),
        grades=grade_figures(plan, count),
        people=sum(1 for each in inspectors if not each.reason),
        people_excluded=dict(Counter(each.reason for each in inspectors if each.reason)),
        recusals=recusals,
    )


def _store_files(
    store: Store,
    tenant: TenantId,
    draw_id: str,
    salt: bytes,
    frozen: FrozenDraw,
    snapshot: BinaryIO,
    lists: _Lists,
    inspectors: list[Inspector],
) -> dict[str, Any]:
    """Put every file; returns the hashes that the record keeps."""
    objects, digest = store.objects, frozen.commitment.digest().hex()
    objects.put(tenant, files.salt_key(tenant, draw_id, frozen.commitment.salt_sha256), salt, files.BYTES)
    snapshot.seek(0)
    snapshot_sha256 = _digest(snapshot)
    snapshot.seek(0)
    objects.put_file(tenant, files.snapshot_key(tenant, draw_id, snapshot_sha256), snapshot, files.JSON_LINES)
    for name, (file, _) in lists.items():
        file.seek(0)
        key = files.rows_key(tenant, draw_id, digest, files.ROWS_FILES[name])
        objects.put_file(tenant, key, file, files.JSON_LINES)
    people = json.dumps(inspectors).encode()
    objects.put(tenant, files.people_key(tenant, draw_id, digest), people, files.JSON)
    body = frozen.model_dump_json().encode()
    frozen_sha256 = hashlib.sha256(body).hexdigest()
    objects.put(tenant, files.frozen_key(tenant, draw_id, frozen_sha256), body, files.JSON)
    return {"snapshot_sha256": snapshot_sha256, "frozen_sha256": frozen_sha256}


def _save(store: Store, tenant: TenantId, act: Act, plan: InspectionPlan, draw: RandomDraw) -> RandomDraw:
    with store.change(tenant, act) as change:
        event = change.event(
            EventType.POOL_FROZEN,
            draw,
            {"plan_id": plan.id, "pool": draw.figures.pool, "registered": draw.figures.registered},
            {LEAF_OBJECT: draw.commitment_sha256, "snapshot": draw.snapshot_sha256},
        )
        saved = draw.with_changes(frozen_event_id=event.id)
        put_draw(store, change, saved)
        put_plan(store, change, plan)
    return saved
