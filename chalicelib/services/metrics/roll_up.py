"""What an overseer sees of the tenants below it: totals that each tenant's own worker gives up, never its records."""

import json
from datetime import datetime

from pydantic import BaseModel, ConfigDict

from chalicelib.domain.act import Act
from chalicelib.domain.calendar import shanghai_date
from chalicelib.domain.division import covers_any
from chalicelib.domain.event import EventType
from chalicelib.domain.metric import NOW, metrics, month_of, total
from chalicelib.domain.record import UtcTime
from chalicelib.domain.tenancy import Actor, Tenant, TenantId, TenantKind
from chalicelib.storage.errors import AlreadyDoneError
from chalicelib.storage.store import Store


class RollUp(BaseModel):
    """One tenant's totals: open and late by standing metric, and the flows of the month. division: its first code."""

    model_config = ConfigDict(frozen=True)

    label: str
    label_en: str = ""
    division: str
    at: UtcTime
    open: dict[str, int]
    late: dict[str, int]
    month: str
    flows: dict[str, int]


def make_roll_up(store: Store, tenant: Tenant, now: datetime) -> RollUp:
    """Two queries: what stands now, and the month. Runs in the tenant's own scope."""
    today = shanghai_date(now)
    month = month_of(today)
    standing, flows = store.metrics.of_period(tenant.id, NOW), store.metrics.of_period(tenant.id, month)
    names = [one.name for one in metrics()]
    return RollUp(
        label=tenant.label,
        label_en=tenant.label_en,
        division=tenant.divisions[0] if tenant.divisions else "",
        at=now,
        open={name: count for name in names if (count := total(standing, name))},
        late={name: count for name in names if (count := total(standing, name, before=today))},
        month=month,
        flows={name: count for name in names if (count := total(flows, name))},
    )


VOIDED = "draw_voided"


def tell_overseer(store: Store, overseer: TenantId, member: TenantId, told: RollUp) -> None:
    """Store a tenant's totals with its overseer, in the overseer's scope. A draw that was voided since the last time is
    an event of the overseer's own, which tells its people."""
    voided = told.flows.get(VOIDED, 0)
    if voided > (_voided_before(store, overseer, member, told.month) if voided else 0):
        act = Act(actor=Actor.system(overseer, "clock"), at=told.at, key=f"voids.{member}.{told.month}.{voided}")
        try:
            with store.change(overseer, act) as change:
                home = store.tenants.get(overseer, overseer)
                facts = {"member": member, "label": told.label, "month": told.month, "voided": voided}
                change.event(EventType.DRAW_VOID_NOTED, home, facts)
        except AlreadyDoneError:
            pass
    store.metrics.give_up(overseer, member, told.model_dump_json())


def _voided_before(store: Store, overseer: TenantId, member: TenantId, month: str) -> int:
    before = read_roll_ups(store, overseer).get(member)
    return before.flows.get(VOIDED, 0) if before is not None and before.month == month else 0


def overseer_of(tenant: Tenant, directory: list[Tenant]) -> TenantId | None:
    """The region whose area covers this tenant; None for the region itself and where none is on the platform."""
    if tenant.kind not in (TenantKind.CITY, TenantKind.PARK) or not tenant.divisions:
        return None
    above = (one for one in directory if one.kind is TenantKind.REGION)
    return next((one.id for one in above if covers_any(one.divisions, tenant.divisions[0])), None)


def read_roll_ups(store: Store, overseer: TenantId) -> dict[TenantId, RollUp]:
    """Totals by tenant, as the overseer reads them: one query of its own partition."""
    given = store.metrics.given_up(overseer)
    return {member: RollUp.model_validate(json.loads(body)) for member, body in given.items()}
