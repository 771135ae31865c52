"""Requests that a second administrator did not answer in time lapse: their entries leave the work lists.

The request itself says from its own term that it no longer holds; here only what waits is cleared, once a day.
"""

from datetime import datetime
from itertools import takewhile

from chalicelib.domain.act import Act
from chalicelib.domain.errors import ConflictError
from chalicelib.domain.event import EventType
from chalicelib.domain.tenancy import Actor, Role, TenantId, role_owner
from chalicelib.domain.todo import Todo
from chalicelib.storage.errors import AlreadyDoneError
from chalicelib.storage.store import Store

LAPSING = frozenset({"access_change_waiting", "login_waiting", "closing_to_confirm"})
"""Topics whose deadline ends the matter (deadline_rules.json: right_lapses)."""
CLOCK, SWEEP = "clock", "lapsed"
_OWNERS = tuple(role_owner(role) for role in (Role.SECURITY_ADMINISTRATOR, Role.SYSTEM_ADMINISTRATOR))


def lapse_requests(store: Store, tenant: TenantId, now: datetime) -> int:
    """How many entries were cleared. Taken again on the same day it does nothing."""
    if store.sweeps.was_today(tenant, SWEEP, now):
        return 0
    late = [
        todo
        for owner in _OWNERS
        for todo in takewhile(lambda one: one.due_at and one.due_at < now, store.todos.every_of_owner(tenant, owner))
        if todo.topic in LAPSING
    ]
    for todo in late:
        _clear(store, tenant, now, todo)
    store.sweeps.note(tenant, now, SWEEP)
    return len(late)


def _clear(store: Store, tenant: TenantId, now: datetime, todo: Todo) -> None:
    act = Act(actor=Actor.system(tenant, CLOCK), at=now, key=f"lapse.{todo.owner}").part(todo.about.id)
    try:
        with store.change(tenant, act) as change:
            change.delete(todo)
            change.event(EventType.REQUEST_LAPSED, todo.about, {"topic": todo.topic, "owner": todo.owner})
    except (ConflictError, AlreadyDoneError):
        return
