"""Mend where a tenant's records are found, once, after an update that finds them in new ways: asked by the platform's
operator, made by a job that goes on where it was stopped. Nothing that anybody reads changes."""

import json
from typing import Any

from chalicelib.domain.access import Permission, require
from chalicelib.domain.act import Act
from chalicelib.domain.job import Job
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.jobs.progress import JobProgress
from chalicelib.services.jobs.request_job import request_job
from chalicelib.storage import keys
from chalicelib.storage.store import Store

JOB = "reindex_tenant"
AREA = "reindex"


def request_reindex(store: Store, tenant: TenantId, act: Act) -> Job:
    """The queued job. Raises NotAllowedError for all but the platform's operator."""
    require(act.actor, Permission.TENANT_ONBOARD)
    return request_job(store, tenant, act, name=JOB, values={})


def reindex_tenant(store: Store, tenant: TenantId, act: Act, job: Job, progress: JobProgress) -> dict[str, Any]:
    """The job's work. Result: items looked at, records mended. A run that was killed begins again at the last page
    that it noted; what it mended since is found in order."""
    note = keys.object_key(tenant, AREA, f"{job.id}.json")
    known: dict[str, Any] = {"items": 0, "mended": 0, "after": None}
    if store.objects.exists(tenant, note):
        known = json.loads(store.objects.read(tenant, note))
    while True:
        found, after = store.eraser.page(tenant, known["after"])
        known = {
            "items": known["items"] + len(found),
            "mended": known["mended"] + store.reindexer.mend(tenant, found),
            "after": after,
        }
        if after is None:
            break
        # The position may name an item of another tenant, so it is not kept in the job's record.
        store.objects.put(tenant, note, json.dumps(known).encode(), "application/json")
        progress(known["items"], 0, checkpoint={"items": known["items"]})
    store.objects.delete(tenant, note)
    return {"items": known["items"], "mended": known["mended"]}
