"""Clocks of a disposal that waited for a year's calendar, and the ends of the orders that they belong to."""

from chalicelib.domain.deadline import Due, due_at
from chalicelib.domain.disposal import Disposal, DisposalClock
from chalicelib.domain.tenancy import TenantId
from chalicelib.services.disposal.editions import edition_of
from chalicelib.services.disposal.writing import put_disposal, put_order
from chalicelib.services.working_calendar import working_calendar
from chalicelib.storage.change import Change
from chalicelib.storage.store import Store


def clocked_disposal(store: Store, tenant: TenantId, disposal: Disposal) -> Disposal:
    """The disposal with every running clock whose end can be told now, by the rule with which it was started."""
    rules = {(one.id, one.version): one for one in edition_of(store, tenant, disposal).scenario.inspection.deadlines}
    calendar = working_calendar()

    def told(clock: DisposalClock) -> DisposalClock:
        rule = rules.get((clock.rule_id, clock.rule_version))
        if clock.due_at is not None or not clock.is_running or rule is None:
            return clock
        due = due_at(rule, clock.started_at, calendar)
        return clock.model_copy(update={"due_at": due.due_at}) if isinstance(due, Due) else clock

    return disposal.with_changes(clocks=tuple(told(one) for one in disposal.clocks))


def put_clocked(store: Store, change: Change, disposal: Disposal) -> None:
    """The disposal, and the orders of its clocks that had no end yet."""
    put_disposal(store, change, disposal)
    for order in store.disposal_orders.of_disposal(change.tenant, disposal.id):
        clock = disposal.clock_of_order(order.id)
        if order.service is not None and order.due_at is None and clock is not None and clock.due_at is not None:
            put_order(store, change, order.with_changes(due_at=clock.due_at))
