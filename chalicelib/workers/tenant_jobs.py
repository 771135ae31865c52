"""Jobs over a whole tenant that need something of the process: the demo's loader, where it is at hand."""

from importlib import import_module
from importlib.util import find_spec
from typing import Any

from chalicelib import bootstrap
from chalicelib.bootstrap import Store
from chalicelib.domain.act import Act
from chalicelib.domain.job import Job
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.jobs.run_job import Progress
from chalicelib.services.tenancy import close_tenant
from chalicelib.services.tenancy import reset_tenant as service

_DEMO = "infra.local.demo"


def demo_loader() -> service.Load | None:
    """What loads demo data here; None where the demo's package is not shipped: the roster alone is written again."""
    if find_spec(_DEMO.partition(".")[0]) is None or find_spec(_DEMO) is None:
        return None
    load: service.Load = import_module(_DEMO).reload_tenant
    return load


def reset_tenant(store: Store, tenant: TenantId, act: Act, job: Job, progress: Progress) -> dict[str, Any]:
    """Work of `reset_tenant`."""
    return service.reset_tenant(store, tenant, act, job, progress, load=demo_loader())


def delete_tenant(store: Store, tenant: TenantId, act: Act, job: Job, progress: Progress) -> dict[str, Any]:
    """Work of `delete_tenant`, a job of the platform."""
    signer, clock = bootstrap.signer(), bootstrap.clock()
    return close_tenant.delete_tenant(store, tenant, act, job, progress, signer=signer, clock=clock)
