"""The clock's work on disposals: whoever has to act is told of a clock that ran out. Nothing else follows from it."""

from datetime import datetime

from chalicelib.domain.act import Act
from chalicelib.domain.disposal import told_overdue
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.event import EventType
from chalicelib.domain.tenancy import Actor, TenantId
from chalicelib.services.disposal.writing import save_disposal
from chalicelib.storage.errors import AlreadyDoneError
from chalicelib.storage.store import Store

CLOCK = "clock"


def sweep_disposals(store: Store, tenant: TenantId, now: datetime) -> int:
    """How many disposals have a clock newly overdue: one query where there is none. One that somebody changes at this
    moment is left to the next sweep."""
    told = 0
    for disposal in store.disposals.run_out(tenant, now):
        marked, late = told_overdue(disposal, now)
        act = Act(actor=Actor.system(tenant, CLOCK), at=now, key=f"overdue.{disposal.id}.{disposal.version}")
        data = {"clocks": [one.rule_id for one in late]}
        try:
            save_disposal(store, tenant, act, marked, EventType.DISPOSAL_CLOCK_PASSED, data)
            told += 1
        except (ConflictError, AlreadyDoneError):
            continue
    return told
