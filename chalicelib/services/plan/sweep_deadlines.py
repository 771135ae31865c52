"""The clock's work in one tenant: every opinion that is overdue counts as consent to timing and division of work.

Reads the due-hour buckets since the last sweep and the present hour; taken again it changes nothing.
"""

from collections.abc import Iterator
from datetime import datetime, timedelta

from chalicelib.domain.act import Act
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.plan import InspectionPlan
from chalicelib.domain.tenancy import Actor, TenantId
from chalicelib.services.plan.collect_opinions import deem_opinions
from chalicelib.storage.store import Store

CLOCK = "clock"
_HOUR = timedelta(hours=1)
# Before the first sweep of a tenant nothing can have fallen due longer ago than this: it was just onboarded.
_FIRST_LOOK_BACK = timedelta(days=3)


def sweep_deadlines(store: Store, tenant: TenantId, now: datetime) -> int:
    """How many plans had an opinion settled by silence. A plan that somebody changes at this moment is left to the
    next sweep, which reads its hour again."""
    swept_to = store.sweeps.swept_to(tenant)
    settled, unread_from = 0, _floor(now)
    for hour in _hours(swept_to or now - _FIRST_LOOK_BACK, now):
        for plan in store.plans.due_within(tenant, hour):
            try:
                settled += deem_overdue(store, tenant, plan, now)
            except ConflictError:
                unread_from = min(unread_from, hour)
    if unread_from != swept_to:
        store.sweeps.note(tenant, unread_from)
    return settled


def deem_overdue(store: Store, tenant: TenantId, plan: InspectionPlan, now: datetime) -> bool:
    """Whether silence settled an opinion of this plan by now. Raises ConflictError while somebody changes it."""
    due = plan.opinions_due_at
    if due is None or due >= now:
        return False
    act = Act(actor=Actor.system(tenant, CLOCK), at=now, key=f"deem.{plan.id}.{plan.version}")
    changed = deem_opinions(store, tenant, act, plan_id=plan.id)
    return changed.version != plan.version


def _hours(start: datetime, now: datetime) -> Iterator[datetime]:
    hour = _floor(start)
    while hour <= now:
        yield hour
        hour += _HOUR


def _floor(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)
