"""Export a whole tenant as one archive: asked by its coordinator, made by a job that goes on where it was stopped.

The job first gathers lines, a part per stretch of the table, and puts each part aside; then it writes the zip from the
parts and the tenant's files. What it put aside is erased once the zip is there.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import IO, Any
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

from chalicelib.domain.access import Permission, reaches, require
from chalicelib.domain.act import Act
from chalicelib.domain.errors import FieldProblem, InvalidInputError, NotAllowedError, RecordNotFoundError
from chalicelib.domain.job import Job, JobState
from chalicelib.domain.tenancy import PLATFORM, Actor, TenantId
from chalicelib.domain.tenant_archive import AREA, MANIFEST, OBJECTS, ArchivedFile, TenantManifest
from chalicelib.services.jobs.progress import JobProgress
from chalicelib.services.jobs.request_job import request_job
from chalicelib.storage import keys
from chalicelib.storage.archive import archived_lines
from chalicelib.storage.store import Store

JOB = "export_tenant"
MAX_REASON = 400
PART_ITEMS = 5_000
_JSON_LINES = "application/x-ndjson"


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
    gathered = _gather(store, tenant, job, progress)
    with TemporaryDirectory() as folder:
        path = Path(folder) / "tenant.zip"
        manifest = _write(store, tenant, job, gathered, path, act.at, progress)
        digest, size = _digest(path), path.stat().st_size
        key = _aside(tenant, job, "tenant.zip")
        with path.open("rb") as file:
            store.objects.put_file(tenant, key, file, "application/zip")
    for number in range(gathered["parts"]):
        store.objects.delete(tenant, _part(tenant, job, number))
    store.objects.delete(tenant, _aside(tenant, job, "gathered.json"))
    return {
        "object_key": key,
        "sha256": digest,
        "size": size,
        "manifest_sha256": hashlib.sha256(_manifest_bytes(manifest)).hexdigest(),
        "records": manifest.record_count,
        "objects": manifest.object_count,
    }


def _aside(tenant: TenantId, job: Job, name: str) -> str:
    return keys.object_key(tenant, AREA, job.id, name)


def _part(tenant: TenantId, job: Job, number: int) -> str:
    return _aside(tenant, job, f"part-{number:06d}.jsonl")


def _gather(store: Store, tenant: TenantId, job: Job, progress: JobProgress) -> dict[str, Any]:
    """How many parts there are, and what was left out. Each part is named by its number, so that one begun twice is
    written over."""
    note = _aside(tenant, job, "gathered.json")
    known: dict[str, Any] = {"parts": 0, "items": 0, "after": None, "is_whole": False, "left_out": {}}
    if store.objects.exists(tenant, note):
        known = json.loads(store.objects.read(tenant, note))
    while not known["is_whole"]:
        left_out, found, after = Counter(known["left_out"]), list[keys.Key](), known["after"]
        while True:
            more, after = store.eraser.page(tenant, after)
            found += more
            if after is None or len(found) >= PART_ITEMS:
                break
        lines = [f"{name}\t{line}\n" for name, line in archived_lines(tenant, found, left_out)]
        store.objects.put(tenant, _part(tenant, job, known["parts"]), "".join(lines).encode(), _JSON_LINES)
        items = known["items"] + len(lines)
        known = {
            "parts": known["parts"] + 1,
            "items": items,
            "after": after,
            "is_whole": after is None,
            "left_out": dict(left_out),
        }
        store.objects.put(tenant, note, json.dumps(known).encode(), "application/json")
        progress(items, 0, checkpoint={"parts": known["parts"]})
    return known


def _write(
    store: Store,
    tenant: TenantId,
    job: Job,
    gathered: dict[str, Any],
    path: Path,
    at: datetime,
    progress: JobProgress,
) -> TenantManifest:
    files: list[ArchivedFile] = []
    with ZipFile(path, "w", ZIP_DEFLATED, allowZip64=True) as archive:
        with TemporaryDirectory() as folder:
            lines = _sort_lines(store, tenant, job, gathered["parts"], Path(folder))
            for name, count in sorted(lines.items()):
                with (Path(folder) / name.replace("/", "#")).open("rb") as source:
                    files.append(_add(archive, name, _chunks(source), lines=count))
        own = f"t/{tenant}/"
        for key in store.objects.every(tenant):
            if not key.startswith(f"{own}{AREA}/"):
                name = OBJECTS + key.removeprefix(own)
                files.append(_add(archive, name, store.objects.stream(tenant, key), form=ZIP_STORED))
        newest = store.log.checkpoints(tenant, limit=1)
        manifest = TenantManifest(
            tenant=tenant,
            label=job.values["label"],
            began_at=job.requested_at,
            ended_at=at,
            requested_by=job.requested_by.person_id,
            files=files,
            left_out=gathered["left_out"],
            checkpoint=newest[0] if newest else None,
        )
        archive.writestr(MANIFEST, _manifest_bytes(manifest))
    progress(gathered["items"], gathered["items"])
    return manifest


def _sort_lines(store: Store, tenant: TenantId, job: Job, parts: int, folder: Path) -> Counter[str]:
    """Each line to its file on the worker's disk; lines by file."""
    lines: Counter[str] = Counter()
    with ExitStack() as stack:
        held: dict[str, IO[str]] = {}
        for number in range(parts):
            for row in store.objects.lines(tenant, _part(tenant, job, number)):
                name, _, line = row.partition("\t")
                if name not in held:
                    path = folder / name.replace("/", "#")
                    held[name] = stack.enter_context(path.open("w", encoding="utf-8", newline="\n"))
                held[name].write(line + "\n")
                lines[name] += 1
    return lines


def _add(
    archive: ZipFile, name: str, chunks: Iterator[bytes], *, lines: int | None = None, form: int = ZIP_DEFLATED
) -> ArchivedFile:
    entry, digest, size = ZipInfo(name), hashlib.sha256(), 0
    entry.compress_type = form
    with archive.open(entry, "w", force_zip64=True) as target:
        for chunk in chunks:
            target.write(chunk)
            digest.update(chunk)
            size += len(chunk)
    return ArchivedFile(path=name, size=size, sha256=digest.hexdigest(), lines=lines)


def _chunks(source: IO[bytes]) -> Iterator[bytes]:
    while chunk := source.read(1 << 20):
        yield chunk


def _digest(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as source:
        for chunk in _chunks(source):
            digest.update(chunk)
    return digest.hexdigest()


def _manifest_bytes(manifest: TenantManifest) -> bytes:
    return manifest.model_dump_json(indent=1).encode()
