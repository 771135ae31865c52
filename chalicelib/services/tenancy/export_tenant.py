"""Export a whole tenant as one archive: asked by its coordinator, made by a job that goes on where it was stopped.

The job first gathers lines, a part per stretch of the table, and puts each part aside; then it writes the zip from the
parts and the tenant's files, straight into the object store; at last it reads the zip once for its hash. Each stage
goes on where it was stopped, to the same bytes, and holds one part in memory. What was put aside is erased at the end.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from itertools import chain, groupby
from typing import Any
from zipfile import ZIP_STORED

from chalicelib.domain.access import Permission, reaches, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import FieldProblem, InvalidInputError, NotAllowedError, RecordNotFoundError
from chalicelib.domain.job import Job, JobState
from chalicelib.domain.record import timestamp
from chalicelib.domain.tenancy import PLATFORM, Actor, TenantId
from chalicelib.domain.tenant_archive import AREA, MANIFEST, OBJECTS, TenantManifest
from chalicelib.services.jobs.progress import JobProgress
from chalicelib.services.jobs.request_job import request_job
from chalicelib.services.tenancy.zip_upload import ZipUpload
from chalicelib.storage import keys
from chalicelib.storage.archive import archived_lines
from chalicelib.storage.store import Store

JOB = "export_tenant"
MAX_REASON = 400
PART_ITEMS = 5_000
_JSON_LINES = "application/x-ndjson"
_CHUNK = 1 << 20


def require_whole(act: Act, permission: Permission) -> None:
    """Raises NotAllowedError for who may not, and for a coordinator of one county alone."""
    if reaches(act.actor, Permission.TENANT_ONBOARD):
        return
    require(act.actor, permission)
    if act.actor.division is not None:
        raise NotAllowedError(reason="not_the_whole_tenant")


def request_archive(store: Store, tenant: TenantId, act: Act, *, reason: str) -> Job:
    """The queued job. The reason stands in its event: the archive holds everything in full."""
    require_whole(act, Permission.TENANT_EXPORT)
    if tenant == PLATFORM:
        raise NotAllowedError(reason="platform")
    reason = reason.strip()
    if not reason:
        raise InvalidInputError([FieldProblem(field="reason", code="reason_missing")])
    if len(reason) > MAX_REASON:
        raise InvalidInputError([FieldProblem(field="reason", code="text_too_long", details={"limit": MAX_REASON})])
    label = store.tenants.get(tenant, tenant).label
    values = {"label": label, "reason": reason}
    job: Job = request_job(store, tenant, act, name=JOB, values=values, told={"reason": reason})
    return job


def read_archive(store: Store, tenant: TenantId, actor: Actor, job_id: str) -> Job:
    """The job, if it is an archive that this person asked for: nobody else fetches it."""
    job = store.jobs.get(tenant, job_id)
    if job.name != JOB or job.requested_by.person_id != actor.person_id:
        raise RecordNotFoundError(kind=Job.KIND, id=job_id)
    return job


def newest_archive(store: Store, tenant: TenantId) -> Job | None:
    """The newest archive that is complete, whoever asked for it."""
    found = store.jobs.of_name(tenant, JOB, limit=20).records
    return next((one for one in found if one.state is JobState.DONE), None)


def export_tenant(store: Store, tenant: TenantId, act: Act, job: Job, progress: JobProgress) -> dict[str, Any]:
    """The job's work. Result: object_key, sha256 (hex), size in bytes, manifest_sha256, records, objects."""
    key, noted = _aside(tenant, job, "tenant.zip"), _aside(tenant, job, MANIFEST)
    if not (store.objects.exists(tenant, key) and store.objects.exists(tenant, noted)):
        gathered = _gather(store, tenant, job, progress)
        _write(store, tenant, job, _planned(store, tenant, job, act.at), gathered, progress)
    content = store.objects.read(tenant, noted)
    manifest = TenantManifest.model_validate_json(content)
    digest = hashlib.sha256()
    for chunk in store.objects.stream(tenant, key, _CHUNK):
        digest.update(chunk)
    for other in list(store.objects.every(tenant, f"{AREA}/{job.id}/")):
        if other not in (key, noted):
            store.objects.delete(tenant, other)
    store.objects.delete(tenant, noted)
    return {
        "object_key": key,
        "sha256": digest.hexdigest(),
        "size": store.objects.size(tenant, key),
        "manifest_sha256": hashlib.sha256(content).hexdigest(),
        "records": manifest.record_count,
        "objects": manifest.object_count,
    }


def _aside(tenant: TenantId, job: Job, name: str) -> str:
    return keys.object_key(tenant, AREA, job.id, name)


def _read(store: Store, tenant: TenantId, job: Job, name: str) -> Any:
    """What was put aside under this name; None when nothing was."""
    key = _aside(tenant, job, name)
    return json.loads(store.objects.read(tenant, key)) if store.objects.exists(tenant, key) else None


def _put(store: Store, tenant: TenantId, job: Job, name: str, value: Any) -> None:
    store.objects.put(tenant, _aside(tenant, job, name), json.dumps(value).encode(), "application/json")


def _gather(store: Store, tenant: TenantId, job: Job, progress: JobProgress) -> dict[str, Any]:
    """How many parts there are, and what was left out. Each part is named by its number, so that one begun twice is
    written over; its lines lie by file, and its index says where those of each file are."""
    known = _read(store, tenant, job, "gathered.json")
    known = known or {"parts": 0, "items": 0, "after": None, "is_whole": False, "left_out": {}}
    while not known["is_whole"]:
        left_out, found, after = Counter(known["left_out"]), list[keys.Key](), known["after"]
        while True:
            more, after = store.eraser.page(tenant, after)
            found += more
            if after is None or len(found) >= PART_ITEMS:
                break
        items = known["items"] + _put_part(store, tenant, job, known["parts"], found, left_out)
        known = {
            "parts": known["parts"] + 1,
            "items": items,
            "after": after,
            "is_whole": after is None,
            "left_out": dict(left_out),
        }
        _put(store, tenant, job, "gathered.json", known)
        progress(items, 0, checkpoint={"parts": known["parts"]})
    return dict(known)


def _put_part(
    store: Store, tenant: TenantId, job: Job, number: int, found: list[keys.Key], left_out: Counter[str]
) -> int:
    """How many lines the part has."""
    lines = sorted(archived_lines(tenant, found, left_out))
    content, index = bytearray(), dict[str, list[int]]()
    for name, rows in groupby(lines, key=lambda line: line[0]):
        start, count = len(content), 0
        for _, row in rows:
            content += row.encode() + b"\n"
            count += 1
        index[name] = [start, len(content) - start, count]
    store.objects.put(tenant, _aside(tenant, job, f"part-{number:06d}.jsonl"), bytes(content), _JSON_LINES)
    _put(store, tenant, job, f"index-{number:06d}.json", index)
    return len(lines)


def _planned(store: Store, tenant: TenantId, job: Job, at: datetime) -> dict[str, Any]:
    """What the zip takes besides lines, said once: a later run writes the same, whatever came since."""
    plan = _read(store, tenant, job, "plan.json")
    if plan is None:
        own, newest = f"t/{tenant}/", store.log.checkpoints(tenant, limit=1)
        objects = [key.removeprefix(own) for key in store.objects.every(tenant)]
        plan = {
            "ended_at": timestamp(at),
            "checkpoint": newest[0].model_dump(mode="json") if newest else None,
            "objects": [one for one in objects if not one.startswith(f"{AREA}/")],
        }
        _put(store, tenant, job, "plan.json", plan)
    return dict(plan)


def _write(
    store: Store, tenant: TenantId, job: Job, plan: dict[str, Any], gathered: dict[str, Any], progress: JobProgress
) -> None:
    """The zip and, beside it, its manifest. Goes on after the last entry that a checkpoint names."""
    upload = ZipUpload(store.objects, tenant, _aside(tenant, job, "tenant.zip"), lambda name: _aside(tenant, job, name))
    indexes = [_read(store, tenant, job, f"index-{number:06d}.json") for number in range(gathered["parts"])]
    names = sorted({name for index in indexes for name in index})
    written, total = {one.path for one in upload.files}, len(names) + len(plan["objects"])
    gone = 0
    for number, name in enumerate([*names, *(OBJECTS + one for one in plan["objects"])]):
        if name in written:
            continue
        if number < len(names):
            lines = sum(index[name][2] for index in indexes if name in index)
            upload.add(name, _lines(store, tenant, job, indexes, name), lines=lines)
        elif not _add_object(store, tenant, upload, name):
            gone += 1
            continue
        if progress.is_due:
            upload.checkpoint()
            progress(number + 1, total, checkpoint={"parts": gathered["parts"], "entries": number + 1})
    manifest = TenantManifest(
        tenant=tenant,
        label=job.values["label"],
        began_at=job.requested_at,
        ended_at=plan["ended_at"],
        requested_by=job.requested_by.person_id,
        files=upload.files,
        left_out=gathered["left_out"] | ({"object": gone} if gone else {}),
        checkpoint=plan["checkpoint"],
    )
    content = _manifest_bytes(manifest)
    upload.add(MANIFEST, iter([content]))
    store.objects.put(tenant, _aside(tenant, job, MANIFEST), content, "application/json")
    upload.finish()
    progress(total, total)


def _add_object(store: Store, tenant: TenantId, upload: ZipUpload, name: str) -> bool:
    """Whether it is still there: what goes while the archive is made is left out."""
    chunks = store.objects.stream(tenant, f"t/{tenant}/" + name.removeprefix(OBJECTS))
    try:
        first = next(chunks, b"")
    except RecordNotFoundError:
        return False
    upload.add(name, chain([first], chunks), form=ZIP_STORED)
    return True


def _lines(store: Store, tenant: TenantId, job: Job, indexes: list[dict[str, list[int]]], name: str) -> Iterator[bytes]:
    """The lines of one file, from every part that has any."""
    for number, index in enumerate(indexes):
        if name in index:
            start, size, _ = index[name]
            part = _aside(tenant, job, f"part-{number:06d}.jsonl")
            yield from store.objects.stream(tenant, part, _CHUNK, span=(start, size))


def _manifest_bytes(manifest: TenantManifest) -> bytes:
    return manifest.model_dump_json(indent=1).encode()
