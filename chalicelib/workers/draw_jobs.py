"""Jobs of the draw that need the process's signer."""

from typing import Any

from chalicelib import bootstrap
from chalicelib.bootstrap import Store
from chalicelib.domain.act import Act
from chalicelib.domain.job import Job
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.draw import compute_draw as service
from chalicelib.services.jobs.run_job import Progress


def compute_draw(store: Store, tenant: TenantId, act: Act, job: Job, progress: Progress) -> dict[str, Any]:
    """Work of `compute_draw`; the certificate is signed with the process's key."""
    return service.compute_draw(store, tenant, act, job, progress, signer=bootstrap.signer())
